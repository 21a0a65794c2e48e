"""Recording a questionnaire: scored, stored once, the team alerted where an answer opens the safety path."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from upwell.access.roles import require
from upwell.audit.actions import record
from upwell.base.actor import Actor
from upwell.base.clock import now
from upwell.base.errors import BadInput, NotFound, NotPermitted, RefusedByRule, StaleState
from upwell.knowledge.instrument import Instrument
from upwell.knowledge.loader import load_instrument
from upwell.knowledge.triage import load_triage
from upwell.people.models import Patient
from upwell.record.models import Alert, Assessment, AssessmentRequest
from upwell.record.once import Answered, insert_once, store_answer
from upwell.record.rules import Standing, alert_raised_by, standing
from upwell.record.triage import Acted, act_on_answers, take_back_settled
from upwell.science.scoring import ScoreResult, score

CLOCK_SLACK = timedelta(minutes=5)  # a device's clock may run a little ahead of ours


class Repeat(StrEnum):
    """Why nothing new was stored."""

    SAME = "same"  # sent twice: the same answers
    OTHER_ANSWERS = "other-answers"  # the same form came again with other answers
    ANSWERED_BEFORE = "answered-before"  # the request was answered with another copy of the form


@dataclass(frozen=True, slots=True)
class Recorded:
    """What is stored now: the assessment, whether this call stored it, the alert that it raised, what is asked next."""

    assessment: Assessment
    created: bool
    alert: Alert | None = None
    asks: AssessmentRequest | None = None
    repeat: Repeat | None = None


def record_assessment(
    *,
    by: Actor,
    patient: Patient,
    instrument: str,
    answers: Mapping[str, Any],
    submission_id: UUID,
    effective_at: datetime | None = None,
    origin: str | None = None,
    request: AssessmentRequest | None = None,
) -> Recorded:
    """Score and store one filling-in, live. ``submission_id`` was made when the form was opened.

    Sent twice, by whatever way, it is one record, and the second caller is told so. An answer that opens the
    safety path alerts the team in the same transaction. Raises ``BadInput`` with the item that can't be one.
    """
    require(by, "own.answer" if by.is_patient else "assessment.enter")
    refuse_other_practice(by, patient.practice_id)
    known = load_instrument(instrument)
    result = score(known, answers)
    at = effective_at or now()
    _refuse_impossible_date(patient, at)
    if request is not None and standing(request, now()) is Standing.LATER:
        raise RefusedByRule(_("It is too early for these questions. They open later; nothing was stored."))
    row = _row(
        by=by,
        patient=patient,
        result=result,
        answers=answers,
        submission_id=submission_id,
        at=at,
        origin=origin,
    )
    if (before := _stored_before(row, request, patient, answers)) is not None:
        return before
    acted = _acted_on(by, row, known, result, patient)
    record(
        "assessment.recorded",
        by=replace(by, practice_id=patient.practice_id),
        patient_id=patient.id,
        object_type="assessment",
        object_id=row.id,
        instrument=known.id,
    )
    return Recorded(row, created=True, alert=acted.alert, asks=acted.asks)


def _acted_on(by: Actor, row: Assessment, known: Instrument, result: ScoreResult, patient: Patient) -> Acted:
    """What follows from the answers for the person's safety; most have none, and cost nothing here."""
    raised = alert_raised_by(known, result)
    if raised is None and known.level is None:
        return Acted()
    may_be_asked = patient.account_id is not None
    return act_on_answers(by=by, assessment=row, instrument=known, raised=raised, may_be_asked=may_be_asked)


def mark_assessment_in_error(*, by: Actor, assessment_id: UUID, reason: str) -> Assessment:
    """Mark an assessment as entered in error. It stays on record, struck through; its former row is kept."""
    require(by, "assessment.enter")
    row = Assessment.objects.select_for_update().filter(id=assessment_id).first()
    if row is None:
        raise NotFound(_("There is no such assessment."))
    refuse_other_practice(by, row.practice_id)
    if row.entered_in_error:
        raise StaleState(_("This is marked as entered in error already."))
    if not reason.strip():
        raise BadInput(_("Write down why it is wrong, so that others can follow."), path="reason")
    row.entered_in_error, row.error_reason = True, reason.strip()
    row.updated_at, row.updated_by_id = now(), by.account_id
    row.save(update_fields=["entered_in_error", "error_reason", "updated_at", "updated_by_id"])
    if row.instrument in load_triage().readings:
        take_back_settled(by=by, assessment=row)
    record(
        "assessment.marked-in-error",
        by=by,
        patient_id=row.patient_id,
        object_type="assessment",
        object_id=row.id,
        fields=["entered_in_error", "error_reason"],
    )
    return row


