"""A log-in that ends under any form: one is led back to the page where it stands, with what was written."""

from __future__ import annotations

from html import unescape

import pytest
from django.urls import reverse

from tests.integration.pathway.answers import SUICIDAL
from tests.integration.pathway.test_answering import send
from upwell.access.acting import acting_as
from upwell.access.kept import COOKIE
from upwell.people.models import Patient, PatientMerge
from upwell.record.models import Alert, Task

pytestmark = pytest.mark.django_db
SITE = "http://testserver"


@pytest.fixture
def prescriber(staff):
    return staff("prescriber")


@pytest.fixture
def browser(prescriber, client_as):
    return client_as(prescriber)


@pytest.fixture
def back_after_log_in(prescriber, staff, client_as):
    """Sends a form whose log-in has ended, signs in again, and opens the page that one is led to."""

    def send_late(browser, page, fields, to=""):
        browser.logout()
        refused = browser.post(
            to or page, fields | {"owner": str(prescriber.account_id)}, headers={"Referer": SITE + page}
        )
        assert refused.url == f"/accounts/login/?next={page}"
        texts = []
        for person in (staff("prescriber"), prescriber):
            again = client_as(person)
            again.cookies[COOKIE] = refused.cookies[COOKIE].value
            shown = again.get(page)
            assert shown.status_code == 200
            texts.append(unescape(shown.content.decode()))
        assert not shown.cookies[COOKIE].value  # given back once
        return texts

    return send_late


def kept_for_the_writer_alone(texts, words):
    others, own = texts
    assert words not in others
    assert words in own


def test_what_was_done_about_an_alert(browser, alex, prescriber, back_after_log_in):
    send(browser, reverse("assess", args=[alex.id, "phq-9"]), SUICIDAL)
    with acting_as(prescriber):
        page = reverse("alert", args=[Alert.objects.get().id])
    kept_for_the_writer_alone(
        back_after_log_in(browser, page, {"event": "close", "action_taken": "Called at noon."}),
        "Called at noon.",
    )


def test_what_came_of_a_task(browser, alex, prescriber, practice, back_after_log_in):
    with acting_as(prescriber):
        task = Task.objects.create(practice=practice, patient=alex, kind="review-imported-item-9")
    page = reverse("task", args=[task.id])
    kept_for_the_writer_alone(back_after_log_in(browser, page, {"outcome": "All settled."}), "All settled.")


def test_why_answers_are_wrong_although_that_form_is_sent_elsewhere(browser, alex, back_after_log_in):
    page = send(browser, reverse("assess", args=[alex.id, "phq-9"]), SUICIDAL).url
    texts = back_after_log_in(browser, page, {"reason": "Another person's."}, to=f"{page}error/")
    kept_for_the_writer_alone(texts, "Another person's.")


def test_why_two_charts_are_joined_and_parted(
    browser, alex, patient_factory, prescriber, practice, back_after_log_in, client_as
):
    other = patient_factory("Rivera", "Alexander")
    page = reverse("patient_merge_pair", args=[alex.id, other.id])
    kept_for_the_writer_alone(
        back_after_log_in(browser, page, {"reason": "Same birthday."}), "Same birthday."
    )
    with acting_as(prescriber):
        Patient.objects.filter(id=other.id).update(merged_into=alex)
        merge = PatientMerge.objects.create(practice=practice, patient=alex, merged=other, reason="x")
    page = reverse("patient_merge_undo", args=[alex.id, merge.id])
    kept_for_the_writer_alone(back_after_log_in(client_as(prescriber), page, {"reason": "Twins."}), "Twins.")


def test_a_button_without_a_page_of_its_own_leads_back_to_where_it_stood(browser, alex):
    chart = reverse("chart", args=[alex.id])
    browser.logout()
    ask = reverse("ask", args=[alex.id, "gad-7"])
    assert browser.post(ask, headers={"Referer": SITE + chart}).url == f"/accounts/login/?next={chart}"
    assert (
        browser.post(ask, headers={"Referer": "https://evil.example/"}).url == f"/accounts/login/?next={ask}"
    )
    assert browser.post(ask).url == f"/accounts/login/?next={ask}"


def test_what_is_too_long_to_be_kept_is_said_not_to_be_stored(browser, alex):
    chart = reverse("chart", args=[alex.id])
    browser.logout()
    words = "".join(chr(0x4E00 + n * n % 20_000) for n in range(9_000))  # nothing in it repeats
    refused = browser.post(chart, {"reason": words})
    assert COOKIE not in refused.cookies
    assert "too long to be kept" in browser.get(refused.url).content.decode()
