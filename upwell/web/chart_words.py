"""The words of a chart in the reader's language, dates in the reader's time zone."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext, ngettext

from upwell.web.chart_data import Words
from upwell.web.dates import date_words

_DATE_SHAPES = {"time": "j M H:i", "day": "j M", "month": "M Y", "year": "Y", "full": "j M Y"}


def _date(moment: datetime, detail: str) -> str:
    local = timezone.localtime(moment) if timezone.is_aware(moment) else moment
    return date_words(local, _DATE_SHAPES[detail])


def _scores(count: int) -> str:
    return ngettext("%(n)d score", "%(n)d scores", count) % {"n": count}


def translated_words() -> Words:
    """Every sentence a chart says, translated now."""
    return Words(
        none_yet=gettext("No scores yet."),
        scores=_scores,
        between=gettext("{scores} from {first} to {last}."),
        on=gettext("{scores} on {first}."),
        latest=gettext("Latest: {value}."),
        first=gettext("First: {value}."),
        range=gettext("Lowest {low}, highest {high}, out of {maximum}."),
        unscored=gettext("{n} could not be scored."),
        not_scorable=gettext("could not be scored"),
        missing_key=gettext("Could not be scored"),
        dose_key=gettext("Dosing day"),
        date=_date,
    )
