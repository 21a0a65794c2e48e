"""Which questionnaires can be entered and asked for; the others say why not, and store nothing."""

from __future__ import annotations

from html import unescape

import pytest
from django.urls import reverse

from tests.integration.pathway.test_answering import hidden
from upwell.access.acting import acting_as
from upwell.knowledge.loader import known_instruments, load_instrument
from upwell.pathway.response.offering import asked_of_patients, entered_by_staff
from upwell.record.models import Assessment, AssessmentRequest

pytestmark = [pytest.mark.django_db, pytest.mark.once]
ENTERED = [one.id for one in entered_by_staff()]
ASKED = [one.id for one in asked_of_patients()]
SCREENS = ["asq", "c-ssrs-screener-recent", "c-ssrs-screener-since-last"]


@pytest.fixture
def therapist(staff):
    return staff("therapist")


@pytest.fixture
def browser(therapist, client_as):
    return client_as(therapist)


def test_the_two_of_every_course_come_first():
    assert ENTERED[:2] == ASKED[:2] == ["phq-9", "gad-7"]
    assert not {"ssi", "audit-c", "qids-sr16", "ebi", "mdq", "cadss"} & set(ENTERED)


def test_suicide_screens_are_asked_and_entered_because_what_their_answers_do_is_known():
    assert {*SCREENS} <= {*ENTERED} & {*ASKED}


def test_patients_are_asked_only_in_words_of_the_instrument():
    for known in map(load_instrument, ASKED):
        assert known.has_wording
        assert known.respondent == "patient"


@pytest.mark.parametrize("instrument", [one for one in known_instruments() if one not in ENTERED])
def test_without_a_form_a_page_says_why_and_nothing_is_stored(browser, alex, therapist, instrument):
    page = reverse("assess", args=[alex.id, instrument])
    for response in (browser.get(page), browser.post(page, {"item-1": "1"})):
        assert response.status_code == 409
        assert load_instrument(instrument).name in unescape(response.content.decode())
    with acting_as(therapist):
        assert not Assessment.objects.exists()


@pytest.mark.parametrize("instrument", [one for one in known_instruments() if one not in ASKED])
def test_what_a_phone_cannot_show_is_not_asked(browser, alex, therapist, instrument):
    response = browser.post(reverse("ask", args=[alex.id, instrument]))
    assert response.status_code == 409
    with acting_as(therapist):
        assert not AssessmentRequest.objects.exists()


@pytest.mark.parametrize("instrument", ENTERED)
def test_whatever_has_a_form_is_entered_and_read(browser, alex, instrument):
    known = load_instrument(instrument)
    page = reverse("assess", args=[alex.id, instrument])
    opened = browser.get(page, follow=True)
    text = unescape(opened.content.decode())
    assert opened.status_code == 200
    assert known.text_reason in text
    assert all(item.text in text for item in known.items)
    answers = {f"item-{item.id}": str(item.responses[-1].value) for item in known.items}
    stored = browser.post(page, hidden(opened) | answers, follow=True)
    assert stored.status_code == 200
    assert known.name in stored.content.decode()
    assert browser.get(reverse("chart", args=[alex.id])).status_code == 200


def test_an_older_request_without_a_form_is_refused_to_the_patient(alex, alex_browses, asked, therapist):
    with acting_as(therapist):
        AssessmentRequest.objects.filter(id=asked.id).update(instrument="mdq")
    page = reverse("answer", args=[asked.id])
    assert alex_browses.get(page).status_code == 409
    assert alex_browses.post(page, {"item-1": "True"}).status_code == 409
    assert alex_browses.get(reverse("me")).status_code == 200


def test_the_chart_offers_the_first_two_by_button_and_folds_the_others(browser, alex):
    text = unescape(browser.get(reverse("chart", args=[alex.id])).content.decode())
    assert "Enter PHQ-9" in text
    assert "Enter MADRS" not in text
    assert reverse("assess", args=[alex.id, "madrs"]) in text
    assert reverse("ask", args=[alex.id, "pcl-5"]) in text
    assert reverse("ask", args=[alex.id, "madrs"]) not in text
    assert "/ssi/" not in text
    for instrument in SCREENS:
        assert reverse("ask", args=[alex.id, instrument]) in text