def refuse_other_practice(by: Actor, practice_id: UUID) -> None:
    """What a release opens can be read, not written."""
    if by.is_staff and by.practice_id != practice_id:
        raise NotPermitted(
            _("This chart belongs to another practice, which opened it to you for reading only.")
        )


def _refuse_impossible_date(patient: Patient, at: datetime) -> None:
    if at > now() + CLOCK_SLACK:
        raise BadInput(_("The date of the answers lies in the future. Correct it."), path="effective_at")
    if patient.birth_date is not None and at.date() < patient.birth_date:
        raise BadInput(
            _("The date of the answers lies before the date of birth. Correct it."), path="effective_at"
        )
    if patient.deceased_at is not None and at > patient.deceased_at + timedelta(days=1):
        raise BadInput(
            _("The date of the answers lies after the date of death. Correct it."), path="effective_at"
        )


def _row(
    *,
    by: Actor,
    patient: Patient,
    result: ScoreResult,
    answers: Mapping[str, Any],
    submission_id: UUID,
    at: datetime,
    origin: str | None,
) -> Assessment:
    return Assessment(
        id=submission_id,
        practice_id=patient.practice_id,
        patient_id=patient.id,
        created_by_id=by.account_id,
        updated_by_id=by.account_id,
        instrument=result.instrument,
        instrument_version=result.instrument_version,
        answers=given(answers),
        status=result.status,
        total=None if result.total is None else Decimal(str(result.total)),
        band=result.band or "",
        flags=list(result.flags),
        result=result.as_json(),
        effective_at=at,
        origin=origin or (Assessment.Origin.PATIENT if by.is_patient else Assessment.Origin.STAFF),
    )


def given(answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers that were given; what was left out is left out."""
    return {item: value for item, value in answers.items() if value is not None}


def _stored_before(
    row: Assessment, request: AssessmentRequest | None, patient: Patient, answers: Mapping[str, Any]
) -> Recorded | None:
    """Store the row; what was there before it, if something was and nothing was stored."""
    if request is None:
        return None if insert_once(row) else _sent_before(patient, row.instrument, row.id, answers)
    if request.instrument != row.instrument:
        raise BadInput(_("These answers belong to another questionnaire than the one that was asked for."))
    outcome = store_answer(request, row, at=now())
    if outcome is Answered.TAKEN:  # the request was open, so its answers can't be there already
        raise _taken()
    return None if outcome is Answered.STORED else _answered_before(request, row.id, answers)


def _answered_before(request: AssessmentRequest, submission_id: UUID, answers: Mapping[str, Any]) -> Recorded:
    current = AssessmentRequest.objects.select_related("assessment").get(id=request.id)
    if current.assessment is None:
        raise StaleState(_("This questionnaire is not needed any more. Nothing was stored."))
    if current.assessment_id != submission_id:
        return Recorded(current.assessment, created=False, repeat=Repeat.ANSWERED_BEFORE)
    return _repeated(current.assessment, answers)


def _sent_before(
    patient: Patient, instrument: str, submission_id: UUID, answers: Mapping[str, Any]
) -> Recorded:
    stored = Assessment.objects.filter(id=submission_id, patient_id=patient.id, instrument=instrument).first()
    if stored is None:
        raise _taken()
    return _repeated(stored, answers)


def _repeated(stored: Assessment, answers: Mapping[str, Any]) -> Recorded:
    same = given(stored.answers) == given(answers)
    return Recorded(stored, created=False, repeat=Repeat.SAME if same else Repeat.OTHER_ANSWERS)


def _taken() -> StaleState:
    return StaleState(_("This copy of the form was used for something else. Open the questionnaire again."))
