"""What was given and weighed before in a course of care: an order is held against it."""

from __future__ import annotations

from typing import Any

from upwell.pathway.course.states import State
from upwell.pathway.session.models import Session, SessionEvent

TREATED = (State.INDUCTION, State.MAINTENANCE)


def earlier_in_course(session: Session) -> dict[str, Any]:
    """The doses of the course's other sessions, the latest weight at one of them, and since when the phase runs."""
    course = session.course
    others = Session.objects.filter(course_id=course.id).exclude(id=session.id)
    rows = list(others.values_list("id", "first_dose_at", "given_mg"))
    found: dict[str, Any] = {
        "doses": [
            {"at": first.isoformat(), "dose_mg": given} for _id, first, given in rows if first is not None
        ]
    }
    if rows:
        found["weights"] = _latest_weight([one for one, _first, _given in rows])
    if course.stands in TREATED:
        found["phase"] = str(course.stands)
        began = course.steps.filter(to_state=course.stands).order_by("-number").values_list("at", flat=True)
        if (at := began.first()) is not None:
            found["phase_began"] = at.isoformat()
    return found


def _latest_weight(session_ids: list[Any]) -> list[dict[str, Any]]:
    rows = SessionEvent.objects.filter(session_id__in=session_ids, type="vitals", body__has_key="weight_kg")
    latest = rows.order_by("-observed_at").values_list("observed_at", "body").first()
    return [] if latest is None else [{"at": latest[0].isoformat(), "weight_kg": latest[1]["weight_kg"]}]
