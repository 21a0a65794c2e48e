"""A curious neighbour with a log-in at another practice, who knows every id: nothing, and no hint of anything."""

from __future__ import annotations

from html import unescape

import pytest
from django.urls import reverse

from upwell.access.acting import acting_as
from upwell.access.models import CareLink, Release
from upwell.access.system import system_actor
from upwell.pathway.course.models import Course, CourseStep
from upwell.pathway.referral.actions import decline
from upwell.pathway.referral.models import Referral, ReferralStep
from upwell.pathway.referral.sharing import end_sharing
from upwell.people.models import Patient, Practice
from upwell.record.models import Condition

pytestmark = pytest.mark.django_db
ROLES = ["therapist", "prescriber", "monitor", "admin"]


@pytest.fixture
def neighbour(staff):
    """Somebody who may do everything, at a practice that has nothing to do with it."""
    return staff(*ROLES, at=Practice.objects.create(name="Next Door"), name="Nosy Neighbour")


def test_a_third_practice_finds_nothing_by_any_address(
    alex_referred, alex, neighbour, client_as, other_practice
):
    browser, found = client_as(neighbour), alex_referred
    for name, ids in (
        ("chart", [alex.id]),
        ("chart", [found.to_patient_id]),
        ("chart_section", [alex.id, "problems"]),
        ("chart_scores", [found.to_patient_id, "phq-9"]),
        ("course", [found.course_id]),
        ("course_move", [found.course_id, "withdraw"]),
        ("referral", [found.id]),
        ("referral_new", [alex.id]),
    ):
        assert browser.get(reverse(name, args=ids)).status_code == 404, name
    for name in ("referral_decide", "referral_withdraw", "referral_noted", "referral_agreed"):
        answer = browser.post(
            reverse(name, args=[found.id]), {"event": "accept", "agreed": "oral", "reason": "x"}
        )
        assert answer.status_code == 404, name
    for name in ("referrals", "today", "patients", "tasks", "alerts"):
        assert "Rivera" not in browser.get(reverse(name)).content.decode()
    with acting_as(neighbour):
        for model in (Referral, ReferralStep, Course, CourseStep, CareLink, Release, Patient):
            assert not model.objects.exists(), model


def test_who_declined_keeps_the_letter_and_nothing_of_the_chart(refer, alex, prescriber, client_as, practice):
    with acting_as(system_actor("import", practice.id)):
        Condition.objects.create(practice=practice, patient=alex, display="Recurrent depression")
    referral = refer()
    with acting_as(prescriber):
        decline(by=prescriber, referral_id=referral.id, reason="Not with us.")
    tide = client_as(prescriber)
    text = unescape(tide.get(reverse("referral", args=[referral.id])).content.decode())
    assert "Not with us." in text
    assert "Nothing is open any more." in text
    assert "Recurrent depression" not in text
    assert tide.get(reverse("chart", args=[alex.id])).status_code == 404
    again = tide.post(reverse("referral_decide", args=[referral.id]), {"event": "accept"})
    assert again.status_code == 409


def test_the_way_back_ends_too(alex_referred, alex, therapist, client_as, practice, account_factory):
    from upwell.access.who import patient_actor

    me = patient_actor(alex.account_id, "Alex Rivera", (alex.id, alex_referred.to_patient_id))
    harbor = client_as(therapist)
    assert harbor.get(reverse("course", args=[alex_referred.course_id])).status_code == 200
    with acting_as(me):
        end_sharing(by=me, chart_id=alex_referred.to_patient_id, to_practice_id=practice.id)
    assert harbor.get(reverse("course", args=[alex_referred.course_id])).status_code == 404
    assert harbor.get(reverse("chart", args=[alex_referred.to_patient_id])).status_code == 404
    text = harbor.get(reverse("chart", args=[alex.id])).content.decode()
    assert reverse("course", args=[alex_referred.course_id]) not in text
    with acting_as(therapist):
        assert not Course.objects.exists()
