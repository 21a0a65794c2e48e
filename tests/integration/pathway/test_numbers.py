"""Numbers for researchers: counts, never rows; small groups are not shown."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from tests.integration.pathway.answers import CALM, MODERATE
from upwell.access.acting import acting_as
from upwell.audit.models import AuditEntry
from upwell.base.clock import now
from upwell.base.errors import NotPermitted
from upwell.base.ids import new_id
from upwell.pathway.registry.queries import practice_numbers
from upwell.people.models import Patient
from upwell.record.actions import record_assessment
from upwell.record.models import Assessment

pytestmark = pytest.mark.django_db


@pytest.fixture
def treated(staff, patient_factory):
    """So many people who went from 11 to 0."""
    therapist = staff("therapist")

    def make(people: int) -> list[Patient]:
        made = [patient_factory(f"Person{n}") for n in range(people)]
        with acting_as(therapist):
            for patient in made:
                for answers, days in ((MODERATE, 100), (CALM, 0)):
                    record_assessment(
                        by=therapist,
                        patient=patient,
                        instrument="phq-9",
                        answers=answers,
                        submission_id=new_id(),
                        effective_at=now() - timedelta(days=days),
                    )
        return made

    return make


def counted(actor):
    with acting_as(actor):
        return practice_numbers(by=actor, time_zone="America/Chicago", at=now())


def test_counts_by_month_and_change_from_first_to_latest(treated, staff):
    treated(5)
    numbers = counted(staff("researcher"))
    (phq,) = numbers.instruments
    assert numbers.patients == "5"
    assert [(line.assessments, line.people) for line in phq.months] == [("5", "5"), ("5", "5")]
    assert (phq.people_with_change, phq.mean_change, phq.median_change) == ("5", -11.0, -11.0)


def test_fewer_than_five_are_not_shown(treated, staff, client_as):
    treated(4)
    researcher = staff("researcher")
    (phq,) = counted(researcher).instruments
    assert phq.months[0].assessments == "fewer than 5"
    assert (phq.people_with_change, phq.mean_change, phq.median_change) == ("fewer than 5", None, None)
    text = client_as(researcher).get(reverse("numbers")).content.decode()
    assert "fewer than 5" in text
    assert "local policy" in text
    assert "Person1" not in text


def test_many_questionnaires_of_few_people_are_not_shown_either(staff, patient_factory):
    therapist, patient = staff("therapist"), patient_factory()
    with acting_as(therapist):
        for _ in range(9):
            record_assessment(
                by=therapist, patient=patient, instrument="phq-9", answers=CALM, submission_id=new_id()
            )
    assert counted(staff("researcher")).instruments[0].months[0].assessments == "fewer than 5"


def test_a_merged_chart_is_not_another_person(treated, staff, practice):
    one, two, *_ = treated(5)
    from upwell.access.system import system_actor

    with acting_as(system_actor("set-up", practice.id)):
        Patient.objects.filter(id=two.id).update(merged_into=one)
    assert counted(staff("researcher")).instruments[0].people_with_change == "fewer than 5"


def test_the_researcher_reads_no_row_and_every_count_is_on_record(treated, staff):
    treated(5)
    researcher = staff("researcher")
    counted(researcher)
    with acting_as(researcher):
        assert (Assessment.objects.count(), Patient.objects.count()) == (0, 0)
    with acting_as(staff("admin")):
        entry = AuditEntry.objects.get(action="numbers.counted")
        assert (entry.actor_kind, entry.purpose, entry.account_id) == (
            "system",
            "count",
            researcher.account_id,
        )


def test_another_practice_is_not_counted(treated, staff, other_practice):
    treated(5)
    numbers = counted(staff("researcher", at=other_practice))
    assert (numbers.patients, numbers.instruments) == ("fewer than 5", ())


@pytest.mark.parametrize("role", ["therapist", "prescriber", "monitor", "admin"])
def test_nobody_else_counts(staff, client_as, role):
    actor = staff(role)
    assert client_as(actor).get(reverse("numbers")).status_code == 403
    with acting_as(actor), pytest.raises(NotPermitted):
        practice_numbers(by=actor, time_zone="UTC", at=now())
