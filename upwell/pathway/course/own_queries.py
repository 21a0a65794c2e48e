"""A person's own courses of care: where they stand, who has the ball, what happened, in plain words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from upwell.access.roles import rulebook
from upwell.access.trail import looked_at
from upwell.base.actor import Actor
from upwell.pathway.course.care_queries import courses_of, stages_of
from upwell.pathway.course.models import Course
from upwell.pathway.course.states import ClosedAs, State
from upwell.pathway.parts import Moment, Urgency, Waiting, is_for, moments_of, waiting_for

# Where a course stands, to the person whose course it is.
STANDS: dict[State, Promise] = {
    State.INQUIRY: gettext_lazy(
        "You have asked about this treatment. Your care team is finding out what comes first."
    ),
    State.REFERRAL: gettext_lazy(
        "You have been referred. Another practice is looking at whether it can treat you."
    ),
    State.SCREENING: gettext_lazy(
        "Your care team is finding out if this treatment is right and safe for you."
    ),
    State.PREPARATION: gettext_lazy("You are getting ready for your treatment."),
    State.INDUCTION: gettext_lazy("Your treatment has begun. These are the first sessions."),
    State.MAINTENANCE: gettext_lazy("The first sessions are done. Now it is about staying well."),
    State.CLOSED: gettext_lazy("This course of care is over."),
}
ENDED: dict[ClosedAs, Promise] = {
    ClosedAs.COMPLETED: gettext_lazy("You have completed this course of care."),
    ClosedAs.DECLINED: gettext_lazy(
        "Your care team decided that this treatment is not right for you at this time."
    ),
    ClosedAs.WITHDRAWN: gettext_lazy("This course of care was ended at your wish."),
    ClosedAs.TRANSFERRED: gettext_lazy("Another practice goes on with your care."),
}
STAGE_WORDS: dict[State, Promise] = {
    State.INQUIRY: gettext_lazy("First questions"),
    State.REFERRAL: gettext_lazy("Referral"),
    State.SCREENING: gettext_lazy("Is it right for you?"),
    State.PREPARATION: gettext_lazy("Getting ready"),
    State.INDUCTION: gettext_lazy("First sessions"),
    State.MAINTENANCE: gettext_lazy("Staying well"),
    State.CLOSED: gettext_lazy("Over"),
}


@dataclass(frozen=True, slots=True)
class OwnStage:
    """One stage of the way, in the person's words."""

    label: str | Promise
    is_current: bool
    is_passed: bool


@dataclass(frozen=True, slots=True)
class OwnCourse:
    """One course as its person reads it."""

    course: Course
    stands: str | Promise
    stages: list[OwnStage]
    mine: list[Waiting]
    told: list[str]
    moments: list[Moment]


def stands_words(course: Course) -> str | Promise:
    """Where a course stands, in words for its person."""
    return ENDED[ClosedAs(course.closed_as)] if course.closed_as else STANDS[course.stands]


def told_of(others: list[Waiting]) -> list[str]:
    """What goes on while others have the ball, each once."""
    return list(dict.fromkeys(one.told or _turn(one) for one in others))


def _turn(one: Waiting) -> str:
    titles = [rulebook().roles[role].title.lower() for role in sorted(one.owners) if role in rulebook().roles]
    return _("It is the turn of your %(who)s.") % {"who": _(" or your ").join(titles)} if titles else ""


def own_courses(actor: Actor, at: datetime) -> list[OwnCourse]:
    """Every course of a person, the latest first."""
    found = courses_of(actor.patient_ids)
    looked_at(actor.patient_ids)
    return [_own(actor, course, at) for course in found]


def _own(actor: Actor, course: Course, at: datetime) -> OwnCourse:
    waiting = waiting_for(actor, at, course) if course.is_open else []
    others = [one for one in waiting if not is_for(actor, one) and one.urgency is not Urgency.WORRYING]
    return OwnCourse(
        course=course,
        stands=stands_words(course),
        stages=[OwnStage(STAGE_WORDS[one.state], one.is_current, one.is_passed) for one in stages_of(course)],
        mine=[one for one in waiting if is_for(actor, one)],
        told=[words for words in told_of(others) if words],
        moments=moments_of(course, actor),
    )
