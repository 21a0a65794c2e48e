"""The demo's courses of care: questionnaires answered over the last weeks, and the one that is due today."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time
from uuid import UUID

from upwell.access.acting import acting_as
from upwell.access.system import Purpose, system_actor
from upwell.access.who import patient_actor, staff_actor
from upwell.base.actor import Actor
from upwell.base.ids import new_id
from upwell.people.models import Account, Membership, Patient
from upwell.platform.demo.cast import Course, DemoPractice
from upwell.record.actions import record_assessment
from upwell.record.actions_requests import ask_patient
from upwell.record.models import Assessment

SOURCE = "demo"


def play_courses(
    demo: DemoPractice, practice_id: UUID, loaded_at: datetime, progress: Callable[[str], None]
) -> None:
    """Answer and ask what the courses say, each in one transaction, unless that was done before."""
    for course in demo.courses:
        with acting_as(system_actor(Purpose.DEMO, practice_id)):
            patient = Patient.objects.get(practice_id=practice_id, source=SOURCE, source_id=course.chart)
            played = Assessment.objects.filter(patient=patient).exists()
        if not played:
            progress(f"{demo.details['name']}: {patient.display_name} answers questionnaires …")
            _play(demo, course, patient, loaded_at)


def _play(demo: DemoPractice, course: Course, patient: Patient, loaded_at: datetime) -> None:
    with acting_as(_who(demo, course.answered_by, patient)) as actor:
        for answers in course.scores:
            moment = answers.moment(loaded_at, demo.zone)
            for instrument, items in answers.instruments.items():
                record_assessment(
                    by=actor,
                    patient=patient,
                    instrument=instrument,
                    answers={str(number): value for number, value in enumerate(items, 1)},
                    submission_id=new_id(),
                    effective_at=moment,
                )
        if course.asked:
            with acting_as(_who(demo, "therapist", patient)) as therapist:
                ask_patient(
                    by=therapist,
                    patient=patient,
                    instrument=course.asked,
                    due_at=_start_of_day(loaded_at, demo),
                )


def _who(demo: DemoPractice, role: str, patient: Patient) -> Actor:
    with acting_as(system_actor(Purpose.DEMO)):
        account = Account.objects.get(email=demo.person(role).email)
    if role == "patient":
        return patient_actor(account.id, account.name, (patient.id,))
    membership = Membership.objects.get(account=account, practice_id=patient.practice_id)
    return staff_actor(membership, account.name)


def _start_of_day(loaded_at: datetime, demo: DemoPractice) -> datetime:
    today = loaded_at.astimezone(demo.zone).date()
    return datetime.combine(today, time(0), demo.zone)
