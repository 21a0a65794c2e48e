"""What exposure shows on the course page: the way to its pages."""

from __future__ import annotations

from django.utils.translation import gettext as _

from upwell.base.actor import Actor
from upwell.pathway.course.models import Course
from upwell.pathway.parts import Card


def cards(course: Course, actor: Actor) -> list[Card]:
    """For the team the curves, once a course is open; for the person when a dose passes, once it is chosen."""
    if not course.is_open:
        return []
    if actor.is_patient:
        if not course.route:
            return []
        return [Card(_("The medicine"), "exposure/my_card.html", {"course": course}, "clock", own=True)]
    return [Card(_("What a dose gives"), "exposure/card.html", {"course": course}, "chart-line")]
