"""The patient answers on the phone: once, kept over an expired log-in, and helped at once where it is needed."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.integration.pathway.answers import CALM, ITEM_9_BLANK, MODERATE, SUICIDAL, fields
from upwell.access.acting import acting_as
from upwell.access.system import system_actor
from upwell.access.who import OWN_CARE, PRACTICE_KEY, patient_actor
from upwell.pathway.response.queries import question_first
from upwell.people.models import Account
from upwell.record.models import Alert, Assessment, AssessmentRequest

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(asked):
    return reverse("answer", args=[asked.id])


@pytest.fixture
def on_record(practice):
    """What is stored, seen by the system."""

    def look(model):
        with acting_as(system_actor("set-up", practice.id)):
            return list(model.objects.order_by("created_at"))

    return look


def hidden(response) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', response.content.decode())
    return {name: value for name, value in found if name != "csrfmiddlewaretoken"}


def send(browser, page, answers, form=None, **more):
    form = form or hidden(browser.get(page, follow=True))
    return browser.post(page, form | fields(answers) | more)


def test_the_form_shows_the_instruments_own_words_one_question_a_step(alex_browses, page):
    text = alex_browses.get(page).content.decode()
    assert "Over the last 2 weeks, how often have you been bothered by any of the following problems?" in text
    assert text.count("data-step ") == 10
    assert 'data-stepper="phone"' in text
    assert 'data-help-when="item-9=1 item-9=2 item-9=3"' in text
    assert 'href="tel:988"' in text


def test_answers_are_stored_and_said_back_in_plain_words(alex_browses, page, on_record):
    response = send(alex_browses, page, MODERATE)
    (row,) = on_record(Assessment)
    assert response.status_code == 302
    assert response.url == reverse("answered", args=[row.id])
    assert (row.total, row.origin) == (11, "patient")
    text = alex_browses.get(response.url).content.decode()
    assert "Your score is 11 out of 27. This is not a diagnosis." in text
    assert "tel:988" not in text
    (request,) = on_record(AssessmentRequest)
    assert request.assessment_id == row.id


def test_sent_twice_and_by_the_back_button_it_is_one_record(alex_browses, page, on_record):
    form = hidden(alex_browses.get(page))
    first = send(alex_browses, page, MODERATE, form)
    again = send(alex_browses, page, MODERATE, form)
    assert again.url == first.url
    assert "nothing was changed" not in alex_browses.get(again.url).content.decode()
    changed = send(alex_browses, page, CALM, form)
    assert changed.url == first.url
    text = alex_browses.get(changed.url).content.decode()
    assert "nothing was changed" in text
    assert "11 out of 27" in text
    back = alex_browses.get(page)
    assert back.url == first.url
    assert len(on_record(Assessment)) == 1


def test_two_tabs_are_one_record(alex_browses, page, on_record):
    one, two = hidden(alex_browses.get(page)), hidden(alex_browses.get(page))
    assert one["submission"] != two["submission"]
    first = send(alex_browses, page, MODERATE, one)
    second = send(alex_browses, page, SUICIDAL, two)
    assert second.url == first.url
    assert "This was already answered." in alex_browses.get(second.url).content.decode()
    assert (len(on_record(Assessment)), len(on_record(Alert))) == (1, 0)


def test_item_9_alerts_the_team_and_shows_help_first(alex_browses, page, on_record, practice):
    response = send(alex_browses, page, SUICIDAL)
    (alert,) = on_record(Alert)
    assert (alert.kind, alert.closed_at) == ("suicide-item", None)
    assert response.url == reverse(
        "answer", args=[alert.screen_id]
    )  # a few more questions, after the ways to help
    text = alex_browses.get(reverse("answered", args=[alert.assessment_id])).content.decode()
    assert text.index("tel:988") < text.index("PHQ-9")
    assert 'href="sms:988"' in text
    assert f"Your care team at {practice.name} has been told. They may not see it straight away." in text
    assert 'If you are in danger now, call <a href="tel:911">911</a>.' in text
    assert "has given no phone number of its own here" in text
    assert "has not said at which times somebody is there" in text


def test_the_practices_own_numbers_and_hours_are_shown(alex_browses, page, practice):
    with acting_as(system_actor("set-up", practice.id)):
        practice.phone, practice.crisis_line = "+1 (312) 555-0100 ext. 4", "312 555 0199"
        practice.staffed_hours = "Mon to Fri, 9 to 5"
        practice.save()
    text = alex_browses.get(send(alex_browses, page, SUICIDAL).url).content.decode()
    assert 'href="tel:3125550199"' in text
    assert 'href="tel:+13125550100;ext=4"' in text
    assert "Mon to Fri, 9 to 5. At other times nobody there is watching." in text


def test_what_was_left_out_is_asked_about_once(alex_browses, page, on_record):
    response = send(alex_browses, page, ITEM_9_BLANK)
    text = response.content.decode()
    assert response.status_code == 200
    assert on_record(Assessment) == []
    assert "You left out question 9. Send anyway?" in text
    assert "Your care team will then ask you about it." in text
    assert re.search(r'name="item-1" value="3" checked', text)
    response = send(alex_browses, page, ITEM_9_BLANK, hidden(response))
    (row,) = on_record(Assessment)
    (alert,) = on_record(Alert)
    assert (row.status, row.result["missing"], alert.kind) == ("imputed", ["9"], "suicide-item-unanswered")
    said = row.result["plain"]["patient"]
    assert "left blank" in said
    assert said in unescape(alex_browses.get(response.url).content.decode())


def test_another_question_left_out_is_asked_about_again(alex_browses, page, on_record):
    form = hidden(send(alex_browses, page, ITEM_9_BLANK))
    fewer = {item: value for item, value in ITEM_9_BLANK.items() if item != "3"}
    assert send(alex_browses, page, fewer, form).status_code == 200
    assert on_record(Assessment) == []


def test_an_empty_form_is_not_stored(alex_browses, page, on_record):
    response = send(alex_browses, page, {}, left_out=",".join(map(str, range(1, 10))))
    assert response.status_code == 422
    assert "Nothing has been answered yet." in response.content.decode()
    assert on_record(Assessment) == []


def test_an_answer_that_is_not_offered_is_refused_at_its_question(alex_browses, page, on_record):
    bad = {**MODERATE, "4": "7", "6": "x\x00y"}
    response = send(alex_browses, page, bad)
    text = response.content.decode()
    assert response.status_code == 422
    for item in ("4", "6"):
        assert f'id="question-{item}-error"' in text
    assert re.search(r'name="item-1" value="3" checked', text)
    assert on_record(Assessment) == []


@pytest.mark.parametrize("number", ["", "not-a-number", "0" * 400])
def test_a_form_without_its_number_is_shown_again_with_its_answers(alex_browses, page, on_record, number):
    response = send(alex_browses, page, MODERATE, {"submission": number})
    assert response.status_code == 422
    assert UUID(hidden(response)["submission"])
    assert 'name="item-1" value="3" checked' in response.content.decode()
    assert on_record(Assessment) == []


def test_answers_survive_a_log_in_that_expired(alex, alex_browses, page, on_record):
    form = hidden(alex_browses.get(page))
    alex_browses.logout()
    refused = send(alex_browses, page, MODERATE, form)
    assert refused.status_code == 302
    assert "/accounts/login/" in refused.url
    assert on_record(Assessment) == []
    alex_browses.force_login(alex.account, backend="allauth.account.auth_backends.AuthenticationBackend")
    response = alex_browses.get(page)
    text = response.content.decode()
    assert "Your answers were kept. Please check and send." in text
    assert 'name="item-1" value="3" checked' in text
    assert hidden(response)["submission"] == form["submission"]
    done = send(alex_browses, page, MODERATE, hidden(response))
    assert len(on_record(Assessment)) == 1
    assert done.cookies["upwell_kept"].value == ""


def test_answers_survive_a_form_that_is_older_than_the_log_in(alex, page, on_record):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(alex.account, backend="allauth.account.auth_backends.AuthenticationBackend")
    form = hidden(browser.get(page))
    stale = form | fields(MODERATE) | {"csrfmiddlewaretoken": "x" * 64}
    refused = browser.post(page, stale, headers={"Sec-Fetch-Site": "same-origin"})
    assert (refused.status_code, refused.url) == (302, page)
    text = browser.get(page).content.decode()
    assert "Your answers were kept. Please check and send." in text
    assert 'name="item-1" value="3" checked' in text
    assert on_record(Assessment) == []


def test_kept_answers_are_not_shown_to_somebody_else(alex, alex_browses, page, account_factory, practice):
    form = hidden(alex_browses.get(page))
    alex_browses.logout()
    send(alex_browses, page, MODERATE, form | {"owner": "somebody-else"})
    alex_browses.force_login(alex.account, backend="allauth.account.auth_backends.AuthenticationBackend")
    text = alex_browses.get(page).content.decode()
    assert "were kept" not in text
    assert '" checked' not in text


def test_nobody_sees_what_another_was_asked_or_answered(
    alex_browses, page, patient_factory, account_factory, client_as
):
    done = send(alex_browses, page, MODERATE)
    other = patient_factory("Stone", "Kim", account=account_factory("Kim Stone"))
    kim = client_as(other.account)
    assert kim.get(page).status_code == 404
    assert kim.post(page, {"submission": "x"}).status_code == 404
    assert kim.get(done.url).status_code == 404
    assert alex_browses.get(done.url).status_code == 200


def test_staff_are_not_patients(staff, client_as, page):
    assert client_as(staff("prescriber")).get(page).status_code == 403


SENT = (
    "FROM upwell_enter(",
    "LEFT JOIN LATERAL upwell_question(put.kind, ",
    "INSERT INTO record_assessment ",
    'INSERT INTO "audit_auditentry"',
)
# A test runs in a transaction of its own: the request's is a savepoint in it, and puts back who acted before.
OF_THE_TEST = ("SAVEPOINT", "RELEASE", "SELECT upwell_kind()")


def test_sending_answers_costs_four_statements(alex_browses, page):
    """Who it is, the actor for row security with the question, the answers with the question answered, the trail."""
    form = hidden(alex_browses.get(page))
    with CaptureQueriesContext(connection) as captured:
        assert send(alex_browses, page, MODERATE, form).status_code == 302
    sent = [one["sql"] for one in captured if not one["sql"].startswith(OF_THE_TEST)]
    put_back = sent.pop()
    assert "set_config('upwell.kind'" in put_back
    assert len(sent) == len(SENT)
    assert all(words in sql for words, sql in zip(SENT, sent, strict=True))


def test_what_is_asked_first_is_asked_as_the_actor(alex, asked, patient_factory, account_factory):
    """It goes with the statement that puts the actor there: row security holds it, with whoever acts then."""
    other = account_factory("Kim Stone")
    kim = patient_actor(other.id, "Kim", (patient_factory("Stone", "Kim", account=other).id,))
    forged = replace(kim, patient_ids=())
    for who, found in ((patient_actor(alex.account_id, "Alex", (alex.id,)), 1), (kim, 0), (forged, 0)):
        first = question_first(asked.id)
        with acting_as(who, first=first):
            assert len(first.rows) == found


def test_staff_who_answer_for_themselves_are_asked_after_their_charts(
    alex, staff, client_as, page, on_record
):
    """Whose charts are found only when they act, asks then."""
    works = staff("therapist")
    with acting_as(system_actor("set-up", alex.practice_id)):
        alex.account = Account.objects.get(id=works.account_id)
        alex.save()
    browser = client_as(works)
    session = browser.session
    session[PRACTICE_KEY] = OWN_CARE
    session.save()
    assert send(browser, page, MODERATE).status_code == 302
    assert len(on_record(Assessment)) == 1
