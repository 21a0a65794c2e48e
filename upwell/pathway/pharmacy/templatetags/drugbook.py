"""Words and numbers of the drug book for its pages."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from django import template
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from upwell.pathway.pharmacy.models import LedgerEntry
from upwell.pathway.pharmacy.words import REPORT_WORDS, WHY_WORDS, plain_mg

register = template.Library()


@register.filter
def mg(amount: Decimal | str) -> str:
    """An amount without zeros that say nothing; a minus as a minus."""
    return plain_mg(amount)


@register.filter
def in_mg(amount: Decimal | str) -> str:
    """An amount with its unit."""
    return _("%(amount)s mg") % {"amount": mg(amount)}


@register.filter
def why_words(row: LedgerEntry) -> str | Promise:
    """Why a discrepancy is one."""
    return WHY_WORDS.get(row.more.get("why", ""), "")


@register.filter
def report_words(report: str) -> str | Promise:
    """A report of a loss."""
    return REPORT_WORDS[report]


@register.filter
def last_day(moment: datetime) -> date:
    """The last day in time, of a term that is over at a midnight."""
    return (localtime(moment) - timedelta(microseconds=1)).date()
