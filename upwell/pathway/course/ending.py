"""A person ends their own course of care, on their own page: at once, without having to say why."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from upwell.access.acting import acting_as
from upwell.access.links import is_released, linked_charts
from upwell.access.roles import require
from upwell.access.system import Purpose, system_actor
from upwell.base.actor import Actor
from upwell.base.errors import NotFound
from upwell.pathway.course.actions import locked_course, move_course
from upwell.pathway.course.models import Course
from upwell.pathway.course.states import Event
from upwell.pathway.own_words import own_words
from upwell.people.charts import chart_ids, kept_chart
from upwell.record.models import Task

COURSE_ENDED = "course-ended-by-patient"


@transaction.atomic
def end_own_course(
    *, by: Actor, course_id: UUID, reason: str = "", seen_version: int | None = None
) -> Course:
    """End the person's own course. Both practices find a task; a session that is open is to be ended first.

    Where the course is a referral that nobody has answered yet, it is the referral that is taken back.
    """
    require(by, "own.course")
    seen = (
        Course.objects.filter(id=course_id, patient_id__in=by.patient_ids).first() if by.is_patient else None
    )
    if seen is None:
        raise NotFound(_("There is no such course of care here."))
    words = own_words(reason, path="reason")
    with acting_as(system_actor(Purpose.SHARED_CARE, None, by.account_id)):
        course = locked_course(seen.id)
        if _take_referral_back(by, course, words):
            return course  # the referral itself tells both sides
        course = move_course(
            by=by,
            course_id=course.id,
            event=Event.WITHDRAW,
            reason=words or _("Ended by the person, without a reason."),
            seen_version=seen_version,
        )
        _tell_both(course)
    return course


def _take_referral_back(by: Actor, course: Course, words: str) -> bool:
    from upwell.pathway.referral.actions import take_back_of_course  # a step further: it knows the course

    return take_back_of_course(by=by, course_id=course.id, reason=words)


def _tell_both(course: Course) -> None:
    """A task at the practice that led the course, and at those to which the course is open."""
    family = chart_ids(kept_chart(course.patient_id) or course.patient_id)
    detail = {"practice": course.practice.name, "course": str(course.id)}
    places = {course.practice_id: family[0]}
    for one in linked_charts(family):
        if is_released(family, one.practice_id, course.release_kind):
            places.setdefault(one.practice_id, kept_chart(one.patient_id) or one.patient_id)
    Task.objects.bulk_create(
        Task(practice_id=practice_id, patient_id=patient_id, kind=COURSE_ENDED, detail=detail)
        for practice_id, patient_id in places.items()
    )
