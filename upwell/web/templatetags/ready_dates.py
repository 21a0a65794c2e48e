"""The filter ``date`` of every template, with the words of a day put together once."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import template
from django.template.defaultfilters import date as of_django

from upwell.web.dates import date_words

register = template.Library()


@register.filter(name="date", expects_localtime=True, is_safe=False)
def in_words(value: Any, form: str | None = None) -> str:
    """{{ day|date:"DATE_FORMAT" }} – as Django's own, which is asked for all that is neither a day nor a moment."""
    if type(value) in (date, datetime):
        return date_words(value, form or "DATE_FORMAT")
    return str(of_django(value, form))
