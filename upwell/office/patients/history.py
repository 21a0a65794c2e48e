"""The history of a patient's details: what changed, field by field, when, and by whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from upwell.audit.models import AuditEntry
from upwell.office.patients.details import FIELDS, details_of
from upwell.office.patients.words import LABELS, said
from upwell.people.models import Account, Patient, Practice

MOST_STATES = 200


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field, before and after."""

    label: Any
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """One change of the chart. ``fields`` is empty for what the page does not show (an import's own notes)."""

    at: datetime
    who: str
    fields: Sequence[FieldChange]


@dataclass(frozen=True, slots=True)
class History:
    """Newest change first, and how the chart came to be."""

    changes: Sequence[Change]
    made_at: datetime
    made_by: str
    source: str
    is_cut: bool = False


def history_of(patient: Patient, practice: Practice) -> History:
    """The former states of a chart, each compared with the one after it. Four queries, however many states."""
    events: list[Any] = list(
        patient.events.defer("resource", "content_hash").order_by("-pgh_id")[: MOST_STATES + 1]  # type: ignore[attr-defined]
    )
    states = [*reversed(events[:MOST_STATES]), patient]
    who = _names(states, patient)
    joined = _record_numbers(state.merged_into_id for state in states)
    changes = [
        Change(
            at=before.pgh_created_at,
            who=who.get(
                after.updated_by_id if after.updated_at != before.updated_at else None, _("Upwell itself")
            ),
            fields=_difference(_values(before, practice, joined), _values(after, practice, joined)),
        )
        for before, after in pairwise(states)
    ]
    return History(
        changes=[change for change in reversed(changes) if change.fields],
        made_at=patient.created_at,
        made_by=who.get(patient.created_by_id, ""),
        source=patient.source,
        is_cut=len(events) > MOST_STATES,
    )


def _values(state: Any, practice: Practice, joined: dict[UUID, str]) -> dict[str, Any]:
    return {
        **details_of(state, practice),
        "record_number": state.record_number,
        "log_in": state.account_id is not None,
        "merged_into": joined.get(state.merged_into_id, ""),
        "entered_in_error": state.entered_in_error,
    }


def _difference(before: dict[str, Any], after: dict[str, Any]) -> list[FieldChange]:
    return [
        FieldChange(LABELS[name], said(name, before[name], before), said(name, after[name], after))
        for name in (*FIELDS, "record_number", "log_in", "merged_into", "entered_in_error")
        if before[name] != after[name]
    ]


def _names(states: Iterable[Any], patient: Patient) -> dict[UUID | None, str]:
    ids = {state.updated_by_id for state in states} | {patient.created_by_id}
    known: set[UUID] = {one for one in ids if one is not None}
    names: dict[UUID | None, str] = dict(Account.objects.filter(id__in=known).values_list("id", "name"))
    # Who has no account any more stands in the trail by the name of then.
    missing = known - set(names)
    if missing:
        trail = AuditEntry.objects.filter(account_id__in=missing, patient_id=patient.id)
        names |= dict(trail.values_list("account_id", "actor_name").distinct())
    return names


def _record_numbers(ids: Iterable[UUID | None]) -> dict[UUID, str]:
    wanted = {one for one in ids if one is not None}
    return dict(Patient.objects.filter(id__in=wanted).values_list("id", "record_number")) if wanted else {}
