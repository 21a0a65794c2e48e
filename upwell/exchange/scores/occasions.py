"""When a row was answered: a week counted from a start date, or a date of its own."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo

from upwell.exchange.scores.cells import is_missing, read_week
from upwell.exchange.scores.refusals import Wrong

NOON = time(12)  # far from midnight, so that no time zone moves the day
WEEK = timedelta(weeks=1)
SLACK = timedelta(minutes=5)  # another system's clock may run a little ahead of ours
EARLIEST_YEAR = 1900
Occasion = int | str  # what tells the rows of one person apart


class Calendar(Protocol):
    """Reads the column with the week or date, and turns it into moments."""

    assumed: bool

    def read(self, text: str) -> Occasion:
        """What the cell says; refuses what lies in the future."""

    def moment(self, occasion: Occasion) -> datetime:
        """When that was."""

    def words(self, occasion: Occasion) -> str:
        """What to call it in a message."""


class _Zoned:
    """The practice's own days."""

    def __init__(self, zone: ZoneInfo, now: datetime) -> None:
        self._zone = zone
        self._now = now
        self.today = now.astimezone(zone).date()

    def noon(self, day: date) -> datetime:
        """Noon of that day where the practice is; today not later than now."""
        return min(datetime.combine(day, NOON, self._zone).astimezone(UTC), self._now)

    def day(self, moment: datetime) -> date:
        """The day that it was where the practice is."""
        return moment.astimezone(self._zone).date()


class Weeks(_Zoned):
    """Weeks from a start date on. Without one, the last week of the table is taken to be the present day."""

    def __init__(self, zone: ZoneInfo, now: datetime, start: date | None) -> None:
        super().__init__(zone, now)
        self.start = start
        self.assumed = start is None
        self._read = lru_cache(maxsize=1024)(self._read_fresh)
        self._moments: dict[int, datetime] = {}

    def read(self, text: str) -> int:
        return self._read(text)

    def _read_fresh(self, text: str) -> int:
        week = read_week(text)
        if self.start is not None and self._later(self.start, week) > self.today:
            raise Wrong(f"lies in the future, counted from the start date {self.start}", found=text)
        return week

    def assume(self, last_week: int) -> None:
        """Count so that this week is today's."""
        self.start = self.today - (last_week - 1) * WEEK

    def moment(self, occasion: int | str) -> datetime:
        week = int(occasion)
        if week not in self._moments:
            self._moments[week] = self.noon(self._later(self.start or self.today, week))
        return self._moments[week]

    def words(self, occasion: int | str) -> str:
        return f"week {occasion}"

    @staticmethod
    def _later(start: date, week: int) -> date:
        try:
            return start + (week - 1) * WEEK
        except OverflowError:
            return date.max


class Dates(_Zoned):
    """A date, or a moment with or without its time zone, in every row."""

    assumed = False
    start = None

    def __init__(self, zone: ZoneInfo, now: datetime) -> None:
        super().__init__(zone, now)
        self._read = lru_cache(maxsize=4096)(self._read_fresh)

    def read(self, text: str) -> str:
        return self._read(text)

    def _read_fresh(self, text: str) -> str:
        if is_missing(text):
            raise Wrong("is empty; every row needs its date")
        given = text.strip()
        try:
            if len(given) <= len("2026-03-02"):
                day = date.fromisoformat(given)
                occasion, moment = day.isoformat(), datetime.combine(day, NOON, self._zone)
            else:
                moment = datetime.fromisoformat(given)
                moment = moment if moment.tzinfo else moment.replace(tzinfo=self._zone)
                occasion = moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
        except (ValueError, OverflowError):
            raise Wrong("is not a date such as 2026-03-02 or 2026-03-02T10:00:00-05:00", found=text) from None
        if moment.year < EARLIEST_YEAR:
            raise Wrong(f"lies before {EARLIEST_YEAR}, which must be a slip", found=text)
        if moment.astimezone(self._zone).date() > self.today or (
            "T" in occasion and moment > self._now + SLACK
        ):
            raise Wrong("lies in the future", found=text)
        return occasion

    def moment(self, occasion: int | str) -> datetime:
        text = str(occasion)
        if "T" in text:
            return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        return self.noon(date.fromisoformat(text))

    def words(self, occasion: int | str) -> str:
        return str(occasion)
