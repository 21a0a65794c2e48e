"""A person's scores over time: one card an instrument: its line, its table, what the change amounts to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from upwell.base.errors import NotFound
from upwell.knowledge.instrument import Instrument
from upwell.knowledge.loader import load_instrument
from upwell.pathway.response import words
from upwell.pathway.response.scored import Scored
from upwell.science.scoring import Assessment as Measured
from upwell.science.scoring import Point, trajectory
from upwell.science.scoring.values import plain_number
from upwell.web.charts import Trajectory, TrajectoryPoint, band_level, number

MANY = 60
FIRST_CONSTRUCT = "depression"  # what the course of care is for stands first


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """One assessment in the table."""

    id: UUID
    patient_id: UUID
    at: datetime
    total: str
    band: str
    level: int
    change: str
    marks: tuple[str, ...]
    in_error: bool
    is_baseline: bool

    @property
    def is_scored(self) -> bool:
        return self.total != ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the change since the first score amounts to, by one published rule."""

    name: str
    rule: str
    word: str
    tone: str


@dataclass(frozen=True, slots=True)
class ScoreCard:
    """All scores of one instrument: the newest in ``rows`` (of ``total``), all in order of time in ``chart``."""

    instrument: Instrument
    chart: Trajectory
    rows: tuple[ScoreRow, ...]
    total: int
    verdicts: tuple[Verdict, ...]
    why_no_verdict: str
    latest: ScoreRow | None
    baseline: ScoreRow | None
    overlaps: bool  # some look back on days that the one before looked back on, too
    fall: int | float | None  # points better (positive) or worse since the first score


def score_cards(
    assessments: Iterable[Scored],
    *,
    shown: int | None = None,
    places: Mapping[UUID, str] | None = None,
    doses: Sequence[datetime] = (),
) -> list[ScoreCard]:
    """One card an instrument; ``shown`` is how many rows its table has room for.

    ``places`` names the practice of charts that are not this one; each of their scores says so. ``doses`` are dosing
    days: they are marked under the line, and the score before the first of them is the one that everything is held
    against, where there is one.

    What was entered in error stays in the table, and counts for nothing. What is not scored has no card: a line
    without numbers would say nothing.
    """
    by_instrument: dict[str, list[Scored]] = {}
    for one in sorted(assessments, key=lambda one: one.effective_at):
        by_instrument.setdefault(one.instrument, []).append(one)
    cards = [
        _card(known, rows, shown, places or {}, sorted(doses))
        for name, rows in by_instrument.items()
        if (known := _known(name)) is not None and known.is_scored
    ]
    return sorted(
        cards, key=lambda card: (card.instrument.construct != FIRST_CONSTRUCT, card.instrument.name)
    )


def _known(instrument_id: str) -> Instrument | None:
    try:
        return load_instrument(instrument_id)
    except NotFound:
        return None


def _card(
    instrument: Instrument,
    ordered: Sequence[Scored],
    shown: int | None,
    places: Mapping[UUID, str],
    doses: Sequence[datetime],
) -> ScoreCard:
    valid = [one for one in ordered if not one.entered_in_error]
    measured = [Measured(one.effective_at, total_of(one), one.status) for one in valid]
    course = trajectory(instrument, measured, baseline_at=_before_first_dose(measured, doses))
    points = {one.id: point for one, point in zip(valid, course.points, strict=True)}
    newest, last = list(reversed(ordered)), course.latest
    row_of = partial(_row, instrument, points, places)
    return ScoreCard(
        instrument=instrument,
        chart=_chart(instrument, valid, points, places, doses),
        rows=tuple(row_of(one) for one in newest[:shown]),
        total=len(newest),
        verdicts=_verdicts(instrument, last),
        why_no_verdict=words.why_not(instrument, last),
        latest=next((row_of(one) for one in valid if last is not None and points[one.id] is last), None),
        baseline=next((row_of(one) for one in valid if points[one.id].is_baseline), None),
        overlaps=any(point.overlaps_previous for point in course.points),
        fall=_fall(instrument, last),
    )


def _before_first_dose(measured: Sequence[Measured], doses: Sequence[datetime]) -> datetime | None:
    """When the last score before the first dose was given; None leaves the first score of all to be the baseline."""
    if not doses:
        return None
    before = [one.at for one in measured if one.is_scorable and one.at <= doses[0]]
    return before[-1] if before else None


def total_of(one: Scored) -> int | float | None:
    """The total as a plain number."""
    return None if one.total is None else plain_number(float(one.total))


def _row(
    instrument: Instrument, points: Mapping[UUID, Point], places: Mapping[UUID, str], one: Scored
) -> ScoreRow:
    total, point = total_of(one), points.get(one.id)
    band = instrument.band_of(total)
    return ScoreRow(
        id=one.id,
        patient_id=one.patient_id,
        at=one.effective_at,
        total="" if total is None else number(total),
        band="" if band is None else band.label,
        level=0 if band is None else band_level(band.label, _bands(instrument)),
        change=words.change(point),
        marks=words.marks(one, point, places.get(one.patient_id, "")),
        in_error=one.entered_in_error,
        is_baseline=point is not None and point.is_baseline,
    )


def _bands(instrument: Instrument) -> list[tuple[str, float, float]]:
    return [(band.label, band.low, band.high) for band in instrument.bands]


def _chart(
    instrument: Instrument,
    valid: Sequence[Scored],
    points: dict[UUID, Point],
    places: Mapping[UUID, str],
    doses: Sequence[datetime],
) -> Trajectory:
    drawn = []
    for one in valid:
        total = total_of(one)
        band = instrument.band_of(total)
        # Above so many, the points of the line are specks that say nothing each: the table does.
        told = total is None or len(valid) <= MANY
        point = points[one.id]
        said = (*words.marks(one, point, places.get(one.patient_id, "")), *words.reached(point))
        label = ", ".join(said) if told else ""
        drawn.append(TrajectoryPoint(one.effective_at, total, band.label if band else "", one.status, label))
    remission = instrument.change.remission
    line = remission.below if remission.below is not None else remission.at_most
    return Trajectory(
        title=instrument.name,
        maximum=instrument.range.maximum,
        bands=_bands(instrument),
        points=drawn,
        reference_lines=[] if line is None else [(words.remission_line(remission), line)],
        higher_is_worse=instrument.direction == "higher-is-worse",
        doses=doses,
    )


def _verdicts(instrument: Instrument, last: Point | None) -> tuple[Verdict, ...]:
    if last is None or last.is_baseline or last.change is None:
        return ()
    rules, unclear = instrument.change, last.why_not
    return (
        _verdict(
            words.RESPONSE, words.limit(rules.response), words.yes_no(last.response, rules.response, unclear)
        ),
        _verdict(
            words.REMISSION,
            words.limit(rules.remission),
            words.yes_no(last.remission, rules.remission, unclear),
        ),
        _verdict(
            words.RELIABLE,
            words.limit(rules.reliable),
            words.way(last.reliable_change, rules.reliable, unclear),
        ),
        _verdict(
            words.NOTICEABLE, words.limit(rules.mcid), words.way(last.meaningful_change, rules.mcid, unclear)
        ),
    )


def _verdict(name: object, rule: str, said: tuple[str, str]) -> Verdict:
    return Verdict(str(name), rule, *said)


def _fall(instrument: Instrument, last: Point | None) -> int | float | None:
    if last is None or last.is_baseline or last.change is None:
        return None
    return -last.change if instrument.direction == "higher-is-worse" else last.change
