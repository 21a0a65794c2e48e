"""Dates of the demo's records, counted back from the day of loading, so that it always looks lived in."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

# @-56@ is a day, @-56T09:00@ a moment of that day on the practice's clock, on a weekday.
_PLACE = re.compile(r"@-(\d+)(?:T(\d\d:\d\d))?@", re.ASCII)
SATURDAY = 5


def with_dates(text: str, loaded_at: datetime, zone: ZoneInfo) -> str:
    """The text, with every place for a date filled in."""
    today = loaded_at.astimezone(zone).date()

    def fill(found: re.Match[str]) -> str:
        day = today - timedelta(days=int(found[1]))
        if not found[2]:
            return day.isoformat()
        return datetime.combine(weekday_before(day), time.fromisoformat(found[2]), zone).isoformat()

    return _PLACE.sub(fill, text)


def weekday_before(day: date) -> date:
    """The day itself, or the Friday before: nobody works at the weekend."""
    return day - timedelta(days=max(0, day.weekday() - SATURDAY + 1))
