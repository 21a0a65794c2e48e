"""Rows of a chart as lines that people read: what it is, how it stands, since when, where it comes from. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from upwell.base.codes import short_system
from upwell.knowledge.vitals import unit_words
from upwell.pathway.course.statuses import status_badge
from upwell.web.dates import date_words

_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
_MONTH = re.compile(r"(\d{4})-(\d\d)", re.ASCII)
_SYSTEMS = {"snomed": "SNOMED CT", "rxnorm": "RxNorm", "loinc": "LOINC", "icd10": "ICD-10-CM", "npi": "NPI"}


@dataclass(frozen=True, slots=True)
class Badge:
    """A word with a tone."""

    label: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the chart."""

    title: str
    badges: tuple[Badge, ...]
    when: str
    details: tuple[str, ...]
    code: str
    origin: str
    unresolved: tuple[str, ...]
    in_error: bool


def line(row: Any, *, statuses: Sequence[str], when: str, details: Sequence[str] = ()) -> Line:
    """A line from an imported row: ``statuses`` are codes, ``when`` and ``details`` are words."""
    return Line(
        title=row.display or row.code or _("(not named)"),
        badges=tuple(Badge(*status_badge(status)) for status in statuses if status),
        when=when,
        details=tuple(filter(None, details)),
        code=code_words(row.code_system, row.code),
        origin=_("from %(source)s") % {"source": row.source} if row.source else "",
        unresolved=tuple(reference_words(one) for one in row.unresolved or ()),
        in_error=row.entered_in_error,
    )


def code_words(system: str, code: str) -> str:
    """A code with the name of its system: ``SNOMED CT 59621000``."""
    if not code:
        return ""
    short = short_system(system)
    return f"{_SYSTEMS.get(short, short)} {code}".strip()


def reference_words(reference: Any) -> str:
    """A reference that led nowhere, as it stood."""
    if isinstance(reference, dict):
        return str(reference.get("reference") or reference.get("display") or reference)
    return str(reference)


def moment_words(at: datetime | None, text: str) -> str:
    """A date as exactly as it is known: the words it came in, else the moment on the practice's clock."""
    if text:
        return day_words(text)
    return date_words(localtime(at), "DATE_FORMAT") if at is not None else ""


def day_words(text: str) -> str:
    """``2020-05-31`` and ``2020-05`` as people write them; other words as they stand."""
    try:
        if found := _DAY.fullmatch(text):
            return date_words(date(*map(int, found.groups())), "DATE_FORMAT")
        if found := _MONTH.fullmatch(text):
            return date_words(date(int(found.group(1)), int(found.group(2)), 1), "YEAR_MONTH_FORMAT")
    except ValueError:
        return text
    return text


def span_words(start: str, end: str) -> str:
    """From when to when."""
    if start and end and start != end:
        return _("%(start)s to %(end)s") % {"start": start, "end": end}
    if end and not start:
        return _("until %(end)s") % {"end": end}
    return start


def value_words(number: Any, unit: str, text: str) -> str:
    """A measured value: the number without idle zeros, with its unit; else its words."""
    if number is None:
        return text
    plain = f"{number:f}"
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return f"{plain} {unit_words(unit)}".strip()
