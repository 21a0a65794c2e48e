"""Courses of care at a stage, made by the shortest way."""

from __future__ import annotations

from upwell.access.acting import acting_as
from upwell.access.system import system_actor
from upwell.pathway.course.models import Course


def course_at(patient, state, **fields):
    """A course that stands at this state."""
    with acting_as(system_actor("set-up", patient.practice_id)):
        return Course.objects.create(practice=patient.practice, patient=patient, state=state, **fields)
