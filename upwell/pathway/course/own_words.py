"""A course of care in the words of the person whose course it is."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from upwell.pathway.course.models import Course
from upwell.pathway.course.states import ClosedAs, State

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


# What each step was, on their timeline.
MOVED: dict[State, Promise] = {
    State.INQUIRY: gettext_lazy("You asked about this treatment"),
    State.REFERRAL: gettext_lazy("You were referred"),
    State.SCREENING: gettext_lazy("Your care team began to look at what is right for you"),
    State.PREPARATION: gettext_lazy("You began to get ready"),
    State.INDUCTION: gettext_lazy("Your treatment began"),
    State.MAINTENANCE: gettext_lazy("The first sessions were done"),
    State.CLOSED: gettext_lazy("Your course of care ended"),
}


def stands_words(course: Course) -> str | Promise:
    """Where a course stands, in words for its person."""
    return ENDED[ClosedAs(course.closed_as)] if course.closed_as else STANDS[course.stands]


def moved_words(to_state: str, closed_as: str) -> str:
    """What a step of the course was."""
    return str(ENDED[ClosedAs(closed_as)] if closed_as else MOVED[State(to_state)])
