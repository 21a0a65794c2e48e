"""The papers of a session, for those who may see them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from upwell.access.trail import looked_at
from upwell.base.errors import NotFound
from upwell.base.kept_query import kept_query
from upwell.pathway.papers.models import DrugCode, RemsRecord, SessionSummary
from upwell.pathway.papers.rules import State
from upwell.pathway.session.models import Session
from upwell.record.queries import PATIENT_AS_IT_CAME, PATIENT_BESIDE_NAME

MOST = 100


def session_of(session_id: UUID) -> Session:
    """One session with its patient and course. Whoever may not see it is told that there is none."""
    rows = Session.objects.select_related("patient__practice", "course__practice", "practice", "chair")
    found = rows.defer(*PATIENT_AS_IT_CAME).filter(id=session_id).first()
    if found is None:
        raise NotFound(_("There is no such session here."))
    looked_at([found.patient_id])
    return found


def plain_facts(session: Session) -> dict[str, str]:
    """What the papers know beside the log: what is given, and how. Nothing of the chart comes into them."""
    known = {"substance": session.substance, "route": session.route}
    return {name: value for name, value in known.items() if value}


def summaries_of(session_id: UUID) -> list[SessionSummary]:
    """Its summaries that the actor may see, the latest first."""
    rows = SessionSummary.objects.filter(session_id=session_id).defer("content", "own_content")
    return list(rows.order_by("-number"))


def summary_version(session_id: UUID, number: int) -> SessionSummary:
    """One version."""
    rows = SessionSummary.objects.select_related("session__practice", "patient")
    found = rows.filter(session_id=session_id, number=number).first()
    if found is None:
        raise NotFound(_("There is no such summary here."))
    looked_at([found.patient_id])
    return found


def own_summaries(course_id: UUID) -> dict[UUID, SessionSummary]:
    """By session, the latest version that is in words for the person. One query."""
    rows = SessionSummary.objects.filter(session__course_id=course_id, own_content__isnull=False)
    rows = rows.defer("content", "own_content").order_by("number")
    return {one.session_id: one for one in rows}


def own_summary(patient_ids: Iterable[UUID], session_id: UUID, number: int) -> SessionSummary:
    """One version of a person's own."""
    rows = SessionSummary.objects.select_related("session__practice").filter(patient_id__in=list(patient_ids))
    found = rows.filter(session_id=session_id, number=number, own_content__isnull=False).first()
    if found is None:
        raise NotFound(_("There is no such summary here."))
    looked_at([found.patient_id])
    return found


def open_rems(practice_id: UUID) -> Sequence[RemsRecord]:
    """The forms of a practice that are not submitted yet, the first due first."""
    return _open_rems(practice_id)


@kept_query(UUID)
def _open_rems(practice_id: UUID) -> QuerySet[RemsRecord]:
    rows = RemsRecord.objects.filter(practice_id=practice_id).exclude(state=State.SUBMITTED.value)
    rows = rows.select_related("patient").defer("answers", *PATIENT_BESIDE_NAME)
    return rows.order_by("due_at")[:MOST]


def drug_codes(practice_id: UUID) -> list[DrugCode]:
    """What the practice entered."""
    return list(DrugCode.objects.filter(practice_id=practice_id).order_by("substance", "route"))


def code_for(practice_id: UUID, substance: str, route: str) -> DrugCode | None:
    """The practice's own code for this drug by this route."""
    return DrugCode.objects.filter(practice_id=practice_id, substance=substance, route=route).first()


def is_near(due: datetime, at: datetime) -> bool:
    """Whether it is due today or tomorrow."""
    return due - at <= timedelta(days=1)
