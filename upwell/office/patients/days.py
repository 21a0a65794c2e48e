"""Days and ages in the practice's words and on the practice's clock."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from upwell.base.clock import now
from upwell.people.models import Practice
from upwell.people.rules import possible_ages
from upwell.web.dates import date_words


def zone_of(practice: Practice) -> ZoneInfo:
    """The practice's time zone; a name that the system does not know means UTC."""
    try:
        return ZoneInfo(practice.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def today_at(practice: Practice) -> date:
    """The day that it is on the practice's clock."""
    return now().astimezone(zone_of(practice)).date()


def midnight(day: date, practice: Practice) -> datetime:
    """The instant at which a day begins at the practice."""
    return datetime.combine(day, time(), zone_of(practice))


def day_words(day: date | None, precision: str = "day") -> str:
    """A date as far as it is known: the day, the month or the year."""
    if day is None:
        return ""
    return date_words(day, {"month": "YEAR_MONTH_FORMAT", "year": "Y"}.get(precision, "DATE_FORMAT"))


def age_words(birth_date: date | None, precision: str, today: date) -> str:
    """The age in years; both possible ones where the birth date is not exact."""
    if birth_date is None:
        return ""
    lowest, highest = possible_ages(birth_date, precision, today)
    if highest < 0:
        return ""
    if lowest == highest:
        return ngettext("%(n)d year", "%(n)d years", lowest) % {"n": lowest}
    return _("%(low)d or %(high)d years") % {"low": max(lowest, 0), "high": highest}
