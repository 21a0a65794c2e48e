"""Courses of care at scale: every patient has one, with steps, dosing sessions, appointments, measures and visits."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from uuid import UUID

from upwell.base.clock import now
from upwell.base.ids import new_id
from upwell.knowledge.loader import load_visit_template
from upwell.pathway.calendar.models import Appointment
from upwell.pathway.course.models import Course, CourseStep
from upwell.pathway.integration.models import DailyPractice, IntegrationVisit
from upwell.pathway.session.models import Session, SessionEvent
from upwell.people.models import Account, Patient
from upwell.record.models import Alert, AssessmentRequest

SESSIONS = 6
VITALS = 10  # of a session in the practice whose pages are timed
WAY = ("inquiry", "screening", "preparation", "induction", "maintenance")
NOTE = {
    "came-up": "Warmth, and an old house with every room lit.",
    "plan": "Paint on Sunday; call on Tuesday.",
}


def courses(rng: random.Random, rows: list[Patient], staff: Account, *, in_full: bool) -> list[UUID]:
    """One course for each patient, at every stage. ``in_full``: with vital signs, alerts and what is due today."""
    made = [_course(rng, row, staff) for row in rows]
    Course.objects.bulk_create(made)
    CourseStep.objects.bulk_create(step for one in made for step in _steps(one, staff))
    sessions = [session for one in made for session in _sessions(rng, one)]
    Session.objects.bulk_create(sessions)
    SessionEvent.objects.bulk_create(
        (event for one in sessions for event in _events(one, VITALS if in_full else 1)), batch_size=2000
    )
    IntegrationVisit.objects.bulk_create(visit for one in sessions[1::2] for visit in _visit(one, staff))
    DailyPractice.objects.bulk_create(_habit(one) for one in made)
    if in_full:
        _due(made, staff)
    return [one.id for one in made if one.state in {"induction", "maintenance"}]


def _whose(course: Course) -> dict[str, UUID]:
    return {"practice_id": course.practice_id, "patient_id": course.patient_id}


def _course(rng: random.Random, row: Patient, staff: Account) -> Course:
    return Course(
        practice_id=row.practice_id,
        patient_id=row.id,
        state=rng.choice(WAY),
        substance="esketamine",
        route="intranasal",
        prescriber_id=staff.id,
        reason="Two medicines did not help.",
        started_at=now() - timedelta(days=90),
    )


def _steps(course: Course, staff: Account) -> list[CourseStep]:
    reached = WAY[: WAY.index(course.state) + 1]
    return [
        CourseStep(
            **_whose(course),
            course=course,
            number=number,
            event="inquire",
            from_state=reached[number - 2] if number > 1 else "",
            to_state=state,
            reason="Because it was time.",
            at=course.started_at + timedelta(days=5 * number),
            by_id=staff.id,
            by_name=staff.name,
            by_role="prescriber",
        )
        for number, state in enumerate(reached, start=1)
    ]


def _sessions(rng: random.Random, course: Course) -> list[Session]:
    if course.state not in {"induction", "maintenance"}:
        return []
    last = now() - timedelta(hours=rng.randrange(20, 400))
    return [_session(course, last - timedelta(days=7 * number)) for number in range(SESSIONS)]


def _session(course: Course, at: datetime) -> Session:
    return Session(
        **_whose(course),
        course=course,
        substance="esketamine",
        route="intranasal",
        opened_at=at - timedelta(minutes=40),
        stands="discharged",
        first_dose_at=at,
        over_at=at + timedelta(hours=2),
        given_mg=56,
    )


def _events(session: Session, vitals: int) -> list[SessionEvent]:
    at, who = session.first_dose_at or now(), _whose(session.course)
    doses = [
        (at + timedelta(minutes=5 * n), "dose-given", {"dose_mg": 28, "device": n + 1}) for n in range(2)
    ]
    signs = [
        (
            at + timedelta(minutes=10 * n),
            "vitals",
            {"bp_systolic_mmhg": 120 + n, "bp_diastolic_mmhg": 80, "spo2_percent": 98},
        )
        for n in range(vitals)
    ]
    return [
        SessionEvent(**who, session=session, type=kind, observed_at=moment, received_at=moment, body=body)
        for moment, kind, body in (*doses, *signs)
    ]


def _visit(session: Session, staff: Account) -> list[IntegrationVisit]:
    held = (session.first_dose_at or now()) + timedelta(hours=40)
    if held > now():
        return []
    return [
        IntegrationVisit(
            **_whose(session.course),
            course_id=session.course_id,
            held_at=held,
            words=NOTE,
            template_version=load_visit_template().version,
            suicide_asked=True,
            suicide_answer="none",
            state="signed",
            signed_at=held,
            release_kind="integration",
            author_id=staff.id,
            author_name=staff.name,
            author_role="prescriber",
        )
    ]


def _habit(course: Course) -> DailyPractice:
    return DailyPractice(
        **_whose(course), course=course, origin="own", what="Walk by the lake", compartment="clinical"
    )


def _due(made: list[Course], staff: Account) -> None:
    """A busy day: half of the people have an appointment, every fifth an alert, every third a late measure."""
    morning = now().replace(hour=14, minute=0, second=0, microsecond=0)
    Appointment.objects.bulk_create(
        Appointment(
            **_whose(one),
            course=one,
            kind="follow-up",
            starts_at=morning + timedelta(minutes=n),
            ends_at=morning + timedelta(minutes=n + 30),
        )
        for n, one in enumerate(made[::2])
    )
    finding = {
        "rule": "bench",
        "severity": "needs-decision",
        "message": "Bench.",
        "because": [],
        "source": [],
    }
    Alert.objects.bulk_create(Alert(**_whose(one), kind="suicide-item", finding=finding) for one in made[::5])
    late = now() - timedelta(hours=5)
    AssessmentRequest.objects.bulk_create(
        AssessmentRequest(
            **_whose(one),
            id=new_id(),
            instrument="phq-9",
            opens_at=late - timedelta(days=1),
            due_at=late,
            late_at=late,
            closes_at=late + timedelta(days=2),
            slot="bench",
            course_id=one.id,
        )
        for one in made[::3]
    )
