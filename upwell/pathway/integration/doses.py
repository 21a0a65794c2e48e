"""When the last dose of a session was given: read from the session's log."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from upwell.pathway.session.models import Session, SessionEvent

DOSES = ("dose-given", "infusion-started", "infusion-resumed", "infusion-stopped")
CORRECTION = "correction"


def last_doses(since: datetime, course_id: UUID | None = None) -> dict[UUID, datetime]:
    """By course: the last dose of the sessions dosed since a moment, as far as the actor may see them. Two queries."""
    rows = Session.objects.filter(first_dose_at__gte=since)
    if course_id is not None:
        rows = rows.filter(course_id=course_id)
    sessions = list(rows.order_by("first_dose_at").values_list("id", "course_id", "first_dose_at"))
    ends = _ends(one for one, _course, _at in sessions) if sessions else {}
    return {course: max(ends.get(one, at), at) for one, course, at in sessions if at is not None}


def _ends(sessions: Iterable[UUID]) -> dict[UUID, datetime]:
    """By session: when the last dose ended, without those that were entered in error."""
    rows = SessionEvent.objects.filter(session__in=list(sessions), type__in=(*DOSES, CORRECTION))
    found = list(rows.order_by("observed_at").values_list("id", "session_id", "type", "observed_at", "body"))
    wrong = {
        str(body.get("corrects"))
        for _id, _session, kind, _at, body in found
        if kind == CORRECTION and body.get("entered_in_error")
    }
    return {session: at for id, session, kind, at, _body in found if kind in DOSES and str(id) not in wrong}
