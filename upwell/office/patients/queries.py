"""Reading one patient's registration: who they are, the charts joined into theirs, a pair to compare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from upwell.access.roles import require
from upwell.access.trail import looked_at
from upwell.base.actor import Actor
from upwell.base.errors import NotFound
from upwell.office.patients.actions.merging import facts_of
from upwell.office.patients.details import FIELDS, details_of
from upwell.office.patients.likely import Duplicate, likely_duplicates
from upwell.office.patients.rules import merge_refusal, receiver
from upwell.office.patients.words import LABELS, MERGES, said
from upwell.office.practice.place import here
from upwell.people.charts import chart_ids, charts_of
from upwell.people.duplicates import Likeness, likeness
from upwell.people.likely import identifiers_of, someone_on_record
from upwell.people.models import Patient, PatientMerge

SHOWN = tuple(name for name in FIELDS if name not in {"birth_date_precision", "family_name", "given_names"})


@dataclass(frozen=True, slots=True)
class CompareRow:
    """One field of two charts, side by side."""

    label: Any
    left: str
    right: str

    @property
    def contradicts(self) -> bool:
        """Both say something, and not the same."""
        return bool(self.left and self.right) and self.left != self.right


@dataclass(frozen=True, slots=True)
class Pair:
    """Two charts side by side: how alike they are, and whether they can be joined."""

    left: Patient
    right: Patient
    rows: Sequence[CompareRow]
    likeness: Likeness
    refusal: str
    passes_log_in_on: bool
    suggestion: UUID


def own_patient(actor: Actor, patient_id: UUID) -> Patient:
    """A patient of the practice that the actor works at, with the practice."""
    require(actor, "patient.read")
    rows = Patient.objects.select_related("practice").defer("resource")
    patient = rows.filter(id=patient_id, practice_id=here(actor)).first()
    if patient is None:
        raise NotFound(_("There is no such patient here."))
    looked_at([patient.id])
    return patient


def merges_of(patient_id: UUID) -> list[PatientMerge]:
    """Every time that a chart was joined into this one or into one of its family, newest first."""
    family = chart_ids(patient_id)
    rows = PatientMerge.objects.filter(patient_id__in=family)
    return list(rows.select_related("patient", "merged", "merged_by", "undone_by").order_by("-merged_at"))


def merge_to_undo(actor: Actor, patient_id: UUID, merge_id: UUID) -> PatientMerge:
    """One merge out of the history of a chart."""
    patient = own_patient(actor, patient_id)
    merge = next((one for one in merges_of(patient.id) if one.id == merge_id), None)
    if merge is None:
        raise NotFound(_("There is no such merge here."))
    looked_at([merge.merged_id])
    return merge


def duplicates_of(patient: Patient) -> list[Duplicate]:
    """Other charts that look like this one."""
    own = chart_ids(patient.id)
    numbers = identifiers_of([patient.id]).get(patient.id, [])
    found = likely_duplicates(patient.practice_id, someone_on_record(patient, numbers), without=own)
    looked_at([duplicate.entry.id for duplicate in found])
    return found


def pair(actor: Actor, left_id: UUID, right_id: UUID) -> Pair:
    """Two charts side by side. Both are of the actor's own practice."""
    left, right = own_patient(actor, left_id), own_patient(actor, right_id)
    families, numbers = charts_of([left.id, right.id]), identifiers_of([left.id, right.id])
    facts_left, facts_right = facts_of(left, families[left.id]), facts_of(right, families[right.id])
    refusal = merge_refusal(facts_left, facts_right)
    has_log_in = bool(facts_left.log_ins), bool(facts_right.log_ins)
    older = left if left.created_at <= right.created_at else right
    with_log_in = left if facts_left.log_ins else right
    return Pair(
        left=left,
        right=right,
        rows=_compare(left, right, numbers, has_log_in),
        likeness=likeness(*(someone_on_record(chart, numbers.get(chart.id, ())) for chart in (left, right))),
        refusal=str(MERGES[refusal]) if refusal else "",
        passes_log_in_on=receiver(facts_left, facts_right) is not None,
        suggestion=(with_log_in if has_log_in[0] != has_log_in[1] else older).id,
    )


def _compare(
    left: Patient, right: Patient, numbers: dict[UUID, list[tuple[str, str]]], has_log_in: tuple[bool, bool]
) -> list[CompareRow]:
    ours, theirs = details_of(left, left.practice), details_of(right, right.practice)
    rows = [
        CompareRow(LABELS[name], *(_known(name, values) for values in (ours, theirs)))
        for name in ("family_name", "given_names", *SHOWN)
    ]
    listed = [", ".join(value for _, value in numbers.get(chart.id, ())) for chart in (left, right)]
    return [
        *(row for row in rows if row.left or row.right),
        CompareRow(_("Numbers given elsewhere"), *listed),
        CompareRow(LABELS["log_in"], *(said("log_in", has, {}) for has in has_log_in)),
    ]


def _known(name: str, values: dict[str, Any]) -> str:
    return "" if (name, values[name]) == ("sex", Patient.Sex.UNKNOWN) else said(name, values[name], values)
