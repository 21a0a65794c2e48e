"""Asking a patient to answer a questionnaire, and taking the question back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from upwell.access.roles import require
from upwell.audit.actions import record
from upwell.base.actor import Actor
from upwell.base.clock import now
from upwell.base.errors import NotFound, RefusedByRule, StaleState
from upwell.knowledge.loader import load_instrument
from upwell.people.models import Patient
from upwell.record.actions import refuse_other_practice
from upwell.record.models import AssessmentRequest
from upwell.record.once import insert_once


@dataclass(frozen=True, slots=True)
class Asked:
    """The open request, and whether this call made it."""

    request: AssessmentRequest
    created: bool


def ask_patient(*, by: Actor, patient: Patient, instrument: str, due_at: datetime | None = None) -> Asked:
    """Ask the patient to answer an instrument. While it is open, asking again changes nothing."""
    require(by, "assessment.request")
    refuse_other_practice(by, patient.practice_id)
    known = load_instrument(instrument)
    if patient.deceased:
        raise RefusedByRule(_("The chart says that this person has died. Nobody is asked."))
    if patient.account_id is None:
        raise RefusedByRule(
            _(
                "This person has no log-in, so the question would reach nobody."
                " Enter the answers together, or invite them first."
            )
        )
    planned = _planned_and_open(patient, known.id)
    if planned is not None:
        return Asked(planned, created=False)
    row = AssessmentRequest(
        practice_id=patient.practice_id,
        patient_id=patient.id,
        created_by_id=by.account_id,
        updated_by_id=by.account_id,
        instrument=known.id,
        requested_by_id=by.account_id,
        due_at=due_at or now(),
    )
    if not insert_once(row):
        return Asked(_open_request(patient, known.id), created=False)
    _audit("assessment.asked", by, row)
    return Asked(row, created=True)


def cancel_request(*, by: Actor, request_id: UUID) -> AssessmentRequest:
    """Take a question back that was not answered yet."""
    require(by, "assessment.request")
    row = AssessmentRequest.objects.select_for_update().filter(id=request_id).first()
    if row is None:
        raise NotFound(_("There is no such request."))
    refuse_other_practice(by, row.practice_id)
    if row.assessment_id is not None:
        raise StaleState(_("The patient has answered in the meantime."))
    if row.cancelled_at is None:
        row.cancelled_at = row.updated_at = now()
        row.updated_by_id = by.account_id
        row.save(update_fields=["cancelled_at", "updated_at", "updated_by_id"])
        _audit("assessment.request-cancelled", by, row)
    return row


def _open_request(patient: Patient, instrument: str) -> AssessmentRequest:
    still_open = AssessmentRequest.objects.filter(
        patient_id=patient.id,
        instrument=instrument,
        assessment__isnull=True,
        cancelled_at__isnull=True,
        slot="",
    )
    found = still_open.first()
    if found is None:  # answered between the two statements
        raise StaleState(_("The patient has answered in the meantime."))
    return found


def _planned_and_open(patient: Patient, instrument: str) -> AssessmentRequest | None:
    """The same questions, asked by the schedule of a course and waiting on the person's page already."""
    at = now()
    waiting = AssessmentRequest.objects.filter(
        patient_id=patient.id,
        instrument=instrument,
        assessment__isnull=True,
        cancelled_at__isnull=True,
        opens_at__lte=at,
        closes_at__gt=at,
    )
    return waiting.exclude(slot="").first()


def _audit(action: str, by: Actor, row: AssessmentRequest) -> None:
    record(
        action,
        by=by,
        patient_id=row.patient_id,
        object_type="assessmentrequest",
        object_id=row.id,
        instrument=row.instrument,
    )
