"""Days and times in words. A list says two hundred of them, many of them the same: each is put into words once."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache

from django.utils import dateformat
from django.utils.formats import date_format, get_format
from django.utils.translation import get_language

_OF_A_DAY = frozenset("bdDFjlmMnNSwWyYzLto ,./-\u202f")
_OF_A_TIME = frozenset("aAfgGhHiP:")


def date_words(value: date | datetime, form: str = "DATE_FORMAT") -> str:
    """A day or a moment in words, as Django's ``date_format``; ``form``: the name of a format, or one itself."""
    language = get_language()
    said = get_format(form, language)
    signs = set(said)
    if type(value) is datetime and signs <= _OF_A_DAY:
        return _said(value.date(), said, language)
    if type(value) is datetime and signs <= _OF_A_DAY | _OF_A_TIME:
        return _said(value.replace(second=0, microsecond=0, tzinfo=None), said, language)
    if type(value) is date and signs <= _OF_A_DAY:
        return _said(value, said, language)
    return str(date_format(value, form))


@lru_cache(maxsize=4096)
def _said(value: date | datetime, form: str, language: str | None) -> str:
    """A day of the calendar in words; nothing of whose day it is."""
    return str(dateformat.format(value, form))
