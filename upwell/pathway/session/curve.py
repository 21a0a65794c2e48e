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
from upwell.pathway.session.limits import limits
from upwell.science.session import Event, SessionState
from upwell.science.session.ledger import Infusion, Ledger
from upwell.web.curves import Curve, Picture

MINUTE = timedelta(minutes=1)
SIGNS = ("bp_systolic_mmhg", "bp_diastolic_mmhg", "heart_rate_bpm", "spo2_percent")
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
    def pictures(self) -> tuple[Picture, ...]:
        """Pressure with the prediction behind it, heart rate and oxygen: one below the other on one axis of time."""
        curve = self.predicted
        if not self.rows and curve is None:
            return ()
        start = self.first_dose_at or self.rows[0].at
        ends = self._ends(start, curve)
        drawn = (
            (_("Blood pressure"), _("mmHg"), SIGNS[:2], (_("Systolic pressure"), _("Diastolic pressure"))),
            (_("Heart rate"), _("per minute"), SIGNS[2:3], (_("Heart rate"),)),
            (_("Oxygen saturation"), "%", SIGNS[3:], (_("SpO2"),)),
        )
        found = (
            self._picture(start, ends, *one, behind=curve if n == 0 else None) for n, one in enumerate(drawn)
        )
        return tuple(one for one in found if one is not None)

    def _picture(
        self,
        start: datetime,
        ends: tuple[float, float],
        title: str,
        unit: str,
        signs: Sequence[str],
        names: Sequence[str],
        *,
        behind: Predicted | None,
    ) -> Picture | None:
        lines = tuple(self._lines(start, signs, names))
        if not lines and behind is None:
            return None
        levels = tuple(self._levels(signs[0])) if lines else ()
        values = [y for line in lines for _x, y in line.points] + [level for level, _said in levels]
        low, high = (min(values), max(values)) if values else (0.0, 0.0)
        return Picture(
            title=title,
            said=_(
                "The same values are in the table below. Lines across are limits, and the value before the dose."
            ),
            curves=lines,
            across=tuple(_ticks(start, *ends)),
            along=_("time of day"),
            unit=unit,
            levels=levels,
            moments=tuple((one.at_min, _("Dose")) for one in self.given),
            behind=None if behind is None else Curve(_behind_words(behind), _within(behind, ends[1])),
            behind_unit="" if behind is None or behind.timing_only else _("ng/mL"),
            lowest=max(low - max((high - low) / 4, high / 10), 0.0),
            is_low=True,
        )

    def _levels(self, sign: str) -> Iterator[tuple[float, str]]:
        """Where amber and red begin by the rules, and the last value before the dose."""
        words = {"amber": _("amber"), "red": _("red")}
        found = [row.values[sign] for row in self.rows if sign in row.values]
        low, high = min(found), max(found)
        for value, level in limits().get(sign, ()):
            if low * 2 / 3 < value < max(high * 3 / 2, value if level == "amber" else 0):
                yield value, f"{words[level]} {value:g}"
        first = self.first_dose_at
        before = [row.values[sign] for row in self.rows if sign in row.values and first and row.at <= first]
        if before:
            yield before[-1], _("before: %(value)s") % {"value": f"{before[-1]:g}"}

    def _ends(self, start: datetime, curve: Predicted | None) -> tuple[float, float]:
        drawing = load_pages().drawing
        minutes = [(row.at - start) / MINUTE for row in self.rows] or [0.0]
        first = max(min(minutes), -float(drawing.bedside_before_min)) if curve else min(minutes)
        last = max(*minutes, drawing.bedside_after_min if curve else 0.0)
        return min(first, 0.0), max(last, first + TICKS_MIN[0])

    def _lines(self, start: datetime, signs: Sequence[str], names: Sequence[str]) -> Iterator[Curve]:
        before = -float(load_pages().drawing.bedside_before_min) if self.given else float("-inf")
        for style, (sign, name) in enumerate(zip(signs, names, strict=True)):
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
