"""When something of the drug book is due, by the terms of the jurisdiction. Days are those of the practice's clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from upwell.knowledge.controlled import Term, load_controlled
from upwell.people.models import Practice

SATURDAY = 5


def term_at(practice: Practice, term_id: str) -> Term:
    """The term that counts at a practice."""
    return load_controlled().term(term_id, practice.jurisdiction)


def due_at(practice: Practice, term_id: str, since: datetime) -> datetime | None:
    """The end of the last moment in time: a day is over at its midnight. None where no term is known."""
    term = term_at(practice, term_id)
    if term.value is None:
        return None
    if term.unit == "hours":
        return since + timedelta(hours=term.value)
    return day_ends(practice, due_on(term, since.astimezone(ZoneInfo(practice.time_zone)).date()))


def day_ends(practice: Practice, day: date) -> datetime:
    """The end of a day on the practice's clock."""
    return datetime.combine(day + timedelta(days=1), time(0), ZoneInfo(practice.time_zone)).astimezone(UTC)


def due_on(term: Term, since: date) -> date:
    """The last day in time. Holidays are not known here, so that a business day is never told too late."""
    value = term.value or 0
    if term.unit == "years":
        return _years_later(since, value)
    if term.unit == "days":
        return since + timedelta(days=value)
    day = since
    while value:
        day += timedelta(days=1)
        value -= day.weekday() < SATURDAY
    return day


def _years_later(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # the 29th of February
        return day.replace(year=day.year + years, day=day.day - 1)
