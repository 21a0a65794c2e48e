"""What can be booked when: lengths, days, free times, and what a dosing session still lacks. Pure."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from upwell.base.errors import BadInput, RefusedByRule
from upwell.pathway.course.states import STATE_WORDS
from upwell.pathway.course.states import State as CourseState

Span = tuple[datetime, datetime]
MAY_BOOK_DOSING = frozenset({CourseState.PREPARATION, CourseState.INDUCTION, CourseState.MAINTENANCE})


@dataclass(frozen=True, slots=True)
class House:
    """The numbers of ``calendar.toml``."""

    step: timedelta
    opens: time
    closes: time
    shortest: timedelta
    longest: timedelta
    furthest: timedelta
    offered_free_times: int
    usual_minutes: Mapping[str, int]


@cache
def house() -> House:
    """The house numbers as shipped."""
    data = tomllib.loads((Path(__file__).parent / "calendar.toml").read_text("utf-8"))
    return House(
        step=timedelta(minutes=data["step_minutes"]),
        opens=time.fromisoformat(data["opens"]),
        closes=time.fromisoformat(data["closes"]),
        shortest=timedelta(minutes=data["shortest_minutes"]),
        longest=timedelta(hours=data["longest_hours"]),
        furthest=timedelta(days=data["furthest_days"]),
        offered_free_times=data["offered_free_times"],
        usual_minutes=data["usual_minutes"],
    )


def instant_of(day: date, at: time, zone: tzinfo) -> datetime:
    """The moment when the practice's clock shows this. A time that the clock jumps over is refused.

    Where the clock goes back, a time comes twice: the first is meant.
    """
    naive = datetime.combine(day, at)
    try:
        moment = naive.replace(tzinfo=zone).astimezone(UTC)
    except OverflowError:  # at the very ends of the calendar
        raise BadInput(_("Nobody lives in that year. Check the date."), path="day") from None
    if moment.astimezone(zone).replace(tzinfo=None) != naive:
        raise BadInput(
            _("There is no %(time)s on that day: the clocks go forward. Choose another time.")
            % {"time": at.strftime("%H:%M")},
            path="time",
        )
    return moment


def day_of(day: date, zone: tzinfo) -> Span:
    """From midnight to midnight on the practice's clock: 23, 24 or 25 hours."""
    start = datetime.combine(day, time()).replace(tzinfo=zone)
    end = datetime.combine(day + timedelta(days=1), time()).replace(tzinfo=zone)
    return start.astimezone(UTC), end.astimezone(UTC)


def refuse_impossible(starts_at: datetime, ends_at: datetime, at: datetime) -> None:
    """A time that nobody can keep."""
    if ends_at - starts_at < house().shortest:
        raise BadInput(_("The end has to come after the beginning."), path="minutes")
    if ends_at - starts_at > house().longest:
        raise BadInput(
            _("That is longer than %(n)d hours. Book it in parts.")
            % {"n": house().longest // timedelta(hours=1)},
            path="minutes",
        )
    if ends_at <= at:
        raise BadInput(_("That time is past. Choose a later one."), path="day")
    if starts_at - at > house().furthest:
        raise BadInput(_("That is more than two years away. Check the year."), path="day")


def refuse_dosing(state: CourseState | None) -> None:
    """A dosing session is booked in a course that has come to preparation."""
    if state is None:
        raise RefusedByRule(
            _("There is no open course of care for this person, so no dosing session can be booked."),
            path="kind",
        )
    if state not in MAY_BOOK_DOSING:
        raise RefusedByRule(
            _(
                "The course of care stands at “%(state)s”. A dosing session can be booked once it has come to"
                " preparation; until then, book another kind of visit."
            )
            % {"state": STATE_WORDS[state]},
            path="kind",
        )


def missing_for_dosing(state: CourseState, facts: Mapping[str, Any]) -> list[str]:
    """What a booked dosing session still lacks, in words. It is said, and stops no booking."""
    missing = []
    if facts.get("consent.in_force") is not True:
        missing.append(_("No consent is in force yet."))
    if state is CourseState.PREPARATION:
        missing.append(_("The prescriber has not begun the induction yet; no dose can be ordered before."))
    return missing


def free_times(busy: Iterable[Span], within: Span, length: timedelta, at: datetime) -> list[datetime]:
    """When something of this length could begin, on the steps of the day, not before ``at``."""
    taken = sorted(busy)
    found: list[datetime] = []
    moment = within[0]
    while moment + length <= within[1]:
        if moment >= at and not any(start < moment + length and moment < end for start, end in taken):
            found.append(moment)
        moment += house().step
    return found


def nearest(times: Sequence[datetime], wanted: datetime | None, most: int) -> list[datetime]:
    """The few that are nearest to the wanted time; the first of the day where none was said."""
    if wanted is None:
        return list(times[:most])
    return sorted(sorted(times, key=lambda one: abs(one - wanted))[:most])
