"""The work-up of a course: done by whom, left out by the prescriber with a reason, never changed afterwards."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from tests.integration.pathway.courses import course_at
from upwell.access.acting import acting_as
from upwell.base.errors import NotPermitted, RefusedByRule, StaleState
from upwell.pathway.workup.actions import say
from upwell.pathway.workup.models import WorkUpEntry
from upwell.pathway.workup.queries import workup_of
from upwell.pathway.workup.rules import Event, Standing
from upwell.pathway.workup.standing import workup_facts
from upwell.record.models import Condition

pytestmark = pytest.mark.django_db


@pytest.fixture
def course(alex):
    return course_at(alex, "preparation", substance="esketamine", route="intranasal")


@pytest.fixture
def prescriber(staff):
    return staff("prescriber", name="Dr. Cho")


@pytest.fixture
def therapist(staff):
    return staff("therapist", name="Toni Therapist")


def tell(actor, course, item, event, note=""):
    with acting_as(actor):
        return say(by=actor, course_id=course.id, item=item, event=event, note=note)


def stands(actor, course, item):
    with acting_as(actor):
        return next(one for one in workup_of(course, ()) if one.item.id == item).standing


def test_done_left_out_and_opened_again(course, prescriber, therapist):
    tell(therapist, course, "ecg", Event.DONE, "Sinus rhythm, 2 March")
    assert stands(therapist, course, "ecg") is Standing.DONE
    tell(therapist, course, "ecg", Event.REOPENED, "That was somebody else's.")
    assert stands(therapist, course, "ecg") is Standing.OPEN
    tell(prescriber, course, "ecg", Event.WAIVED, "Done by the cardiologist last month.")
    assert stands(therapist, course, "ecg") is Standing.WAIVED
    with acting_as(therapist):
        assert WorkUpEntry.objects.count() == 3
        with pytest.raises(DatabaseError), transaction.atomic():
            WorkUpEntry.objects.update(note="")


def test_who_may_leave_out_what(course, prescriber, therapist):
    with pytest.raises(NotPermitted):
        tell(therapist, course, "ecg", Event.WAIVED, "Not needed.")
    with pytest.raises(RefusedByRule):
        tell(prescriber, course, "rems-site", Event.WAIVED, "No time.")
    tell(therapist, course, "ecg", Event.DONE)
    with pytest.raises(StaleState, match="Toni Therapist has said so already"):
        tell(prescriber, course, "ecg", Event.DONE)


def test_rems_is_no_until_it_is_done_and_the_site_once_for_the_practice(
    course, prescriber, patient_factory, account_factory
):
    with acting_as(prescriber):
        facts = workup_facts(course, {})
    assert (facts["rems_site_certified"], facts["rems_patient_enrolled"]) == (False, False)
    tell(prescriber, course, "rems-site", Event.DONE, "Certificate 2026")
    tell(prescriber, course, "rems-patient", Event.DONE)
    other = course_at(patient_factory("Stone"), "preparation", substance="esketamine", route="intranasal")
    with acting_as(prescriber):
        assert workup_facts(course, {})["rems_patient_enrolled"] is True
        assert workup_facts(other, {})["rems_site_certified"] is True
        assert workup_facts(other, {})["rems_patient_enrolled"] is False


def test_the_pages(course, prescriber, therapist, client_as):
    browser = client_as(therapist)
    text = browser.get(reverse("workup", args=[course.id])).content.decode()
    assert "14 of 14 items are open." in text
    assert "Without it no dose can be given." in text
    page = reverse("workup_item", args=[course.id, "ecg"])
    assert "CPSBC draft standard" in browser.get(page).content.decode()
    assert "Leave it out" not in browser.get(page).content.decode()
    assert browser.post(page, {"event": "done", "note": "Normal"}).url == reverse("workup", args=[course.id])
    text = browser.get(reverse("workup", args=[course.id])).content.decode()
    assert "13 of 14 items are open." in text
    assert "Normal" in text
    assert "13 of 14 items are open." in browser.get(reverse("course", args=[course.id])).content.decode()


@pytest.mark.parametrize(
    ("item", "data", "status"),
    [
        ("ecg", {"event": "waived", "note": "  "}, 422),
        ("ecg", {"event": "anything"}, 422),
        ("rems-site", {"event": "waived", "note": "No."}, 409),
        ("no-such-item", {"event": "done"}, 404),
    ],
)
def test_what_can_not_be_is_refused_and_changes_nothing(course, prescriber, client_as, item, data, status):
    page = reverse("workup_item", args=[course.id, item])
    assert client_as(prescriber).post(page, data).status_code == status
    with acting_as(prescriber):
        assert WorkUpEntry.objects.count() == 0


def test_others_see_nothing_of_it(course, prescriber, staff, other_practice):
    tell(prescriber, course, "ecg", Event.DONE)
    for actor in (staff("prescriber", at=other_practice), staff("admin"), staff("researcher")):
        with acting_as(actor):
            assert WorkUpEntry.objects.count() == 0


def test_a_condition_told_or_on_record_asks_for_a_specialist_on_the_card_and_on_the_page(
    course, prescriber, client_as, alex
):
    def shown(name):
        return client_as(prescriber).get(reverse(name, args=[course.id])).content.decode()

    assert "specialist" not in shown("course")
    with acting_as(prescriber) as by:
        Condition.objects.create(
            practice=alex.practice, patient=alex, code_system="http://snomed.info/sct", code="4557003",
            display="Unstable angina", clinical_status="active", verification_status="confirmed",
            created_by_id=by.account_id, updated_by_id=by.account_id,
        )  # fmt: skip
    assert "until it is on record, here and in the screening, no dose can be given" in shown("course")
    assert "specialist" in shown("workup")
    tell(prescriber, course, "specialist-clearance", Event.DONE, "Dr. Heart, letter of 2 March")
    text = shown("course")
    assert "Dr. Heart, letter of 2 March" in text
    assert "no dose can be given." not in text.replace("Without it no dose can be given.", "")


def test_what_is_required_before_the_first_dose_is_asked_until_the_first_doses_are_over(
    course, prescriber, patient_factory
):
    later = course_at(
        patient_factory("Late", "Kim"), "maintenance", substance="esketamine", route="intranasal"
    )
    with acting_as(prescriber):
        assert workup_facts(course, {})["workup"]["ecg"] is False
        assert "workup" not in workup_facts(later, {})
        assert "workup_open" not in workup_facts(later, {})
        assert workup_facts(later, {})["rems_patient_enrolled"] is False
