"""Courses of care at a stage, made by the shortest way."""

from __future__ import annotations

from upwell.access.acting import acting_as
from upwell.access.system import system_actor
from upwell.pathway.course.models import Course, CourseStep


def course_at(patient, state, **fields):
    """A course that stands at this state, by one step."""
    with acting_as(system_actor("set-up", patient.practice_id)):
        course = Course.objects.create(practice=patient.practice, patient=patient, state=state, **fields)
        CourseStep.objects.create(
            practice=patient.practice, patient=patient, course=course, number=1, event="test", to_state=state
        )
    return course
