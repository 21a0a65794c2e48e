"""Which integration visits are due: of whom, between when, at which practice. A fixed number of queries."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Max, Q, QuerySet

from upwell.access.links import LinkedChart, released_charts
from upwell.access.models import CareLink
from upwell.base.actor import Actor
from upwell.base.clock import now
from upwell.base.kept_query import kept_query
from upwell.knowledge.loader import load_visit_template
from upwell.pathway.calendar.models import Appointment
from upwell.pathway.calendar.states import HOLDING, Kind, State
from upwell.pathway.course.models import Course
from upwell.pathway.integration.doses import Dosed, last_doses
from upwell.pathway.integration.models import IntegrationVisit
from upwell.pathway.integration.rules import NoteState, Proposed, Timing, is_answered, proposed
from upwell.pathway.parts import once
from upwell.people.models import Patient

MOST = 200


@dataclass(frozen=True, slots=True)
class DueVisit:
    """A visit that is proposed: the window, and the practice and chart at which it is held."""

    course_id: UUID
    proposed: Proposed
    timing: Timing
    practice_id: UUID
    patient_id: UUID
    patient_name: str  # as that chart has it; the other one may not be opened to the actor
    is_therapists: bool  # a therapist of a practice of their own; else whoever treats
    came: bool = False  # an appointment for it took place, and nothing is written about it


def due_visits(actor: Actor, at: datetime, course: Course | None = None) -> list[DueVisit]:
    """The visits that nobody has held yet since the last dose; what is too long ago is not asked for any more."""
    dosed = _unanswered(at, course)
    if not dosed:
        return []
    links = _links(dosed)
    known = _known_here(actor, dosed, links)
    booked, came = _appointments(dosed, links, at)
    names = _names(dosed, links)
    found = []
    for one in dosed:
        home = links.get(one.patient_id) or LinkedChart(one.practice_id, one.patient_id)
        charts = {one.patient_id, home.patient_id}
        if charts & booked or one.course_id not in known:
            continue  # the calendar tells of it, or nobody here can know
        when = proposed(one.at, load_visit_template().window)
        found.append(
            DueVisit(
                course_id=one.course_id,
                proposed=when,
                timing=when.timing(at),
                practice_id=home.practice_id,
                patient_id=home.patient_id,
                patient_name=names.get(home.patient_id) or names.get(one.patient_id, ""),
                is_therapists=home.practice_id != one.practice_id,
                came=any(ended > one.at for chart, ended in came if chart in charts),
            )
        )
    return found


def window_now(course: Course, last_held_at: datetime | None, at: datetime) -> tuple[Proposed, Timing] | None:
    """The window that is open, coming or missed in one course, whoever's it is. One query."""
    window = load_visit_template().window
    dosed = once(course, _doses_lately).get(course.id)
    if dosed is None or not dosed.is_open or is_answered(last_held_at, dosed.at):
        return None
    when = proposed(dosed.at, window)
    return when, when.timing(at)


def _doses_lately(course: Course) -> dict[UUID, Dosed]:
    return last_doses(now() - load_visit_template().window.stops_after, course.id)


def _unanswered(at: datetime, course: Course | None) -> list[Dosed]:
    """The open courses whose last dose no visit has followed."""
    window = load_visit_template().window
    doses = last_doses(at - window.stops_after) if course is None else once(course, _doses_lately)
    dosed = [
        one
        for one in sorted(doses.values(), key=lambda one: one.at)
        if one.is_open and proposed(one.at, window).timing(at) is not Timing.PAST
    ][:MOST]
    held = _held(one.course_id for one in dosed) if dosed else {}
    return [one for one in dosed if not is_answered(held.get(one.course_id), one.at)]


def _held(courses: Iterable[UUID]) -> dict[UUID, datetime]:
    return dict(_last_held(list(courses)))


@kept_query(list)
def _last_held(course_ids: list[UUID]) -> QuerySet[IntegrationVisit, Any]:
    rows = IntegrationVisit.objects.filter(course_id__any=course_ids).exclude(state=NoteState.WRONG)
    return rows.values_list("course").annotate(Max("held_at"))


def _links(dosed: Collection[Dosed]) -> dict[UUID, LinkedChart]:
    """By the chart of the course: the chart at the therapist's own practice, seen from whichever side."""
    charts = [one.patient_id for one in dosed]
    found: dict[UUID, LinkedChart] = {}
    for practice_id, chart, other_practice_id, other in _linked(charts):
        if chart in charts:
            found[chart] = LinkedChart(other_practice_id, other)
        else:
            found[other] = LinkedChart(practice_id, chart)
    return found


@kept_query(list)
def _linked(charts: list[UUID]) -> QuerySet[CareLink, Any]:
    both = ("practice_id", "patient_id", "other_practice_id", "other_patient_id")
    rows = CareLink.objects.filter(Q(patient_id__any=charts) | Q(other_patient_id__any=charts))
    return rows.order_by("-since", "-id").values_list(*both)


def _charts(dosed: Collection[Dosed], links: dict[UUID, LinkedChart]) -> list[UUID]:
    return [one.patient_id for one in dosed] + [link.patient_id for link in links.values()]


def _appointments(
    dosed: Collection[Dosed], links: dict[UUID, LinkedChart], at: datetime
) -> tuple[set[UUID], list[tuple[UUID, datetime]]]:
    """The charts with a visit booked, and the visits that took place."""
    found = _integration_visits(_charts(dosed, links))
    booked = {chart for chart, state, ends_at in found if state in HOLDING and ends_at > at}
    return booked, [
        (chart, ends_at) for chart, state, ends_at in found if state in {State.ARRIVED, State.DONE}
    ]


@kept_query(list)
def _integration_visits(charts: list[UUID]) -> QuerySet[Appointment, Any]:
    rows = Appointment.objects.filter(patient_id__any=charts, kind=Kind.INTEGRATION)
    return rows.values_list("patient_id", "state", "ends_at")


def _names(dosed: Collection[Dosed], links: dict[UUID, LinkedChart]) -> dict[UUID, str]:
    return {chart: f"{given} {family}".strip() for chart, given, family in _names_on(_charts(dosed, links))}


@kept_query(list)
def _names_on(charts: list[UUID]) -> QuerySet[Patient, Any]:
    return Patient.objects.filter(id__any=charts).values_list("id", "given_names", "family_name")


def _known_here(actor: Actor, dosed: Collection[Dosed], links: dict[UUID, LinkedChart]) -> set[UUID]:
    """The courses of which the actor can know whether a visit was held: at their own practice, or opened to it."""
    elsewhere = {
        one.course_id: links[one.patient_id].patient_id
        for one in dosed
        if one.patient_id in links and links[one.patient_id].practice_id != actor.practice_id
    }
    ours = {one.course_id for one in dosed if one.course_id not in elsewhere}
    if not actor.is_staff or actor.practice_id is None:
        return ours | set(elsewhere)
    if not elsewhere:
        return ours
    opened = released_charts(elsewhere.values(), actor.practice_id, "integration")
    return ours | {course for course, chart in elsewhere.items() if chart in opened}
