"""When something of the drug book is due, by the terms of the jurisdiction. Days are those of the practice's clock."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

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
    return day_ends(practice, due_on(term, _day_at(practice, since), closed_at(practice)))


def day_ends(practice: Practice, day: date) -> datetime:
    """The end of a day on the practice's clock."""
    return datetime.combine(day + timedelta(days=1), time(0), ZoneInfo(practice.time_zone)).astimezone(UTC)


def _day_at(practice: Practice, moment: datetime) -> date:
    return moment.astimezone(ZoneInfo(practice.time_zone)).date()


def closed_at(practice: Practice) -> dict[date, str]:
    """The practice's own closed days, with their names."""
    return {date.fromisoformat(one["on"]): one["name"] for one in practice.closed_days}


def due_on(term: Term, since: date, closed: Collection[date] = ()) -> date:
    """The last day in time. A business day is none at a weekend or on a closed day; of other units every day counts."""
    value = term.value or 0
    if term.unit == "years":
        return _years_later(since, value)
    if term.unit == "days":
        return since + timedelta(days=value)
    day = since
    while value:
        day += timedelta(days=1)
        value -= day.weekday() < SATURDAY and day not in closed
    return day


def skipped_words(practice: Practice, term_id: str, since: datetime) -> str:
    """Which days were not counted until a report is due, in words; nothing where every day counts."""
    term, closed = term_at(practice, term_id), closed_at(practice)
    if term.value is None or term.unit != "business-days":
        return ""
    begin = _day_at(practice, since)
    last, day, found, weekend = due_on(term, begin, closed), begin, [], False
    while (day := day + timedelta(days=1)) < last:
        if day.weekday() >= SATURDAY:
            weekend = True
        elif day in closed:
            said = date_format(day, "SHORT_DATE_FORMAT")
            found.append(f"{said} ({closed[day]})" if closed[day] else said)
    found += [_("Saturday and Sunday")] if weekend else []
    return _("Not counted: %(days)s.") % {"days": ", ".join(found)} if found else ""


def _years_later(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # the 29th of February
        return day.replace(year=day.year + years, day=day.day - 1)
