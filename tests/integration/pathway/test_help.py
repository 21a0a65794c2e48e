"""Help right now: for everybody, with one's own practice's numbers where they are known."""

from __future__ import annotations

from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from upwell.access.acting import acting_as
from upwell.access.system import system_actor

pytestmark = pytest.mark.django_db


def shown(browser) -> str:
    response = browser.get(reverse("help_now"))
    assert response.status_code == 200
    return unescape(response.content.decode())


def test_everybody_sees_the_numbers_of_each_country(db):
    text = shown(Client())
    for number in ("tel:988", "sms:988", "tel:911", "tel:112"):
        assert f'href="{number}"' in text
    assert "none has been filled in for yours" in text  # the EU has no line of its own on record


def test_a_patient_sees_their_own_practices(alex_browses, practice, patient_factory, other_practice, alex):
    with acting_as(system_actor("set-up")):
        practice.crisis_line, practice.staffed_hours = "+1 312 555 0199", "Mon to Fri, 9 to 5"
        practice.save()
        other_practice.jurisdiction = "EU"
        other_practice.save()
    patient_factory("Rivera", "Alex", at=other_practice, account=alex.account)
    text = shown(alex_browses)
    assert 'href="tel:+13125550199"' in text
    assert "Somebody is at Harbor Clinic at these times: Mon to Fri, 9 to 5." in text
    assert "Tidewater Therapy has given no phone number of its own here." in text
    assert 'href="tel:112"' in text


def test_staff_see_their_practices(staff, client_as, other_practice):
    text = shown(client_as(staff("therapist")))
    assert "Harbor Clinic" in text
    assert "Tidewater" not in text
