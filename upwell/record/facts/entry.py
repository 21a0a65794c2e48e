"""One line of the record: what it is, since when, from where, and what rules are given of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.timezone import localtime

from upwell.base.coarse_dates import coarse_days, is_coarse

_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
EARLIEST_YEAR, LATEST_YEAR = 1800, 2199  # what the published schema of facts takes


@dataclass(frozen=True, slots=True)
class Entry:
    """A condition, medicine or allergy on record. ``fact`` is None where rules are not given it: it was ruled out."""

    title: str
    code_system: str
    code: str
    begins_at: datetime | None
    begins_text: str
    ends_at: datetime | None
    ends_text: str
    status: str
    verification: str
    dose: str
    origin: str
    compartment: str
    is_current: bool
    fact: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Frame:
    """What every line is read against: the day of the question, the earliest birthday, and whose chart it is."""

    at: datetime
    born_after: date | None
    practice_id: object
    practice_names: Mapping[object, str]

    @property
    def today(self) -> date:
        return self.at.date()

    def elsewhere(self, row: Mapping[str, Any]) -> str:
        """The other practice whose record this is; empty for the chart's own."""
        if row["practice_id"] == self.practice_id:
            return ""
        return self.practice_names.get(row["practice_id"]) or "another practice"

    def origin(self, row: Mapping[str, Any]) -> str:
        """Where a row comes from, in words for people: another practice, or the system it was imported from."""
        return self.elsewhere(row) or str(row["source"])


def day_of(at: datetime | None, text: str, today: date) -> date | None:
    """The day that is on record; None where it is not known closely enough for a rule to count from.

    A month or a year that lies well back counts as its last day. One of this or the last calendar year could fall on
    either side of a rule's limit, so it is left unknown, and asked for.
    """
    if found := _DAY.fullmatch(text):
        return _date(*map(int, found.groups()))
    if is_coarse(text):
        return _last_of(text) if int(text[:4]) < today.year - 1 else None
    if text or at is None:
        return None
    local = localtime(at).date()
    return local if EARLIEST_YEAR <= local.year <= LATEST_YEAR else None


def as_known(day: date | None, text: str) -> str | None:
    """A day for the facts, no more exact than it is known: a year or a month stays one."""
    if day is None:
        return None
    return text if is_coarse(text) else day.isoformat()


def _last_of(text: str) -> date | None:
    try:
        last = coarse_days(text)[1]
    except ValueError:
        return None
    return last if EARLIEST_YEAR <= last.year <= LATEST_YEAR else None


def _date(year: int, month: int, day: int) -> date | None:
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def named(row: Mapping[str, Any]) -> str:
    """What a row calls itself; a row without code and name is still there."""
    return str(row["display"] or row["code"] or "(not named)")
