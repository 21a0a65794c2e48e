"""What is asked of a patient, what they answered, and who entered it."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import F, Q
from django.db.models.fields.json import KT

from upwell.access.trail import looked_at
from upwell.base.clock import now
from upwell.people.models import Account, Patient
from upwell.record.models import Assessment, AssessmentRequest
from upwell.record.queries import ScoreFacts, scores_of


def own_charts(patient_ids: tuple[UUID, ...]) -> list[Patient]:
    """A person's own charts, the kept ones first."""
    found = Patient.objects.filter(id__in=patient_ids).select_related("practice")
    looked_at(patient_ids)
    return list(found.order_by(F("merged_into_id").asc(nulls_first=True), "id"))


def open_requests(patient_ids: tuple[UUID, ...]) -> list[AssessmentRequest]:
    """What was asked and can still be answered, now or later, the longest due first."""
    waiting = AssessmentRequest.objects.filter(
        Q(closes_at__isnull=True) | Q(closes_at__gt=now()),
        patient_id__in=patient_ids,
        assessment__isnull=True,
        cancelled_at__isnull=True,
    )
    return list(waiting.select_related("patient__practice", "requested_by").order_by("due_at", "id"))


def own_assessments(patient_ids: tuple[UUID, ...]) -> list[ScoreFacts]:
    """A person's own assessments; what was entered in error is not theirs to puzzle over."""
    return [row for row in scores_of(patient_ids) if not row.entered_in_error]


def stored_from(patient_ids: Iterable[UUID], number: UUID) -> UUID | None:
    """What was stored from the copy of a form with this number, if anything was."""
    found = Assessment.objects.filter(id=number, patient_id__in=list(patient_ids))
    return found.values_list("id", flat=True).first()


def latest_sentences(patient_ids: tuple[UUID, ...]) -> dict[str, str]:
    """By instrument: what the latest assessment says to the patient."""
    rows = (
        Assessment.objects.filter(patient_id__in=patient_ids, entered_in_error=False)
        .order_by("instrument", "-effective_at", "-id")
        .distinct("instrument")
        .values_list("instrument", KT("result__plain__patient"))
    )
    return {instrument: said or "" for instrument, said in rows}


def days_since_last(patient_id: UUID, instrument: str) -> int | None:
    """Whole days since the last answers to an instrument; None where there are none."""
    rows = Assessment.objects.filter(patient_id=patient_id, instrument=instrument, entered_in_error=False)
    last = rows.order_by("-effective_at").values_list("effective_at", flat=True).first()
    return None if last is None else (now().date() - last.date()).days


def name_of(account_id: UUID | None) -> str:
    """The name of whoever entered something; nothing where it was the system."""
    if account_id is None:
        return ""
    return Account.objects.filter(id=account_id).values_list("name", flat=True).first() or ""
