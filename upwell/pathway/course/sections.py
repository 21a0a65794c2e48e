"""The sections of a chart: which rows they hold, in which order, and how a row becomes a line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Case, F, IntegerField, Value, When
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from upwell.base.errors import NotFound
from upwell.pathway.course.lines import Line, line, moment_words, span_words, value_words
from upwell.pathway.course.statuses import ACTIVE, CURRENT
from upwell.record.models import (
    AllergyIntolerance,
    Condition,
    Encounter,
    MedicationRequest,
    MedicationStatement,
    Observation,
)

Rank = tuple[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Section:
    """One section. ``first`` names a column and the values that stand first; ``shown`` is how many do not fold."""

    key: str
    title: Promise
    icon: str
    model: type[models.Model]
    first: Rank | None
    newest: str  # the date column, newest first
    to_line: Callable[[Any], Line]
    empty: Promise
    shown: int = 8
    fetched: int = 40
    latest_per_code: bool = False

    def ordering(self) -> list[Any]:
        """Entered in error last; what counts now first; then the newest."""
        order: list[Any] = [F("entered_in_error").asc()]
        if self.first is not None:
            column, values = self.first
            here = When(**{f"{column}__in": values}, then=Value(0))
            order.append(Case(here, default=Value(1), output_field=IntegerField()))
        return [*order, F(self.newest).desc(nulls_last=True), F("id").desc()]


def _condition(row: Condition) -> Line:
    start = moment_words(row.onset_at, row.onset_text)
    verification = "" if row.verification_status == "confirmed" else row.verification_status
    return line(
        row,
        statuses=[row.clinical_status, verification],
        when=span_words(start, moment_words(row.abated_at, row.abated_text)),
    )


def _allergy(row: AllergyIntolerance) -> Line:
    verification = "" if row.verification_status == "confirmed" else row.verification_status
    return line(
        row,
        statuses=[row.criticality, row.kind, row.clinical_status, verification],
        when=moment_words(row.recorded_at, row.onset_text),
        details=[
            _("reaction: %(reaction)s") % {"reaction": row.reaction} if row.reaction else "",
            row.category,
        ],
    )


def _request(row: MedicationRequest) -> Line:
    intent = "" if row.intent == "order" else row.intent
    by = _("ordered by %(name)s") % {"name": row.requester_name} if row.requester_name else ""
    return line(
        row,
        statuses=[row.status, intent],
        when=moment_words(row.authored_at, row.authored_text),
        details=[row.dosage_text, _for(row.reason), by],
    )


def _statement(row: MedicationStatement) -> Line:
    start = moment_words(row.effective_at, row.effective_text)
    by = _("said by %(name)s") % {"name": row.informant} if row.informant else ""
    return line(
        row,
        statuses=[row.status],
        when=span_words(start, moment_words(row.ended_at, "")),
        details=[row.dosage_text, _for(row.reason), by],
    )


def _encounter(row: Encounter) -> Line:
    start = moment_words(row.started_at, row.started_text)
    return line(
        row,
        statuses=["" if row.status == "finished" else row.status],
        when=span_words(start, moment_words(row.ended_at, "")),
        details=[_for(row.reason), row.provider_name, row.place_name],
    )


def _observation(row: Observation) -> Line:
    value = value_words(row.value_number, row.value_unit, row.value_text)
    parts = [
        f"{part.get('display') or part.get('code')}: {value_words(*(part.get(key) for key in _PART))}"
        for part in row.components
    ]
    return line(
        row,
        statuses=["" if row.status == "final" else row.status],
        when=moment_words(row.effective_at, row.effective_text),
        details=[value, *parts, _("wrong: %(why)s") % {"why": row.error_reason} if row.error_reason else ""],
    )


_PART = ("value_number", "value_unit", "value_text")


def _for(reason: str) -> str:
    return _("for %(reason)s") % {"reason": reason} if reason else ""


SECTIONS: tuple[Section, ...] = (
    Section(
        "allergies",
        gettext_lazy("Allergies"),
        "triangle-alert",
        AllergyIntolerance,
        ("clinical_status", ("active", "")),
        "recorded_at",
        _allergy,
        gettext_lazy("No allergies on record. That does not mean that there are none: ask."),
        shown=12,
    ),
    Section(
        "problems",
        gettext_lazy("Problems"),
        "stethoscope",
        Condition,
        ("clinical_status", ACTIVE),
        "onset_at",
        _condition,
        gettext_lazy("No problems on record."),
    ),
    Section(
        "medicines",
        gettext_lazy("Medicines ordered"),
        "pill",
        MedicationRequest,
        ("status", CURRENT),
        "authored_at",
        _request,
        gettext_lazy("No orders on record."),
    ),
    Section(
        "statements",
        gettext_lazy("Medicines said to be taken"),
        "message-circle",
        MedicationStatement,
        ("status", CURRENT),
        "effective_at",
        _statement,
        gettext_lazy("Nothing said about medicines."),
    ),
    Section(
        "observations",
        gettext_lazy("Latest measurements"),
        "activity",
        Observation,
        None,
        "effective_at",
        _observation,
        gettext_lazy("No measurements on record."),
        latest_per_code=True,
    ),
    Section(
        "encounters",
        gettext_lazy("Visits"),
        "hospital",
        Encounter,
        None,
        "started_at",
        _encounter,
        gettext_lazy("No visits on record."),
        fetched=20,
    ),
)


def section_named(key: str) -> Section:
    """A section by its name in the address."""
    for section in SECTIONS:
        if section.key == key:
            return section
    raise NotFound(_("A chart has no such section."))
