"""Referring a person to another practice: the whole way, and every way out of it."""

from __future__ import annotations

from html import unescape

import pytest
from django.urls import reverse

from upwell.access.acting import acting_as
from upwell.access.models import CareLink, Release
from upwell.access.system import system_actor
from upwell.audit.models import AuditEntry
from upwell.pathway.course.models import Course
from upwell.pathway.referral.actions import accept
from upwell.pathway.referral.models import Referral, ReferralStep
from upwell.people.models import Patient, PatientSearchKey
from upwell.record.models import AllergyIntolerance, Condition

pytestmark = pytest.mark.django_db


def shown(browser, name, *ids, status=200) -> str:
    response = browser.get(reverse(name, args=ids))
    assert response.status_code == status, response.content.decode()
    return unescape(response.content.decode())


def everything():
    return acting_as(system_actor("shared-care"))


def test_referred_in_person_accepted_and_both_see_the_course(
    refer, alex, therapist, prescriber, client_as, practice, other_practice
):
    with acting_as(system_actor("import", practice.id)):
        Condition.objects.create(practice=practice, patient=alex, display="Recurrent depression")
        AllergyIntolerance.objects.create(practice=practice, patient=alex, display="Penicillin")
        Condition.objects.create(
            practice=practice, patient=alex, display="Secret", compartment="process-notes"
        )
    referral = refer()
    tide, harbor = client_as(prescriber), client_as(therapist)
    text = shown(tide, "referral", referral.id)
    for words in (
        "Two trials failed.",
        "Is ketamine an option?",
        "Recurrent depression",
        "Penicillin",
        "in words",
    ):
        assert words in text
    assert "Secret" not in text
    answer = tide.post(
        reverse("referral_decide", args=[referral.id]), {"event": "accept", "version": referral.version}
    )
    assert answer.status_code == 302
    with everything():
        course = Course.objects.get()
        there = Patient.objects.get(id=course.patient_id)
    assert answer["Location"] == reverse("course", args=[course.id])
    assert (course.state, course.practice_id, course.prescriber_id) == (
        "screening", other_practice.id, prescriber.account_id,
    )  # fmt: skip
    assert (there.display_name, there.account_id, there.record_number) == (
        "Alex Rivera",
        alex.account_id,
        "P-000001",
    )
    for browser in (tide, harbor):
        text = shown(browser, "course", course.id)
        assert "Two trials failed." in text
        assert "Course of care at Tidewater Therapy" in text
    assert reverse("course", args=[course.id]) in shown(harbor, "chart", alex.id)


def test_what_sending_makes_at_the_other_practice(refer, alex, practice, other_practice, therapist):
    referral = refer()
    with everything():
        there = Patient.objects.get(id=referral.to_patient_id)
        assert there.practice_id == other_practice.id
        assert PatientSearchKey.objects.filter(patient=there, practice=other_practice).exists()
        assert CareLink.objects.filter(patient=alex, other_patient=there).exists()
        assert CareLink.objects.filter(patient=there, other_patient=alex).exists()
        opened = set(Release.objects.values_list("patient_id", "to_practice_id", "kind"))
        assert opened == {
            *((alex.id, other_practice.id, kind) for kind in referral.shared),
            *((there.id, practice.id, kind) for kind in referral.shared_back),
        }
        assert [one.to_state for one in ReferralStep.objects.all()] == ["sent"]
        made = AuditEntry.objects.get(action="referral.made")
        assert (made.account_id, made.patient_id) == (therapist.account_id, alex.id)


def test_nobody_else_reads_it(refer, staff, other_practice, client_as, practice):
    from upwell.people.models import Practice

    third = Practice.objects.create(name="Elsewhere")
    referral = refer()
    outsider = staff("prescriber", at=third)
    with acting_as(outsider):
        assert (Referral.objects.count(), ReferralStep.objects.count()) == (0, 0)
    shown(client_as(outsider), "referral", referral.id, status=404)


def test_accepting_needs_a_prescriber_of_that_practice(refer, staff, other_practice, therapist):
    from upwell.base.errors import NotFound, NotPermitted

    referral = refer()
    for actor, error in (
        (staff("therapist", at=other_practice), NotPermitted),
        (therapist, NotPermitted),
        (staff("prescriber"), NotFound),
    ):
        with acting_as(actor), pytest.raises(error):
            accept(by=actor, referral_id=referral.id)
