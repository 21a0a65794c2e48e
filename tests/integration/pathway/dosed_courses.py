"""Courses of care that the tests begin in the middle: with the steps that they took, and dosing days."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import ModuleType
from typing import Any

from upwell.access.acting import acting_as
from upwell.access.system import system_actor
from upwell.base.clock import now
from upwell.base.ids import new_id
from upwell.pathway import parts
from upwell.pathway.course.models import Course, CourseStep
from upwell.people.models import Patient
from upwell.science.measures import Dose


def course_in(
    state: str, patient: Patient, *, days_ago: float = 30, since_days: float | None = None
) -> Course:
    """A course in that state since ``since_days`` (``days_ago`` it was opened, in preparation)."""
    opened = now() - timedelta(days=days_ago)
    since = now() - timedelta(days=days_ago if since_days is None else since_days)
    steps = [("preparation", opened)] if state != "preparation" else []
    with acting_as(system_actor("set-up", patient.practice_id)):
        course = Course.objects.create(
            practice_id=patient.practice_id,
            patient=patient,
            state=state,
            started_at=opened,
            version=len(steps) + 1,
        )
        for number, (to_state, at) in enumerate([*steps, (state, since)], start=1):
            CourseStep.objects.create(
                practice_id=patient.practice_id,
                patient=patient,
                course=course,
                number=number,
                event="test",
                from_state=steps[number - 2][0] if number > 1 else "",
                to_state=to_state,
                at=at,
            )
    return course


def days_ago(days: float) -> datetime:
    return now() - timedelta(days=days)


def dosing_days(monkeypatch: Any, *when: datetime) -> list[Dose]:
    """Dosing days of every course, as the session tells them; what is added to the list later is there, too."""
    doses = [Dose(str(new_id()), at) for at in when]
    real = parts._modules()
    told = ModuleType("session_of_the_test")
    vars(told)["dosing_days"] = lambda course: list(doses)
    without = [part for part in real if not hasattr(part, "dosing_days")]
    monkeypatch.setattr(parts, "_modules", lambda: (*without, told))
    return doses
