"""What maintenance tells the other steps: the rule that is still to be declared, when a dose is due, what was seen."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django.utils.timezone import make_aware
from django.utils.translation import gettext as _

from upwell.base.actor import Actor
from upwell.base.clock import now
from upwell.pathway.course.models import Course
from upwell.pathway.course.states import State
from upwell.pathway.maintenance.actions import watch_relapse
from upwell.pathway.maintenance.queries import (
    UNDER_TREATMENT,
    course_facts_of,
    declared_rules_of,
    maintenance_of,
    relapses_of,
    standing_of,
    unbooked,
    undeclared,
)
from upwell.pathway.maintenance.words import next_dose_words, watch_words
from upwell.pathway.parts import Card, Moment, Urgency, Waiting, doses_of, once
from upwell.record.models import Assessment
from upwell.web.paths import path_to

PRESCRIBER = frozenset({"prescriber"})
BOOKS = frozenset({"prescriber", "therapist", "monitor"})


def waiting(actor: Actor, at: datetime, course: Course | None) -> list[Waiting]:
    """A course under treatment without a relapse rule, and a further dose that nobody has booked. Four queries."""
    if course is None and (not actor.is_staff or actor.practice_id is None):
        return []
    return [*_undeclared(actor, course), *_unbooked(actor, at, course)]


def _undeclared(actor: Actor, course: Course | None) -> list[Waiting]:
    return [
        Waiting(
            owners=PRESCRIBER,
            practice_id=one.practice_id,
            patient_id=one.patient_id,
            patient_name=one.patient.display_name,
            what=_("Declare what will count as a relapse"),
            url=path_to("relapse_rule", one.id),
            since=one.updated_at,
            course_id=one.id,
            icon="activity",
        )
        for one in undeclared(actor, course)
    ]


def _unbooked(actor: Actor, at: datetime, course: Course | None) -> list[Waiting]:
    return [
        Waiting(
            owners=BOOKS,
            practice_id=one.course.practice_id,
            patient_id=one.course.patient_id,
            patient_name=one.course.patient.display_name,
            what=_("Book the next dose, or decide that there is none"),
            url=path_to("maintenance", one.course.id),
            since=one.course.updated_at,
            urgency=Urgency.DUE if one.stands == "late" else Urgency.WAITING,
            due=_end_of(one.window.latest),
            detail=one.window.rule.words if one.window.rule else "",
            course_id=one.course.id,
            icon="calendar-days",
            told=_("Your practice is thinking about your next session."),
        )
        for one in unbooked(actor, course, at)
    ]


def _end_of(day: date | None) -> datetime | None:
    """The last moment of a day at the practice: until then nothing is late."""
    return None if day is None else make_aware(datetime.combine(day, time.max))


def moments(course: Course, actor: Actor) -> list[Moment]:
    """Each rule that was declared, and each relapse that was seen."""
    url = "" if actor.is_patient else path_to("maintenance", course.id)
    declared = [
        Moment(
            at=one.at,
            title=_("Declared what will count as a relapse"),
            detail=one.words if not one.reason else f"{one.words} {one.reason}",
            who=one.by_name,
            url=url,
            icon="activity",
        )
        for one in declared_rules_of(course)
    ]
    seen = [
        Moment(
            at=one.at,
            title=_("Relapse, by the rule declared beforehand"),
            detail=one.declared.words,
            url=url,
            icon="triangle-alert",
            tone="caution",
        )
        for one in relapses_of(course.id)
    ]
    return [*declared, *seen]


def cards(course: Course, actor: Actor) -> list[Card]:
    """While somebody is under treatment: the last dose, the next one, and how the relapse rule stands."""
    if actor.is_patient or course.stands not in UNDER_TREATMENT:
        return []
    doses = once(course, doses_of)
    shown, stands = maintenance_of(course, doses, now()), standing_of(course, doses)
    context: dict[str, Any] = {
        "course": course,
        "shown": shown,
        "next": next_dose_words(shown),
        "standing": stands,
        "watch": watch_words(stands),
    }
    return [Card(_("Further doses, and relapse watch"), "maintenance/card.html", context, "calendar-days")]


def course_facts(course: Course) -> dict[str, Any]:
    """The declared rule, which the guard of maintenance asks for."""
    return course_facts_of(course)


def moved(by: Actor, course: Course) -> None:
    """Maintenance begins: the scores that are there are looked at."""
    watch_relapse(by=by, course=course)


def measured(by: Actor, assessment: Assessment, course: Course) -> None:
    """Something was answered or marked wrong: does it make a relapse?"""
    if course.state == State.MAINTENANCE:
        watch_relapse(by=by, course=course)
