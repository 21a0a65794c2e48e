"""Moments as people say them: today 10:00, tomorrow 9:30, Tuesday 14:00, 3 March 10:00."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.timesince import timesince
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from upwell.web.dates import date_words

NEAR_DAYS = 6  # so far ahead a weekday alone is clear
SHORT = timedelta(minutes=1)


def when_words(moment: datetime, at: datetime) -> str:
    """A moment, seen from ``at``, on the clock of the page."""
    return _("%(day)s %(time)s") % {
        "day": day_words(moment, at),
        "time": date_words(localtime(moment), "TIME_FORMAT"),
    }


def day_words(moment: datetime, at: datetime) -> str:
    """The day of a moment, seen from ``at``."""
    there, here = localtime(moment), localtime(at)
    days = (there.date() - here.date()).days
    near = {-1: _("yesterday"), 0: _("today"), 1: _("tomorrow")}
    if days in near:
        return near[days]
    if 0 < days <= NEAR_DAYS:
        return date_words(there, "l")
    return date_words(there, "MONTH_DAY_FORMAT" if there.year == here.year else "DATE_FORMAT")


def ago_words(since: datetime, at: datetime) -> str:
    """How long ago something happened, by its largest unit."""
    return _("%(age)s ago") % {"age": timesince(since, at, depth=1)} if at - since >= SHORT else _("just now")


def waited_words(since: datetime, at: datetime) -> str:
    """How long something has waited, by its largest unit."""
    return _("for %(age)s") % {"age": timesince(since, at, depth=1)} if at - since >= SHORT else _("just now")
