"""Staff enter answers on one page, ask the patient, read the result, and mark what was wrong."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils.timezone import localdate

from tests.integration.pathway.answers import CALM, ITEM_9_BLANK, MODERATE, SUICIDAL, fields
from tests.integration.pathway.test_answering import hidden, send
from upwell.access.acting import acting_as
from upwell.base.ids import new_id
from upwell.record.models import Alert, Assessment, AssessmentRequest

pytestmark = pytest.mark.django_db


@pytest.fixture
def therapist(staff):
    return staff("therapist", name="Toni Therapist")


@pytest.fixture
def browser(therapist, client_as):
    return client_as(therapist)


@pytest.fixture
def page(alex):
    return reverse("assess", args=[alex.id, "phq-9"])


def rows(actor, model=Assessment):
    with acting_as(actor):
        return list(model.objects.order_by("created_at"))


def test_all_questions_stand_on_one_page(browser, page):
    text = browser.get(page, follow=True).content.decode()
    assert text.count('<fieldset class="question"') == 10
    assert "data-stepper=" not in text
    assert "Little interest or pleasure in doing things" in text


def test_an_unknown_questionnaire_is_not_found_and_the_known_ones_are_named(browser, alex):
    response = browser.get(reverse("assess", args=[alex.id, "phq-99"]))
    assert response.status_code == 404
    text = unescape(response.content.decode())
    assert "There is no instrument “phq-99”." in text
    assert all(known in text for known in ("gad-7", "phq-9"))


def test_the_result_says_score_findings_and_every_answer(browser, page, therapist):
    response = send(browser, page, SUICIDAL)
    (row,) = rows(therapist)
    assert response.url == reverse("assessment", args=[row.patient_id, row.id])
    text = unescape(browser.get(response.url).content.decode())
    for words in (
        "PHQ-9: 13 of 27, moderate.",
        "Do a C-SSRS the same day.",
        "The team is alerted.",
        "Upwell clinical reference, section 2.2, PHQ-9 item 9 [H]",
        "entered by staff: Toni Therapist",
        "44260-8",
        "More than half the days",
        'href="tel:988"',
    ):
        assert words in text


def test_a_prorated_score_is_shown_as_one(browser, page, therapist):
    asked = send(browser, page, ITEM_9_BLANK)
    assert "the team is alerted to ask the same day" in asked.content.decode()
    response = send(browser, page, ITEM_9_BLANK, hidden(asked))
    text = unescape(browser.get(response.url).content.decode())
    assert "prorated" in text
    assert "question 9" in text
    assert "not computed" in text
    assert "Suicide question not answered: ask the same day" in text


def test_answers_on_paper_keep_their_day(browser, page, therapist):
    day = localdate() - timedelta(days=40)
    send(browser, page, MODERATE, answered_on=day.isoformat())
    (row,) = rows(therapist)
    assert localdate(row.effective_at) in {day, day - timedelta(days=1), day + timedelta(days=1)}
    assert row.effective_at.hour in {17, 18}  # noon in Chicago


@pytest.mark.parametrize(
    "day", ["2999-01-01", "1901-01-01", "yesterday", "0001-01-01", "9999-12-31", "2026-13-01"]
)
def test_a_day_that_cannot_be_is_refused_with_everything_kept(browser, page, therapist, day):
    response = send(browser, page, MODERATE, answered_on=day)
    text = response.content.decode()
    assert response.status_code == 422
    assert 'id="answered_on_error"' in text
    assert re.search(r'name="item-1" value="3" checked', text)
    assert rows(therapist) == []


def test_double_submit_and_an_expired_log_in(browser, page, therapist, client_as):
    form = hidden(browser.get(page, follow=True))
    assert send(browser, page, SUICIDAL, form).url == send(browser, page, SUICIDAL, form).url
    browser.logout()
    second = new_id()
    refused = send(browser, page, MODERATE, form | {"submission": str(second)}, answered_on="2026-01-05")
    assert "/accounts/login/" in refused.url
    again = client_as(therapist)
    again.cookies["upwell_kept"] = refused.cookies["upwell_kept"].value
    response = again.get(page, follow=True)
    text = response.content.decode()
    assert "Your answers were kept. Please check and send." in text
    assert hidden(response)["submission"] == str(second)
    assert 'value="2026-01-05"' in text
    assert len(rows(therapist)) == 1
    assert len(rows(therapist, Alert)) == 1


def test_answers_kept_for_one_clinician_are_not_shown_to_the_next(browser, page, staff, client_as):
    form = hidden(browser.get(page, follow=True))
    browser.logout()
    refused = send(browser, page, SUICIDAL, form)
    colleague = client_as(staff("prescriber"))
    colleague.cookies["upwell_kept"] = refused.cookies["upwell_kept"].value
    assert "were kept" not in colleague.get(page, follow=True).content.decode()


def test_the_patient_is_asked_once_and_the_question_can_be_taken_back(browser, alex, therapist):
    ask = reverse("ask", args=[alex.id, "gad-7"])
    chart = reverse("chart", args=[alex.id])
    assert browser.get(ask).status_code == 405
    assert browser.post(ask).url == chart
    assert "GAD-7 now waits on the patient's own page." in unescape(browser.get(chart).content.decode())
    browser.post(ask)
    assert "is asked for already" in browser.get(chart).content.decode()
    (asked,) = rows(therapist, AssessmentRequest)
    browser.post(reverse("ask_cancel", args=[alex.id, asked.id]))
    assert rows(therapist, AssessmentRequest)[0].cancelled_at is not None


def test_asking_within_the_recall_window_says_that_the_two_overlap(browser, page, alex):
    send(browser, page, CALM)
    response = browser.post(reverse("ask", args=[alex.id, "phq-9"]), follow=True)
    assert "look back 14 days: the two will overlap" in response.content.decode()


def test_marking_in_error_keeps_the_answers_and_strikes_them_through(browser, page, alex, therapist):
    stored = send(browser, page, MODERATE).url
    (row,) = rows(therapist)
    error = reverse("assessment_error", args=[alex.id, row.id])
    refused = browser.post(error, {"reason": "  "})
    assert refused.status_code == 422
    assert "Write down why it is wrong" in refused.content.decode()
    text = browser.post(error, {"reason": "Entered for the wrong person."}, follow=True).content.decode()
    assert "Entered for the wrong person. (Toni Therapist" in text
    assert "<s>PHQ-9: 11 of 27" in text
    assert browser.post(error, {"reason": "Again."}).status_code == 409
    chart = browser.get(reverse("chart", args=[alex.id])).content.decode()
    assert "entered in error" in chart
    assert "<s>11</s>" in chart
    assert browser.get(stored).status_code == 200


@pytest.mark.parametrize(("role", "status"), [("admin", 403), ("researcher", 403), ("monitor", 200)])
def test_who_may_enter(staff, client_as, page, role, status):
    assert client_as(staff(role)).get(page, follow=True).status_code == status


def test_another_practice_finds_nobody(staff, other_practice, client_as, page, browser):
    stored = send(browser, page, MODERATE).url
    outsider = client_as(staff("prescriber", at=other_practice))
    for address in (page, stored):
        assert outsider.get(address).status_code == 404
    assert outsider.post(page, fields(CALM, submission=str(new_id()))).status_code == 404


def test_an_assessment_is_not_shown_under_another_patients_address(browser, page, patient_factory, therapist):
    send(browser, page, MODERATE)
    (row,) = rows(therapist)
    other = patient_factory("Stone", "Kim")
    assert browser.get(reverse("assessment", args=[other.id, row.id])).status_code == 404


def test_entering_answers_costs_few_queries(browser, page, count_queries):
    form = hidden(browser.get(page, follow=True))
    assert count_queries(lambda: send(browser, page, MODERATE, form)) <= 12


def test_the_forms_number_stands_in_its_address_and_back_shows_what_is_stored(browser, page, therapist):
    first = browser.get(page)
    number = hidden(browser.get(first.url))["submission"]
    assert first.url == f"{page}?form={number}"
    stored = send(browser, first.url, MODERATE)
    back = browser.get(first.url, follow=True)
    assert back.redirect_chain == [(stored.url, 302)]
    assert "This form is stored already" in back.content.decode()
    assert len(rows(therapist)) == 1
    assert browser.get(page).url != first.url


@pytest.mark.parametrize("number", ["", "abc", "%00", "1" * 3000])
def test_a_number_that_is_none_is_replaced(browser, page, number):
    assert re.fullmatch(rf"{page}\?form=[0-9a-f-]{{36}}", browser.get(f"{page}?form={number}").url)


def test_a_number_that_belongs_to_another_chart_stores_nothing(browser, page, patient_factory, therapist):
    stored = send(browser, page, MODERATE).url
    number = stored.rstrip("/").rpartition("/")[2]
    other = reverse("assess", args=[patient_factory("Stone", "Kim").id, "phq-9"]) + f"?form={number}"
    assert browser.get(other).status_code == 200
    assert send(browser, other, CALM).status_code == 409
    assert len(rows(therapist)) == 1
