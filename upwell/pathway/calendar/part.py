"""What the calendar tells: who is expected, who did not come, what is booked for a course."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from upwell.base.actor import Actor
from upwell.base.kept_query import kept_query
from upwell.pathway.calendar import appointments_of
from upwell.pathway.calendar.models import HOLDS, Appointment
from upwell.pathway.calendar.offers import own_times
from upwell.pathway.calendar.rules import day_of
from upwell.pathway.calendar.states import HOLDING, KIND_WORDS, Kind, State
from upwell.pathway.course.models import Course
from upwell.pathway.parts import Card, Moment, Urgency, Waiting, once
from upwell.record.queries import PATIENT_BESIDE_NAME
from upwell.web.paths import path_to

MOST = 100
TEAM = frozenset({"prescriber", "therapist", "monitor", "admin"})
COME = {
    Kind.SCREENING: gettext_lazy("Come to the screening visit"),
    Kind.PREPARATION: gettext_lazy("Come to the preparation visit"),
    Kind.DOSING: gettext_lazy("Come to the dosing session"),
    Kind.INTEGRATION: gettext_lazy("Come to the integration visit"),
    Kind.FOLLOW_UP: gettext_lazy("Come to the follow-up visit"),
}


def waiting(actor: Actor, at: datetime, course: Course | None) -> list[Waiting]:
    """Who is expected today, who is here, who did not come; for a person, what they are booked for."""
    end_of_day = day_of(timezone.localdate(at), timezone.get_current_timezone())[1]
    if course is not None:
        rows = [one for one in once(course, appointments_of) if one.stands in HOLDING][:MOST]
    elif actor.is_patient:
        rows = _own(list(actor.patient_ids))
    else:
        rows = _at(actor.practice_id, end_of_day) if actor.practice_id is not None else []
    found: list[Waiting] = []
    for one in rows:
        if actor.is_patient or course is not None:
            found += _for_the_person(one, at, end_of_day)
        if not actor.is_patient and one.starts_at < end_of_day:
            found += _for_the_team(one, at)
    return found


@kept_query(list)
def _own(patient_ids: list[UUID]) -> QuerySet[Appointment]:
    return _held("practice").filter(patient_id__any=patient_ids)[:MOST]


@kept_query(UUID, datetime)
def _at(practice_id: UUID, before: datetime) -> QuerySet[Appointment]:
    return _held().filter(practice_id=practice_id, starts_at__lt=before)[:MOST]


def _held(*related: str) -> QuerySet[Appointment]:
    rows = Appointment.objects.filter(HOLDS).select_related("patient", *related)
    return rows.defer(*PATIENT_BESIDE_NAME).order_by("starts_at", "id")


def _for_the_person(one: Appointment, at: datetime, end_of_day: datetime) -> list[Waiting]:
    if one.stands is not State.BOOKED or one.ends_at <= at:
        return []
    said = own_times([one])[0]
    return [
        Waiting(
            owners=frozenset({"patient"}),
            practice_id=one.practice_id,
            patient_id=one.patient_id,
            patient_name=one.patient.display_name,
            what=str(COME[one.is_for]),
            url=reverse("own_appointments"),
            since=one.created_at,
            urgency=Urgency.DUE if one.starts_at < end_of_day else Urgency.LATER,
            due=one.starts_at,
            detail=_("%(practice)s, %(when)s (%(zone)s)")
            % {"practice": one.practice.name, "when": said.when, "zone": said.zone},
            course_id=one.course_id,
            icon="calendar-days",
            button=_("See when and where"),
            says_when=True,
        )
    ]


def _for_the_team(one: Appointment, at: datetime) -> list[Waiting]:
    if one.stands is State.ARRIVED and one.is_for is Kind.DOSING:
        return []  # the session itself says where it stands
    urgency, what = Urgency.DUE, _("Receive: %(kind)s")
    if one.stands is State.ARRIVED:
        urgency, what = Urgency.HERE, _("See: %(kind)s")
    elif one.ends_at <= at:
        urgency, what = Urgency.WAITING, _("Say whether they came: %(kind)s")
    return [
        Waiting(
            owners=TEAM,
            practice_id=one.practice_id,
            patient_id=one.patient_id,
            patient_name=one.patient.display_name,
            what=what % {"kind": KIND_WORDS[one.is_for]},
            url=path_to("appointment", one.id),
            since=one.arrived_at or one.starts_at,
            urgency=urgency,
            due=one.starts_at,
            course_id=one.course_id,
            icon="calendar-days",
        )
    ]


def moments(course: Course, actor: Actor) -> list[Moment]:
    """Visits that took place, were missed or cancelled. A dosing session tells of itself."""
    found = []
    for one in once(course, appointments_of):
        words = {"kind": KIND_WORDS[one.is_for]}
        if one.stands is State.CANCELLED:
            title, at, tone = _("Cancelled: %(kind)s") % words, one.updated_at, "caution"
        elif one.stands is State.MISSED:
            title, at, tone = _("Missed: %(kind)s") % words, one.starts_at, "caution"
        elif one.stands is State.DONE and one.is_for is not Kind.DOSING:
            title, at, tone = _("Took place: %(kind)s") % words, one.starts_at, ""
        else:
            continue
        found.append(Moment(at=at, title=title, detail=one.reason, icon="calendar-days", tone=tone))
    return found


def cards(course: Course, actor: Actor) -> list[Card]:
    """What is booked, and the way to book."""
    coming = own_times([one for one in once(course, appointments_of) if one.stands in HOLDING])
    book = actor.is_staff and course.practice_id == actor.practice_id and course.is_open
    context = {"coming": coming, "patient_id": course.patient_id if book else None}
    return [Card(_("Appointments"), "calendar/course_card.html", context, icon="calendar-days")]
