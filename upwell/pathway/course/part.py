"""What the course itself tells: its steps on the timeline, and who has the ball while no other step says so."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from upwell.base.actor import Actor
from upwell.base.kept_query import kept_query
from upwell.pathway.course.care_queries import steps_of
from upwell.pathway.course.models import Course
from upwell.pathway.course.own_words import moved_words
from upwell.pathway.course.states import CLOSED_WORDS, STATE_WORDS, ClosedAs, State
from upwell.pathway.parts import Moment, Waiting, once
from upwell.record.queries import PATIENT_BESIDE_NAME
from upwell.web.paths import path_to


def waiting(actor: Actor, at: datetime, course: Course | None) -> list[Waiting]:
    """Inquiries wait for a prescriber, or for the therapist who refers them."""
    found = _without_referral([course] if course is not None else _inquiries(actor))
    return [
        Waiting(
            owners=frozenset({"prescriber", "therapist"}),
            practice_id=one.practice_id,
            patient_id=one.patient_id,
            patient_name=one.patient.display_name,
            what=_("Begin the screening, or refer"),
            url=path_to("course", one.id),
            since=one.updated_at,
            course_id=one.id,
            icon="waves",
            told=_("Your care team is deciding how to begin."),
        )
        for one in found
    ]


def _inquiries(actor: Actor) -> list[Course]:
    if not actor.is_staff or actor.practice_id is None:
        return []
    return _inquiries_at(actor.practice_id)


@kept_query(UUID)
def _inquiries_at(practice_id: UUID) -> QuerySet[Course]:
    rows = Course.objects.filter(practice_id=practice_id, state=State.INQUIRY).select_related("patient")
    return rows.defer(*PATIENT_BESIDE_NAME).order_by("updated_at")[:100]


def _without_referral(courses: list[Course]) -> list[Course]:
    """Whom a referral is open for waits for its answer, which the referral says itself."""
    from upwell.pathway.referral.queries import referred_now  # a step further: it knows the course

    inquiries = [one for one in courses if one.stands is State.INQUIRY]
    referred = referred_now([one.patient_id for one in inquiries]) if inquiries else set()
    return [one for one in inquiries if one.patient_id not in referred]


def moments(course: Course, actor: Actor) -> list[Moment]:
    """Every step, with its reason; to the person, in their words."""
    words = moved_words if actor.is_patient else _moment_words
    return [
        Moment(
            at=one.at,
            title=words(one.to_state, one.closed_as),
            detail=one.reason,
            who=one.by_name,
            icon="circle-check" if one.to_state == State.CLOSED else "arrow-right",
        )
        for one in once(course, steps_of)
    ]


def _moment_words(to_state: str, closed_as: str) -> str:
    if closed_as:
        return _("Closed: %(how)s") % {"how": CLOSED_WORDS[ClosedAs(closed_as)]}
    return str(STATE_WORDS[State(to_state)])
