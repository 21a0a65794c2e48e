"""When the last dose of a session was given: read from the session's log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from upwell.base.kept_query import kept_query
from upwell.pathway.session.models import SessionEvent

DOSES = ("dose-given", "infusion-started", "infusion-resumed", "infusion-stopped")
CORRECTION = "correction"


@dataclass(frozen=True, slots=True)
class Dosed:
    """A course in which a dose was given lately, and when the last one ended."""

    course_id: UUID
    practice_id: UUID
    patient_id: UUID
    is_open: bool
    at: datetime


def _doses(**whose: Any) -> QuerySet[SessionEvent, Any]:
    place = ("session__course_id", "session__course__practice_id", "session__course__patient_id")
    told = ("session__course__state", "id", "type", "observed_at", "body")
    rows = SessionEvent.objects.filter(type__in=(*DOSES, CORRECTION), **whose)
    return rows.order_by("observed_at").values_list(*place, *told)


@kept_query(datetime)
def _doses_since(since: datetime) -> QuerySet[SessionEvent, Any]:
    return _doses(session__first_dose_at__gte=since)


@kept_query(datetime, UUID)
def _doses_in(since: datetime, course_id: UUID) -> QuerySet[SessionEvent, Any]:
    return _doses(session__first_dose_at__gte=since, session__course_id=course_id)


def last_doses(since: datetime, course_id: UUID | None = None) -> dict[UUID, Dosed]:
    """By course: the last dose of the sessions dosed since a moment, as far as the actor may see them. One query.

    A dose that was entered in error is none.
    """
    found = _doses_since(since) if course_id is None else _doses_in(since, course_id)
    wrong = {
        str(body.get("corrects"))
        for *_place, kind, _at, body in found
        if kind == CORRECTION and body.get("entered_in_error")
    }
    return {
        course: Dosed(course, practice, patient, state != "closed", at)
        for course, practice, patient, state, id, kind, at, _body in found
        if kind in DOSES and str(id) not in wrong
    }
