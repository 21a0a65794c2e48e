"""When the last dose of a session was given: read from the session's log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

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


def last_doses(since: datetime, course_id: UUID | None = None) -> dict[UUID, Dosed]:
    """By course: the last dose of the sessions dosed since a moment, as far as the actor may see them. One query.

    A dose that was entered in error is none.
    """
    rows = SessionEvent.objects.filter(session__first_dose_at__gte=since, type__in=(*DOSES, CORRECTION))
    if course_id is not None:
        rows = rows.filter(session__course_id=course_id)
    place = ("session__course_id", "session__course__practice_id", "session__course__patient_id")
    told = ("session__course__state", "id", "type", "observed_at", "body")
    found = list(rows.order_by("observed_at").values_list(*place, *told))
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
