"""What the dosing day tells: who is here, what is overdue, who may go home, what was left open."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from upwell.base.actor import Actor
from upwell.base.kept_query import kept_query
from upwell.knowledge.gates.loader import load_fact_book
from upwell.pathway.calendar import appointments_of
from upwell.pathway.calendar.models import Appointment
from upwell.pathway.calendar.states import HOLDING, Kind
from upwell.pathway.calendar.states import State as Visit
from upwell.pathway.course.models import Course
from upwell.pathway.course.states import State as CourseState
from upwell.pathway.parts import Card, Moment, Urgency, Waiting, once
from upwell.pathway.session.late import raise_late
from upwell.pathway.session.models import Session
from upwell.pathway.session.queries import doses_of_course, lately_discharged, sessions_of
from upwell.pathway.session.staffing.follow import follow_team
from upwell.pathway.session.words import DISPOSITIONS, DUE, STATES, treatment_words
from upwell.record.queries import PATIENT_BESIDE_NAME
from upwell.science.measures import Dose
from upwell.science.session import State
from upwell.web.paths import path_to

if TYPE_CHECKING:
    from upwell.pathway.session.log import Folded

MOST = 100
TEAM = frozenset({"prescriber", "therapist", "monitor"})
MONITORS = frozenset({"monitor", "prescriber"})
PRESCRIBER = frozenset({"prescriber"})
BEFORE_A_DOSE = (CourseState.PREPARATION, CourseState.INDUCTION)


def waiting(actor: Actor, at: datetime, course: Course | None) -> list[Waiting]:
    """Open sessions and what they wait for; arrivals without a session; for the person, what to do until tomorrow."""
    if actor.is_patient:
        return (
            [_until_tomorrow(one) for one in lately_discharged(actor.patient_ids, at)]
            if course is None
            else []
        )
    if actor.practice_id is None and course is None:
        return []
    found: list[Waiting] = []
    for one in _open(actor, course):
        found += _alarms(one) if one.is_over else [*_of_session(one, at), *_second_check(actor, one)]
    return found + [_open_it(one) for one in _arrived(actor, course)] + _book(actor, course)


def _open(actor: Actor, course: Course | None) -> list[Session]:
    if course is None:
        return _open_at(actor.practice_id) if actor.practice_id is not None else []
    found = [one for one in once(course, _sessions) if not one.is_over or one.alarms_open]
    for one in found:
        one.patient = course.patient
    return found[::-1]


@kept_query(UUID)
def _open_at(practice_id: UUID) -> QuerySet[Session]:
    rows = Session.objects.filter(Q(over_at__isnull=True) | Q(alarms_open__gt=0), practice_id=practice_id)
    return rows.select_related("patient", "chair").defer(*PATIENT_BESIDE_NAME).order_by("opened_at")[:MOST]


def _of_session(one: Session, at: datetime) -> list[Waiting]:
    stands = STATES[State(one.stands)]
    where = one.chair.name if one.chair is not None else ""
    detail = " · ".join(str(part) for part in (stands, where) if part)
    if _left_open(one, at):
        return [
            _line(
                one,
                TEAM,
                _("End the session that was left open, with its true time"),
                Urgency.WORRYING,
                detail=detail,
            )
        ]
    if one.stands == State.PLANNED:
        return [_line(one, PRESCRIBER, _("Order the dose"), Urgency.WAITING, "session_order", detail=detail)]
    found = [_line(one, TEAM, _("Go on with the dosing session"), Urgency.HERE, detail=detail)]
    if one.alarms_open:
        found.append(
            _line(
                one,
                TEAM,
                _("Look at an alarm in a dosing session"),
                Urgency.WORRYING,
                detail=detail,
            )
        )
    if one.wants_decision:
        found.append(
            _line(one, PRESCRIBER, _("Decide at the gate before the dose"), Urgency.DUE, "session_gate")
        )
    if one.next_due_at is not None and one.next_due_at < at:
        what = DUE.get(one.next_due_what, one.next_due_what)
        found.append(
            _line(one, MONITORS, _("Measure: %(what)s") % {"what": what}, Urgency.DUE, at=one.next_due_at)
        )
    if one.leave_at is not None and one.leave_at < at:
        found.append(
            _line(
                one,
                MONITORS,
                _("See whether the person may go home"),
                Urgency.DUE,
                "session_leave",
                at=one.leave_at,
            )
        )
    return found


def _left_open(one: Session, at: datetime) -> bool:
    """Whether it is of a day that is over. Midnight alone ends no session that goes on."""
    longest = load_fact_book().session_longest
    went_on = longest is not None and at - one.opened_at <= longest
    return timezone.localdate(one.opened_at) < timezone.localdate(at) and not went_on


def _alarms(one: Session) -> list[Waiting]:
    """A session that is over, with alarms that nobody acknowledged: whoever looks at them says so."""
    what = _("Look at alarms that nobody acknowledged in a session that is over")
    urgency = Urgency.WAITING if one.worst_alarm == "amber" else Urgency.WORRYING
    return [_line(one, TEAM, what, urgency, detail=str(STATES[State(one.stands)]), told="")]


def _second_check(actor: Actor, one: Session) -> list[Waiting]:
    """An order that another person works out again; whoever ordered it is told whom it waits for."""
    if one.order_check == "disputed":
        what = _("Look at your order again: a colleague finds that it is not right")
        return [_line(one, PRESCRIBER, what, Urgency.DUE)]
    owners = TEAM - actor.roles if one.ordered_by == str(actor.account_id) else TEAM
    if one.order_check != "wanted" or not owners:
        return []
    return [_line(one, owners, _("Check a colleague's order"), Urgency.DUE, "session_check")]


def _line(
    one: Session,
    owners: frozenset[str],
    what: str,
    urgency: Urgency,
    page: str = "session",
    *,
    at: datetime | None = None,
    detail: str = "",
    told: str | None = None,
) -> Waiting:
    return Waiting(
        owners=owners,
        practice_id=one.practice_id,
        patient_id=one.patient_id,
        patient_name=one.patient.display_name,
        what=what,
        url=path_to(page, one.id),
        since=one.first_dose_at or one.opened_at,
        urgency=urgency,
        due=at,
        detail=detail,
        course_id=one.course_id,
        icon="armchair",
        told=_("You are in your dosing session. Your team is with you.") if told is None else told,
    )


def _arrived(actor: Actor, course: Course | None) -> list[Appointment]:
    """People who came for a dosing session that nobody opened yet."""
    if course is None:
        return _arrived_at(actor.practice_id) if actor.practice_id is not None else []
    opened = {one.appointment_id for one in once(course, _sessions)}
    here = (one for one in once(course, appointments_of) if one.stands is Visit.ARRIVED)
    return [one for one in here if one.is_for is Kind.DOSING and one.id not in opened]


@kept_query(UUID)
def _arrived_at(practice_id: UUID) -> QuerySet[Appointment]:
    opened = Session.objects.filter(appointment_id=OuterRef("id"))
    rows = Appointment.objects.filter(~Exists(opened), practice_id=practice_id)
    rows = rows.filter(kind=Kind.DOSING, state=Visit.ARRIVED).select_related("patient")
    return rows.defer(*PATIENT_BESIDE_NAME).order_by("starts_at")[:MOST]


def _open_it(one: Appointment) -> Waiting:
    return Waiting(
        owners=TEAM,
        practice_id=one.practice_id,
        patient_id=one.patient_id,
        patient_name=one.patient.display_name,
        what=_("Open the dosing session"),
        url=f"{path_to('session_new', one.course_id)}?appointment={one.id}",
        since=one.arrived_at or one.starts_at,
        urgency=Urgency.HERE,
        course_id=one.course_id,
        icon="armchair",
        told=_("You are here. Your team is getting ready."),
    )


def _book(actor: Actor, course: Course | None) -> list[Waiting]:
    """A course under treatment without a dose and without a booking: the first session is to be booked."""
    return [
        Waiting(
            owners=TEAM | {"admin"},
            practice_id=one.practice_id,
            patient_id=one.patient_id,
            patient_name=one.patient.display_name,
            what=_("Book the first dosing session"),
            url=f"{path_to('appointment_new', one.patient_id)}?kind=dosing",
            since=one.updated_at,
            course_id=one.id,
            icon="calendar-days",
            told=_("Your practice is finding a time for your first session."),
        )
        for one in _unbooked(actor, course)
    ]


def _unbooked(actor: Actor, course: Course | None) -> list[Course]:
    if course is None:
        return _unbooked_at(actor.practice_id) if actor.practice_id is not None else []
    if course.stands not in BEFORE_A_DOSE or once(course, _sessions):
        return []
    held = (one for one in once(course, appointments_of) if one.stands in HOLDING)
    return [] if any(one.is_for is Kind.DOSING for one in held) else [course]


@kept_query(UUID)
def _unbooked_at(practice_id: UUID) -> QuerySet[Course]:
    booked = Appointment.objects.filter(course_id=OuterRef("id"), kind=Kind.DOSING, state__in=sorted(HOLDING))
    opened = Session.objects.filter(course_id=OuterRef("id"))
    rows = Course.objects.filter(~Exists(booked), ~Exists(opened), practice_id=practice_id)
    rows = rows.filter(state__in=BEFORE_A_DOSE).select_related("patient")
    return rows.defer(*PATIENT_BESIDE_NAME).order_by("updated_at")[:MOST]


def _until_tomorrow(one: Session) -> Waiting:
    return Waiting(
        owners=frozenset({"patient"}),
        practice_id=one.practice_id,
        patient_id=one.patient_id,
        patient_name="",
        what=_("Read what to do until tomorrow"),
        url=path_to("own_session", one.id),
        since=one.over_at or one.opened_at,
        urgency=Urgency.LATER,
        detail=_("No driving until tomorrow, after a night's sleep."),
        course_id=one.course_id,
        icon="house",
    )


def logged(by: Actor, session: Session, log: Folded, types: Collection[str]) -> None:
    """Who watches a session, for the lists."""
    follow_team(by, session, log, types)


def look_after(by: Actor, at: datetime) -> None:
    """Who is not ready to go home in time: the prescriber is alerted, and later everybody."""
    raise_late(by, at)


def _sessions(course: Course) -> list[Session]:
    return sessions_of(course.id)


def moments(course: Course, actor: Actor) -> list[Moment]:
    """Each dosing day: what was given, and how the person left."""
    found = []
    for one in once(course, _sessions):
        url = path_to("session", one.id) if actor.is_staff else ""
        treatment = treatment_words(one.substance, one.route)
        if one.first_dose_at is not None:
            title = _("Dose given: %(mg)s mg, %(treatment)s") % {
                "mg": f"{one.given_mg:g}",
                "treatment": treatment,
            }
            found.append(Moment(at=one.first_dose_at, title=title, url=url, icon="pill"))
        if one.over_at is not None:
            how = DISPOSITIONS.get(one.ended_as) or STATES[State(one.stands)]
            tone = "caution" if one.ended_as else ""
            title = _("Dosing session over: %(how)s") % {"how": how}
            found.append(Moment(at=one.over_at, title=title, url=url, icon="armchair", tone=tone))
    return found


def cards(course: Course, actor: Actor) -> list[Card]:
    """The dosing sessions of the course."""
    rows = [
        (one, STATES[State(one.stands)], treatment_words(one.substance, one.route))
        for one in once(course, _sessions)
    ]
    ours = actor.is_staff and course.practice_id == actor.practice_id and course.is_open
    may_open = ours and course.stands in {CourseState.INDUCTION, CourseState.MAINTENANCE}
    context: dict[str, Any] = {
        "sessions": rows,
        "course_id": course.id if may_open and not any(not one.is_over for one, *_words in rows) else None,
    }
    if not rows and not may_open:
        return []
    return [Card(_("Dosing sessions"), "session/course_card.html", context, icon="armchair")]


def course_facts(course: Course) -> dict[str, Any]:
    """What the guards ask: was a dose given, is a session open?"""
    found = doses_of_course(course.id)
    return {"session.doses_given": found.given, "session.open": found.open}


def dosing_days(course: Course) -> list[Dose]:
    """The first dose of each session."""
    return [
        Dose(str(one.id), one.first_dose_at)
        for one in sessions_of(course.id)
        if one.first_dose_at is not None
    ]
