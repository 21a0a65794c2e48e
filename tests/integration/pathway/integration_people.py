"""One person in care at two practices: the clinic leads the course, the therapist has a chart of their own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest

from upwell.access.acting import acting_as
from upwell.access.models import CareLink, Release
from upwell.access.system import system_actor
from upwell.access.who import patient_actor
from upwell.base.actor import Actor
from upwell.base.clock import now
from upwell.pathway.course.models import Course
from upwell.pathway.course.states import State
from upwell.people.models import Patient, Practice


@dataclass(frozen=True)
class Shared:
    """The course, and everybody in it."""

    course: Course
    clinic: Practice
    clinic_chart: Patient
    therapy: Practice
    therapy_chart: Patient
    person: Actor
    therapist: Actor
    prescriber: Actor

    def release(self, chart: Patient, to: Practice, *kinds: str) -> None:
        with acting_as(self.person):
            for kind in kinds:
                Release.objects.create(
                    practice_id=chart.practice_id,
                    patient=chart,
                    to_practice=to,
                    kind=kind,
                    starts_at=now() - timedelta(days=30),
                )


def link(one: Patient, other: Patient) -> None:
    for here, there in ((one, other), (other, one)):
        with acting_as(system_actor("set-up", here.practice_id)):
            CareLink.objects.create(
                practice_id=here.practice_id,
                patient=here,
                other_practice_id=there.practice_id,
                other_patient=there,
            )


def course_at(chart: Patient, state: State = State.INDUCTION) -> Course:
    with acting_as(system_actor("set-up", chart.practice_id)):
        course = Course.objects.create(practice_id=chart.practice_id, patient=chart, state=state)
    course.patient = chart
    return course


@pytest.fixture
def shared(practice, other_practice, patient_factory, account_factory, staff) -> Shared:
    account = account_factory("Alex Rivera")
    therapy_chart = patient_factory("Rivera", "Alex", at=other_practice, account=account)
    clinic_chart = patient_factory("Rivera", "Alex", account=account)
    link(clinic_chart, therapy_chart)
    return Shared(
        course=course_at(clinic_chart),
        clinic=practice,
        clinic_chart=clinic_chart,
        therapy=other_practice,
        therapy_chart=therapy_chart,
        person=patient_actor(account.id, account.name, (therapy_chart.id, clinic_chart.id)),
        therapist=staff("therapist", at=other_practice, name="Toni Tide"),
        prescriber=staff("prescriber", name="Pat Prescriber"),
    )
