"""When the next dose can be given: the window that the protocol's frequency leaves, and why. Days, not hours.

Doses are days of the practice's calendar. Nothing here decides: a dose outside the window is shown as such.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from upwell.knowledge.arithmetic import DAYS_A_WEEK
from upwell.knowledge.protocols import Frequency, Protocol, load_protocol

DAY = timedelta(days=1)
WEEK = timedelta(days=DAYS_A_WEEK)

NOT_PRINTED = "not-printed"  # the protocol prints no frequency for this phase
SERIES_OVER = "series-over"  # the weeks that it prints are over


@dataclass(frozen=True, slots=True)
class Window:
    """From when to when the next dose falls by the protocol. Both are None where it prints nothing (``why_not``)."""

    earliest: date | None = None
    latest: date | None = None
    rule: Frequency | None = None
    protocol: str = ""
    why_not: str = ""

    def stands(self, on: date) -> str:
        """``unknown``, ``early``, ``open`` or ``late`` on a day."""
        if self.earliest is None or self.latest is None:
            return "unknown"
        if on < self.earliest:
            return "early"
        return "late" if on > self.latest else "open"


def weeks_since_last_dose(doses: Iterable[date], on: date) -> int | None:
    """Whole weeks since the last dose; None where there was none."""
    last = max((day for day in doses if day <= on), default=None)
    return None if last is None else (on - last).days // DAYS_A_WEEK


def next_dose(protocol: Protocol, phase: str, doses: Iterable[date], on: date, phase_began: date) -> Window:
    """The window of the next dose. Its first day may lie in the past: then the dose can be given today."""
    known, given = _for_phase(protocol, phase), sorted(set(doses))
    rules = [one for one in known.frequency if one.phase == phase]
    if not rules:
        return Window(protocol=known.id, why_not=NOT_PRINTED)
    if not given:
        return Window(on, on, rules[0], known.id)
    first_of_phase = next((day for day in given if day >= phase_began), None)
    for rule in rules:
        anchor = given[0] if rule.from_course else first_of_phase
        window = _window(rule, given, anchor)
        if window is not None:
            return Window(*window, rule, known.id)
    return Window(protocol=known.id, why_not=SERIES_OVER)


def too_early(
    protocol: Protocol, phase: str, doses: Iterable[date], on: date, phase_began: date
) -> Frequency | None:
    """The line of the schedule by which a dose on this day comes too soon; None where none says so.

    Where weeks are counted from the course's first dose, the week alone says which line counts, whatever the phase.
    """
    known, given = _for_phase(protocol, phase), sorted(day for day in set(doses) if day <= on)
    if not given:
        return None
    lines = [one for one in known.frequency if one.from_course or one.phase == phase]
    first_of_phase = next((day for day in given if day >= phase_began), on)
    for line in lines:
        anchor = given[0] if line.from_course else first_of_phase
        week = (on - anchor).days // DAYS_A_WEEK + 1
        if line.from_week <= week and (line.to_week is None or week <= line.to_week):
            return line if max(given[-1] + DAY, _free_from(line, given)) > on else None
    return None


def _for_phase(protocol: Protocol, phase: str) -> Protocol:
    """The protocol itself, or the one that follows it in this phase."""
    if protocol.maintenance and not any(one.phase == phase for one in protocol.frequency):
        return load_protocol(protocol.maintenance)
    return protocol


def _window(rule: Frequency, given: Sequence[date], anchor: date | None) -> tuple[date, date] | None:
    """First and last day by one line of the schedule; None where its weeks are over by then."""
    begins = given[-1] + DAY if anchor is None else max(given[-1] + DAY, anchor + (rule.from_week - 1) * WEEK)
    earliest = max(begins, _free_from(rule, given))
    ends = None if anchor is None or rule.to_week is None else anchor + rule.to_week * WEEK - DAY
    if ends is not None and earliest > ends:
        return None
    return earliest, max(earliest, given[-1] + timedelta(days=_longest_gap(rule)))


def _free_from(rule: Frequency, given: Sequence[date]) -> date:
    """The first day on which one more session is not one too many."""
    if rule.gap_days is not None:
        return given[-1] + timedelta(days=rule.gap_days.low)
    most = 1 if rule.per_week is None else int(rule.per_week.high)
    return given[-most] + WEEK if len(given) >= most else given[-1] + DAY


def _longest_gap(rule: Frequency) -> int:
    """How many days may go by between two sessions, at the slowest that the line allows."""
    if rule.gap_days is not None:
        return int(rule.gap_days.high)
    least = 1 if rule.per_week is None else int(rule.per_week.low)
    return -(-DAYS_A_WEEK // least)
