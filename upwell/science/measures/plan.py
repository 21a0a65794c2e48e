"""What is asked when: the schedule laid over the doses and phases of one course.

Every moment is a real one: times are brought to UTC before hours and days are added, so that a change of the clock
moves nothing. A measure's ``slot`` is its name in the course: the same facts give the same slots, however often the
plan is made, and a dose that comes later takes away no slot that was answered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from operator import attrgetter

from upwell.knowledge.loader import load_instrument
from upwell.knowledge.schedules import Schedule, Series

SEPARATOR = "/"


@dataclass(frozen=True, slots=True)
class Dose:
    """One dosing day: the first dose of it, and the id of its session."""

    id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Phase:
    """A phase of the course, in which it was from ``since`` until ``until`` (None: it still is)."""

    name: str
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """An instrument that was answered; ``slot`` is empty where nobody had planned it."""

    instrument: str
    at: datetime
    slot: str = ""


@dataclass(frozen=True, slots=True)
class Planned:
    """One measure: when it can first be answered, when it is due, late, and closed. ``answered``: it was."""

    slot: str
    instrument: str
    opens_at: datetime
    due_at: datetime
    late_at: datetime
    closes_at: datetime
    answered: bool = False

    def ends_by(self, moment: datetime) -> Planned:
        """The same, closed at that moment at the latest."""
        closes = min(self.closes_at, moment)
        return replace(
            self, closes_at=closes, due_at=min(self.due_at, closes), late_at=min(self.late_at, closes)
        )

    def not_before(self, moment: datetime) -> Planned:
        """The same, opened at that moment at the earliest; it still closes when it would have."""
        by = max(moment - self.opens_at, timedelta())
        return replace(self, opens_at=self.opens_at + by, due_at=self.due_at + by, late_at=self.late_at + by)

    @property
    def leaves_time(self) -> bool:
        """Whether it can be answered at all, and is late before it is closed."""
        return self.opens_at < self.closes_at and self.late_at <= self.closes_at


def part_of(slot: str) -> str:
    """The part of the schedule that a slot belongs to: ``24h``, ``induction`` …"""
    return slot.split(SEPARATOR, maxsplit=1)[0]


def due_measures(
    schedule: Schedule,
    *,
    phases: Iterable[Phase],
    doses: Iterable[Dose],
    answered: Iterable[Answer],
    at: datetime,
) -> list[Planned]:
    """Every measure of the course so far, and what comes within the time that the schedule looks ahead.

    What was answered stays; of the rest, what a later dose, the end of a phase or a recent answer has made
    pointless is left out. In order of time.
    """
    spans = sorted((_utc_phase(one) for one in phases), key=attrgetter("since"))
    given = sorted((Dose(one.id, _utc(one.at)) for one in doses), key=attrgetter("at", "id"))
    answers = [replace(one, at=_utc(one.at)) for one in answered]
    horizon = _utc(at) + schedule.ahead
    ended = spans[-1].until if spans else None
    wanted = [*_check_ins(schedule, given), *_series(schedule, spans, given, horizon)]
    settled = [_settle(one, answers) for one in sorted(wanted, key=attrgetter("opens_at", "slot"))]
    found = [
        one
        for one in settled
        if one.answered or (one.leaves_time and (ended is None or one.opens_at < ended))
    ]
    return _apart(sorted(found, key=attrgetter("opens_at", "slot")))


def _check_ins(schedule: Schedule, doses: Sequence[Dose]) -> Iterator[Planned]:
    """The measures after each dose; the next dose closes what is still open."""
    for place, dose in enumerate(doses):
        for part in schedule.after_each_dose:
            planned = Planned(
                slot=f"{part.id}{SEPARATOR}{dose.id}",
                instrument=part.instrument,
                opens_at=dose.at + part.opens,
                due_at=dose.at + part.due,
                late_at=dose.at + part.late,
                closes_at=dose.at + part.closes,
            )
            following = doses[place + 1 :]
            yield planned.ends_by(following[0].at) if following else planned


def _series(
    schedule: Schedule, spans: Sequence[Phase], doses: Sequence[Dose], horizon: datetime
) -> Iterator[Planned]:
    for series in schedule.series:
        for number, span in enumerate(_spans_of(series, spans), start=1):
            anchor = _anchor(series, span, doses, is_first=number == 1)
            if anchor is not None:
                yield from _repeated(series, span, number, anchor, doses, horizon)


def _spans_of(series: Series, spans: Sequence[Phase]) -> list[Phase]:
    """The stretches of the course that the series covers; phases that follow each other are one stretch."""
    found: list[Phase] = []
    goes_on = False
    for span in spans:
        if span.name not in series.phases:
            goes_on = False
        elif goes_on:
            found[-1] = replace(found[-1], until=span.until)
        else:
            found.append(span)
            goes_on = True
    return found


def _anchor(series: Series, span: Phase, doses: Sequence[Dose], *, is_first: bool) -> datetime | None:
    """The moment that the series counts from; None where it has not come, or there is nothing to wait for."""
    if series.until_first_dose and doses and doses[0].at <= span.since:
        return None
    if not series.from_first_dose:
        return span.since
    # A dose that is written down before somebody moved the course on belongs to the first stretch.
    within = (
        one.at
        for one in doses
        if (is_first or one.at >= span.since) and (span.until is None or one.at < span.until)
    )
    return next(within, None)


def _repeated(
    series: Series, span: Phase, number: int, anchor: datetime, doses: Sequence[Dose], horizon: datetime
) -> Iterator[Planned]:
    ends = [one for one in (span.until, doses[0].at if series.until_first_dose and doses else None) if one]
    opens, turn = anchor + series.first, 1
    while opens <= horizon and all(opens < end for end in ends):
        for instrument in series.instruments:
            planned = Planned(
                slot=SEPARATOR.join((series.id, str(number), str(turn), instrument)),
                instrument=instrument,
                opens_at=opens,
                due_at=opens,
                late_at=opens + series.late,
                closes_at=opens + series.closes,
            )
            yield planned.ends_by(doses[0].at) if series.until_first_dose and doses else planned
        opens, turn = opens + series.every, turn + 1


def _settle(planned: Planned, answers: Sequence[Answer]) -> Planned:
    """The measure in the light of what was answered: done, or not before the last answers are far enough back."""
    same = [one for one in answers if one.instrument == planned.instrument]
    if any(one.slot == planned.slot or (not one.slot and _within(planned, one.at)) for one in same):
        return replace(planned, answered=True)
    recall = timedelta(days=load_instrument(planned.instrument).recall_days)
    before = [one.at + recall for one in same if one.at < planned.closes_at]
    return planned.not_before(max(before)) if before and recall else planned


def _within(planned: Planned, moment: datetime) -> bool:
    return planned.opens_at <= moment < planned.closes_at


def _apart(ordered: Sequence[Planned]) -> list[Planned]:
    """Without those that would ask the same again while the one before still looks back on the same days."""
    last: dict[str, datetime] = {}
    kept: list[Planned] = []
    for one in ordered:
        recall = timedelta(days=load_instrument(one.instrument).recall_days)
        before = last.get(one.instrument)
        if not one.answered and recall and before is not None and one.opens_at - before < recall:
            continue
        kept.append(one)
        last[one.instrument] = one.opens_at
    return kept


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


def _utc_phase(phase: Phase) -> Phase:
    return replace(phase, since=_utc(phase.since), until=None if phase.until is None else _utc(phase.until))
