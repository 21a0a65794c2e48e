"""Dates of which only the year or the month is known, as records have them: ``2014``, ``2014-05``."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

_COARSE = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d\d))?", re.ASCII)
_FIRST, _LAST = 1, 12  # months of a year


def is_coarse(text: str | None) -> bool:
    """Whether a date is written as a year or a month alone."""
    return text is not None and _COARSE.fullmatch(text) is not None


def coarse_days(text: str) -> tuple[date, date]:
    """The first and the last day that a coarse date can mean; ``ValueError`` where there is no such month or year."""
    found = _COARSE.fullmatch(text)
    if found is None:
        raise ValueError(text)
    year, month = int(found["year"]), found["month"]
    first, last = (int(month), int(month)) if month else (_FIRST, _LAST)
    return date(year, first, 1), date(year, last, monthrange(year, last)[1])
