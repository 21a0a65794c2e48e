"""Which integration visits are due: of whom, between when, at which practice. A fixed number of queries."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Max, Q

from upwell.access.links import LinkedChart, released_charts
from upwell.access.models import CareLink
from upwell.base.actor import Actor
from upwell.knowledge.loader import load_visit_template
from upwell.pathway.calendar.models import Appointment
from upwell.pathway.calendar.states import HOLDING, Kind, State
from upwell.pathway.course.models import Course
from upwell.pathway.course.states import State as CourseState
from upwell.pathway.integration.doses import last_doses
from upwell.pathway.integration.models import IntegrationVisit
from upwell.pathway.integration.rules import NoteState, Proposed, Timing, is_answered, proposed
from upwell.people.models import Patient

MOST = 200


@dataclass(frozen=True, slots=True)
class DueVisit:
    """A visit that is proposed: the window, and the practice and chart at which it is held."""

    course: Course
    proposed: Proposed
    timing: Timing
    practice_id: UUID
    patient_id: UUID
    patient_name: str  # as that chart has it; the other one may not be opened to the actor
    is_therapists: bool  # a therapist of a practice of their own; else whoever treats
    came: bool = False  # an appointment for it took place, and nothing is written about it


def due_visits(actor: Actor, at: datetime, course: Course | None = None) -> list[DueVisit]:
    """The visits that nobody has held yet since the last dose; what is too long ago is not asked for any more."""
    window = load_visit_template().window
    doses = last_doses(at - window.stops_after, course.id if course is not None else None)
    courses = _courses(doses, course)
    if not courses:
        return []
    links = _links(courses)
    held = _held(courses)
    known = _known_here(actor, courses, links)
    booked, came = _appointments(courses, links, at)
    names = _names(courses, links)
    found = []
    for one in courses:
        when = proposed(doses[one.id], window)
        timing = when.timing(at)
        if timing is Timing.PAST or is_answered(held.get(one.id), when.dose_at) or one.id not in known:
            continue
        home = links.get(one.patient_id) or LinkedChart(one.practice_id, one.patient_id)
        charts = {one.patient_id, home.patient_id}
        if charts & booked:
            continue  # the calendar tells of it
        has_come = any(ended > when.dose_at for chart, ended in came if chart in charts)
        is_theirs = home.practice_id != one.practice_id
        name = names.get(home.patient_id) or names.get(one.patient_id, "")
        found.append(
            DueVisit(one, when, timing, home.practice_id, home.patient_id, name, is_theirs, has_come)
        )
    return found


def _names(courses: Collection[Course], links: dict[UUID, LinkedChart]) -> dict[UUID, str]:
    charts = [one.patient_id for one in courses] + [link.patient_id for link in links.values()]
    rows = Patient.objects.filter(id__in=charts).only("id", "given_names", "family_name")
    return {row.id: row.display_name for row in rows}


def _appointments(
    courses: Collection[Course], links: dict[UUID, LinkedChart], at: datetime
) -> tuple[set[UUID], list[tuple[UUID, datetime]]]:
    """The charts with a visit booked, and the visits that took place."""
    charts = [one.patient_id for one in courses] + [link.patient_id for link in links.values()]
    rows = Appointment.objects.filter(patient_id__in=charts, kind=Kind.INTEGRATION)
    found = list(rows.values_list("patient_id", "state", "ends_at"))
    booked = {chart for chart, state, ends_at in found if state in HOLDING and ends_at > at}
    return booked, [
        (chart, ends_at) for chart, state, ends_at in found if state in {State.ARRIVED, State.DONE}
    ]


def _courses(doses: Collection[UUID], course: Course | None) -> list[Course]:
    if course is not None:
        return [course] if course.id in doses and course.is_open else []
    rows = Course.objects.filter(id__in=list(doses)).exclude(state=CourseState.CLOSED)
    return list(rows.order_by("started_at", "id")[:MOST])


def _links(courses: Collection[Course]) -> dict[UUID, LinkedChart]:
    """By the chart of the course: the chart at the therapist's own practice, seen from whichever side."""
    charts = [one.patient_id for one in courses]
    rows = CareLink.objects.filter(Q(patient_id__in=charts) | Q(other_patient_id__in=charts))
    found: dict[UUID, LinkedChart] = {}
    for link in rows.order_by("-since", "-id"):
        if link.patient_id in charts:
            found[link.patient_id] = LinkedChart(link.other_practice_id, link.other_patient_id)
        else:
            found[link.other_patient_id] = LinkedChart(link.practice_id, link.patient_id)
    return found


def _held(courses: Collection[Course]) -> dict[UUID, datetime]:
    rows = IntegrationVisit.objects.filter(course__in=courses).exclude(state=NoteState.WRONG)
    return dict(rows.values_list("course").annotate(Max("held_at")))


def _known_here(actor: Actor, courses: Collection[Course], links: dict[UUID, LinkedChart]) -> set[UUID]:
    """The courses of which the actor can know whether a visit was held: at their own practice, or opened to it."""
    elsewhere = {
        one.id: links[one.patient_id].patient_id
        for one in courses
        if one.patient_id in links and links[one.patient_id].practice_id != actor.practice_id
    }
    if not actor.is_staff or actor.practice_id is None or not elsewhere:
        return {one.id for one in courses}
    opened = released_charts(elsewhere.values(), actor.practice_id, "integration")
    return {one.id for one in courses if one.id not in elsewhere or elsewhere[one.id] in opened}
