"""What the work-up tells: a card on the course page, and that it waits while the course is before its first dose."""

from __future__ import annotations

from django.utils.translation import gettext as _

from upwell.base.actor import Actor
from upwell.base.clock import now
from upwell.pathway.course.models import Course
from upwell.pathway.course.states import State
from upwell.pathway.parts import Card
from upwell.pathway.workup.standing import lines_of_course

SHOWN_IN = (State.SCREENING, State.PREPARATION, State.INDUCTION)


def cards(course: Course, actor: Actor) -> list[Card]:
    """How much of the work-up is open, before the first dose."""
    if not actor.is_staff or course.stands not in SHOWN_IN:
        return []
    lines = lines_of_course(course, now())
    context = {
        "lines": lines,
        "open": [one for one in lines if one.is_open],
        "stops": [one for one in lines if one.is_open and one.stops],
        "asked": [one for one in lines if one.is_open and one.is_asked],
        "for_condition": [one for one in lines if one.is_for_condition],
        "course_id": course.id,
    }
    return [Card(_("Work-up"), "workup/card.html", context, icon="clipboard-check")]
