"""What is asked of a patient, what they answered, and who entered it."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import F, Q
from django.db.models.fields.json import KT
from django.utils import timezone
from django.utils.translation import gettext as _

from upwell.access.acting import First
from upwell.access.trail import looked_at
from upwell.base.asking import ask
from upwell.base.clock import now
from upwell.base.errors import NotFound
from upwell.base.reading import Part, objects_of
from upwell.knowledge.triage import load_triage
from upwell.pathway.local_time import today
from upwell.people.models import Account, Patient, Practice
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


# Read with every questionnaire that is opened or sent: of the patient, only what is looked at then.
_ASKED = (
    Part("(q.asked)", AssessmentRequest),
    Part("(q.patient)", Patient, ("practice", "account", "birth_date", "deceased_at", "merged_into")),
    Part("(q.practice)", Practice),
)
_COLUMNS = ", ".join([*(part.columns for part in _ASKED), "q.in_course"])


def question_first(request_id: UUID) -> First:
    """What one person was asked, to be read when they come in."""
    return First(_COLUMNS, "upwell_question(put.kind, %s)", [request_id])


def question_of(request_id: UUID, first: First | None = None) -> tuple[AssessmentRequest, bool]:
    """What the person who acts was asked, with who they are and their practice; whether they are in a course of care.

    ``first`` is what was read when they came in.
    """
    sql = f"SELECT {_COLUMNS} FROM upwell_question('', %s) q"  # noqa: S608
    found = ask(sql, [request_id]) if first is None else first.rows
    if not found:
        raise NotFound(_("There is no such question here."))
    asked, patient, practice = objects_of(_ASKED, found[0])
    asked.patient, patient.practice = patient, practice
    looked_at([patient.id])
    return asked, found[0][-1]


def screen_asked(patient_ids: tuple[UUID, ...]) -> AssessmentRequest | None:
    """A suicide screen that waits for the person's answers."""
    rows = AssessmentRequest.objects.filter(
        patient_id__in=patient_ids,
        instrument=load_triage().single_question.asks,
        assessment__isnull=True,
        cancelled_at__isnull=True,
    )
    return rows.order_by("-requested_at").first()


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
    return None if last is None else (today() - timezone.localdate(last)).days


def name_of(account_id: UUID | None) -> str:
    """The name of whoever entered something; nothing where it was the system."""
    if account_id is None:
        return ""
    return Account.objects.filter(id=account_id).values_list("name", flat=True).first() or ""
