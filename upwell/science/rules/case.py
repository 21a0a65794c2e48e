"""The case: facts on file as rules see them, with every time read and every reading in its order."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, NamedTuple

Value = str | int | float | bool | datetime


class Reading(NamedTuple):
    """One value at one time; in the order of time."""

    at: datetime
    value: float


@dataclass(frozen=True, slots=True)
class Coded:
    """A condition or a medicine on file."""

    system: str
    code: str
    display: str
    begins: date | None = None
    ends: date | None = None
    active: bool = True
    begins_text: str = ""  # the day it began as it was written: a year or a month may be all that is known
    source: str = ""  # where it is on record, if not in this practice's own chart


@dataclass(frozen=True, slots=True)
class Dose:
    """A dose that was given; ``ends`` is when an infusion stopped."""

    at: datetime
    ends: datetime | None
    dose_mg: float | None


@dataclass(frozen=True, slots=True)
class Case:
    """All that is on file about one person at one moment. What is absent is unknown."""

    at: datetime | None
    values: Mapping[str, Value]
    series: Mapping[str, tuple[Reading, ...]]
    conditions: tuple[Coded, ...] | None
    medicines: tuple[Coded, ...] | None
    doses: tuple[Dose, ...] | None
    raw: Mapping[str, Any] = field(default_factory=dict)
    since: datetime | None = None  # from here on all is of one session, also over midnight
    rare: Mapping[str, tuple[Reading, ...]] | None = (
        None  # values that hardly are; of the facts where that is known
    )
    made: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def text(self, name: str) -> str | None:
        """A fact that is a word, such as the substance."""
        value = self.values.get(name)
        return value if isinstance(value, str) else None

    def session_doses(self) -> tuple[Dose, ...]:
        """The doses of the last session: those of the day of the last dose."""
        if not self.doses:
            return ()
        found: tuple[Dose, ...] | None = self.made.get("doses")
        if found is None:
            last_day = local_day(self.doses[-1].at, self.at)
            found = self.made["doses"] = tuple(dose for dose in self.doses if self.is_of(last_day, dose.at))
        return found

    def window(self, name: str, window: str) -> tuple[Reading, ...]:
        """The readings of a fact inside a window: today, all, since the first or last dose, before it."""
        found: tuple[Reading, ...] | None = self.made.get((name, window))
        if found is None:
            found = self.made[name, window] = self._within(name, window)
        return found

    def _within(self, name: str, window: str) -> tuple[Reading, ...]:
        readings = self.series.get(name, ())
        if window == "all" or not readings:
            return readings
        if window == "today":
            today = self.today()
            return () if today is None else self._of_day(readings, today)
        doses = self.session_doses()
        if not doses:
            return ()
        first, last = doses[0].at, doses[-1].at
        if window in ("since-first-dose", "since-last-dose"):
            since = first if window == "since-first-dose" else last
            return readings[bisect_right(readings, since, key=_at) :]
        before = readings[: bisect_right(readings, first, key=_at)]
        return self._of_day(before, local_day(first, self.at)) if before else ()

    def _of_day(self, readings: tuple[Reading, ...], day: date) -> tuple[Reading, ...]:
        """Those of that day or session: they are in the order of time, so most need no look."""
        if self.since is not None and readings[0].at >= self.since:
            return readings
        since = len(readings) if self.since is None else bisect_left(readings, self.since, key=_at)
        return (*(one for one in readings[:since] if self.is_of(day, one.at)), *readings[since:])

    def is_of(self, day: date, moment: datetime) -> bool:
        """Whether a moment is of that day, or of the session that began on it or ends on it."""
        return (self.since is not None and moment >= self.since) or local_day(moment, self.at) == day

    def baseline(self, name: str) -> Reading | None:
        """The last reading before the first dose; with no dose, the first of the day."""
        if self.doses:
            before = self.window(name, "before-first-dose")
            return before[-1] if before else None
        today = self.window(name, "today")
        return today[0] if today else None

    def today(self) -> date | None:
        """The day of the question, where it is asked."""
        return None if self.at is None else self.at.date()

    def with_series(self, other: Mapping[str, tuple[Reading, ...]]) -> Case:
        """The same case with other readings of these facts."""
        series = {**self.series, **other}
        return Case(
            self.at, self.values, series, self.conditions, self.medicines, self.doses, self.raw, self.since
        )

    def with_values(self, more: Mapping[str, Value]) -> Case:
        """The same case with further facts that were worked out from it."""
        return self.again(values={**self.values, **more})

    def again(self, **other: Any) -> Case:
        """The same readings and doses with something else beside them; what was made of them is still good."""
        case = replace(self, **other)
        case.made.update(self.made)
        return case


def _at(reading: Reading) -> datetime:
    return reading.at


def local_day(moment: datetime, asked_at: datetime | None) -> date:
    """The day of a moment, by the clock of the place where the question is asked."""
    if asked_at is None or asked_at.tzinfo is None:
        return moment.date()
    return moment.astimezone(asked_at.tzinfo).date()
