"""Filters that call questionnaires by names that people use."""

from __future__ import annotations

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from upwell.base.errors import NotFound
from upwell.knowledge.loader import load_instrument

register = template.Library()

BY_CONSTRUCT: dict[str, Promise] = {
    "depression": _("Mood"),
    "anxiety": _("Worry"),
    "right-now": _("How you are right now"),
}


@register.filter
def for_patients(instrument_id: str) -> str:
    """What a questionnaire is about, in one everyday word."""
    try:
        known = load_instrument(instrument_id)
    except NotFound:
        return instrument_id
    return str(BY_CONSTRUCT.get(known.construct, known.title))
