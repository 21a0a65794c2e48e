"""Dates as FHIR writes them: a year, a month, a day or a moment with its time zone."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from enum import StrEnum
from functools import lru_cache

from upwell.exchange.fhir.places import Wrong


class Precision(StrEnum):
    """How exactly a date is known."""

    YEAR = "year"
    MONTH = "month"
    DAY = "day"
    MOMENT = "moment"


@dataclass(frozen=True, slots=True)
class FhirDate:
    """A date as it was written, the first and the last moment that it can mean, and how exact it is."""

    text: str
    precision: Precision
    earliest: datetime
    latest: datetime

    @property
    def day(self) -> date:
        """The (first) day, as written: not moved to another time zone."""
        return (
            self.earliest.date()
            if self.precision is not Precision.MOMENT
            else date.fromisoformat(self.text[:10])
        )

    @property
    def words(self) -> str:
        """What the chart shows where no moment is known; empty for a full moment."""
        return "" if self.precision is Precision.MOMENT else self.text


_SHAPE = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)"
    r"(?:T(\d\d):(\d\d)(?::(\d\d)(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?)?)?",
    re.ASCII,
)
_DAY = timedelta(days=1)
_TICK = timedelta(microseconds=1)
_FIRST = datetime(1, 1, 1, tzinfo=UTC)
_LAST = datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)


@lru_cache(maxsize=65536)
def read_date(text: str) -> FhirDate:
    """A ``date`` or ``dateTime``; refuses days that do not exist and moments without a time zone."""
    found = _SHAPE.fullmatch(text)
    if found is None:
        raise Wrong(
            "is not a date as FHIR writes it (2020, 2020-05, 2020-05-31 or 2020-05-31T10:00:00-05:00)"
        )
    year, month, day, hour = found.group(1, 2, 3, 4)
    first = _calendar_day(int(year), int(month or 1), int(day or 1))
    if hour is not None:
        moment = _moment(first, found)
        return FhirDate(text, Precision.MOMENT, moment, moment)
    start = datetime(first.year, first.month, first.day, tzinfo=UTC)
    if day is not None:
        return FhirDate(text, Precision.DAY, start, _last(start, 1))
    if month is not None:
        return FhirDate(text, Precision.MONTH, start, _last(start, monthrange(first.year, first.month)[1]))
    return FhirDate(text, Precision.YEAR, start, datetime(first.year, 12, 31, 23, 59, 59, 999999, tzinfo=UTC))


def _last(start: datetime, days: int) -> datetime:
    return start + (_DAY - _TICK) + _DAY * (days - 1)


def _calendar_day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise Wrong("is a date that does not exist") from None


def _moment(day: date, found: re.Match[str]) -> datetime:
    hour, minute, second, fraction, zone = found.group(4, 5, 6, 7, 8)
    if second is None:
        raise Wrong("is a time without seconds; FHIR R4 wants hours, minutes and seconds")
    if zone is None:
        raise Wrong("is a time without a time zone; FHIR R4 wants Z or an offset such as -05:00")
    whole = (
        59 if second == "60" else int(second)
    )  # a leap second is the last of its minute, as far as we order
    micro = int((fraction or ".0")[1:7].ljust(6, "0"))
    try:
        clock = time(int(hour), int(minute), whole, micro, _zone(zone))
    except ValueError:
        raise Wrong("is a time that does not exist") from None
    try:
        return datetime.combine(day, clock).astimezone(UTC)
    except OverflowError:  # 9999-12-31T23:59:59-05:00, which some systems write for "for ever"
        return _LAST if day.year > 1 else _FIRST


def _zone(text: str) -> timezone:
    if text == "Z":
        return UTC
    hours, minutes = int(text[1:3]), int(text[4:6])
    if hours > 14 or minutes > 59:
        raise ValueError("no such offset")
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if text[0] == "-" else offset)
