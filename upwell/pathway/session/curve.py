"""Vital signs over the session, with the predicted curve of the doses really given faintly behind them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.formats import time_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from upwell.knowledge.pharmacology.pages import load_pages
from upwell.pathway.exposure import Given, Predicted, predicted_for_session
from upwell.science.session import Event, SessionState
from upwell.science.session.ledger import Infusion, Ledger
from upwell.web.curves import Curve, Picture

MINUTE = timedelta(minutes=1)
SIGNS = ("bp_systolic_mmhg", "bp_diastolic_mmhg", "heart_rate_bpm", "spo2_percent")
DRAWN = SIGNS[:3]
TICKS_MIN = (15, 30, 60, 120, 240)
MOST_TICKS = 9


@dataclass(frozen=True, slots=True)
class VitalsRow:
    """The vital signs of one moment."""

    at: datetime
    values: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class SessionCurve:
    """What the picture is made of: signs, doses, the person, and when."""

    rows: tuple[VitalsRow, ...]
    given: tuple[Given, ...]
    substance: str
    route: str
    weight_kg: float | None
    age_years: float | None
    first_dose_at: datetime | None

    @property
    def predicted(self) -> Predicted | None:
        """The curve of the doses, kept by them: asking again costs nothing."""
        return predicted_for_session(self.substance, self.route, self.given, self.weight_kg, self.age_years)

    @property
    def picture(self) -> Picture | None:
        """The picture; none while there is nothing to draw."""
        curve = self.predicted
        if not self.rows and curve is None:
            return None
        start = self.first_dose_at or self.rows[0].at
        first, last = self._ends(start, curve)
        return Picture(
            title=_("Vital signs, and the predicted curve behind them"),
            said=_("The vital signs are in the table below. The curve behind is context, no measurement."),
            curves=tuple(self._lines(start)),
            across=tuple(_ticks(start, first, last)),
            along=_("time of day"),
            unit=_("mmHg, per minute"),
            moments=tuple((one.at_min, _("Dose")) for one in self.given),
            behind=None if curve is None else Curve(_behind_words(curve), _within(curve, last)),
            behind_unit="" if curve is None or curve.timing_only else _("ng/mL"),
        )

    def _ends(self, start: datetime, curve: Predicted | None) -> tuple[float, float]:
        drawing = load_pages().drawing
        minutes = [(row.at - start) / MINUTE for row in self.rows] or [0.0]
        first = max(min(minutes), -float(drawing.bedside_before_min)) if curve else min(minutes)
        last = max(*minutes, drawing.bedside_after_min if curve else 0.0)
        return min(first, 0.0), max(last, first + TICKS_MIN[0])

    def _lines(self, start: datetime) -> Iterator[Curve]:
        names = (_("Systolic pressure"), _("Diastolic pressure"), _("Heart rate"))
        before = -float(load_pages().drawing.bedside_before_min) if self.given else float("-inf")
        for style, (sign, name) in enumerate(zip(DRAWN, names, strict=True)):
            found = [(row.at, row.values[sign]) for row in self.rows if sign in row.values]
            points = [((at - start) / MINUTE, value) for at, value in found]
            shown = tuple(point for point in points if point[0] >= before)
            if shown:
                yield Curve(name, shown, (), style, dots=True)


def session_curve(
    state: SessionState, substance: str, route: str, person: Mapping[str, Any], at: datetime
) -> SessionCurve:
    """What a log says of vital signs and doses, for the picture."""
    weights = [one.body["weight_kg"] for one in state.counting if "weight_kg" in one.body]
    ledger = Ledger()
    for event in state.counting:
        ledger.take(event)
    start = ledger.first_at
    return SessionCurve(
        rows=tuple(_rows(state.counting)),
        given=() if start is None else tuple(_given(ledger, start, route, at)),
        substance=substance,
        route=route,
        weight_kg=weights[-1] if weights else person.get("weight_kg"),
        age_years=person.get("age_years"),
        first_dose_at=start,
    )


def _rows(counting: Iterable[Event]) -> Iterator[VitalsRow]:
    for event in counting:
        if event.type == "vitals":
            values = {key: float(event.body[key]) for key in SIGNS if key in event.body}
            if values:
                yield VitalsRow(event.observed_at, values)


def _given(ledger: Ledger, start: datetime, route: str, at: datetime) -> Iterator[Given]:
    """Each dose, and each piece of an infusion with its own rate."""
    ordered: Mapping[str, Any] = ledger.order.event.body if ledger.order else {}
    minutes = ordered.get("infusion_min") if route == "iv" and not ledger.infusions else None
    for entry in ledger.entries(at):
        if entry.infusion is None:
            if entry.dose_mg:
                yield Given(entry.dose_mg, (entry.at - start) / MINUTE, minutes)
        else:
            yield from _pieces(entry.infusion, start, ordered.get("dose_mg"), at)


def _pieces(infusion: Infusion, start: datetime, ordered_mg: float | None, at: datetime) -> Iterator[Given]:
    """While it runs, it is taken to go on at its rate until what was ordered is in."""
    before = 0.0
    for begin, end, rate in infusion.pieces:
        if not rate:
            continue
        over = ((end or at) - begin) / MINUTE
        if end is None and ordered_mg is not None:
            over = max(ordered_mg - before, 0.0) / rate
        if over > 0:
            before += over * rate
            yield Given(over * rate, (begin - start) / MINUTE, over)


def _within(curve: Predicted, last: float) -> tuple[tuple[float, float], ...]:
    return tuple(point for point in curve.points if point[0] <= last)


def _ticks(start: datetime, first: float, last: float) -> Sequence[tuple[float, str]]:
    """Round times of the clock, from before the first to after the last."""
    step = next((one for one in TICKS_MIN if (last - first) / one < MOST_TICKS), TICKS_MIN[-1])
    clock = localtime(start)
    since = (clock - clock.replace(hour=0, minute=0, second=0, microsecond=0)) / MINUTE
    places = range(int((since + first) // step) * step, int((since + last) // step + 2) * step, step)
    return [(one - since, time_format(clock + timedelta(minutes=one - since), "H:i")) for one in places]


def _behind_words(curve: Predicted) -> str:
    if curve.timing_only:
        return _("predicted, timing only: start, peak, passing (%(model)s)") % {"model": curve.model_title}
    return _("predicted concentration (%(model)s)") % {"model": curve.model_title}
