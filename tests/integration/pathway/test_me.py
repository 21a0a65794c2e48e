"""The patient's own page: the next thing, own scores, who looked; and nothing of anybody else."""

from __future__ import annotations

from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse

from tests.integration.pathway.answers import CALM, MODERATE
from upwell.access.acting import acting_as
from upwell.access.system import system_actor
from upwell.base.clock import now
from upwell.base.ids import new_id
from upwell.record.actions import mark_assessment_in_error, record_assessment
from upwell.record.actions_requests import ask_patient

pytestmark = pytest.mark.django_db


def enter(actor, patient, answers, days=0, **more):
    with acting_as(actor):
        return record_assessment(
            by=actor,
            patient=patient,
            instrument="phq-9",
            answers=answers,
            submission_id=new_id(),
            effective_at=now() - timedelta(days=days),
            **more,
        ).assessment


def mine(browser) -> str:
    return unescape(browser.get(reverse("me")).content.decode())


def test_one_next_thing_and_the_rest_behind_it(asked, alex, alex_browses, staff):
    with acting_as(staff("prescriber")) as prescriber:
        ask_patient(by=prescriber, patient=alex, instrument="gad-7", due_at=now() + timedelta(days=3))
    text = mine(alex_browses)
    assert "Toni Asks at Harbor Clinic asks." in text
    assert text.count(f'href="{reverse("answer", args=[asked.id])}"') == 1
    assert (
        text.index("Your next step")
        < text.index("Tell us how your mood")
        < text.index("After that")
        < text.index("Tell us how much worry")
    )


def test_nothing_to_do_is_said(alex_browses):
    assert "There is nothing to do right now." in mine(alex_browses)


def test_a_level_of_risk_is_no_curve(alex, alex_browses, staff):
    with acting_as(staff("therapist")) as therapist:
        answers = {"1": False, "2": False, "6_lifetime": False, "6_3_months": False}
        record_assessment(
            by=therapist,
            patient=alex,
            instrument="c-ssrs-screener-recent",
            answers=answers,
            submission_id=new_id(),
        )
    assert "C-SSRS" not in mine(alex_browses).split("Who looked at my record")[0]


def test_own_scores_in_plain_words(alex, alex_browses, staff, practice):
    therapist = staff("therapist")
    enter(system_actor("import", practice.id), alex, MODERATE, days=60, origin="history")
    last = enter(therapist, alex, CALM, days=1)
    wrong = enter(therapist, alex, MODERATE)
    with acting_as(therapist):
        mark_assessment_in_error(by=therapist, assessment_id=wrong.id, reason="Wrong person.")
    text = mine(alex_browses)
    assert last.result["plain"]["patient"] in text
    assert "That is 11 points better than the first time." in text
    assert 'class="chart__line"' in text
    assert text.count(reverse("answered", args=[last.id])) == 1
    assert reverse("answered", args=[wrong.id]) not in text


def test_who_looked_is_listed_in_plain_words(alex, alex_browses, staff, client_as):
    reader = client_as(staff("prescriber", name="Pat Prescriber"))
    for _ in range(3):
        reader.get(reverse("chart", args=[alex.id]))
    enter(staff("monitor", name="Mo Monitor"), alex, CALM)
    alex_browses.get(reverse("me"))
    text = mine(alex_browses)
    assert "Pat Prescriber" in text
    assert "(Prescriber) opened your chart, 3 times" in text
    assert "(Session monitor) entered answers of yours" in text
    assert '<span class="strong">Alex Rivera' not in text
    assert "opened your chart" in alex_browses.get(reverse("looks")).content.decode()


def test_nobody_else_is_on_the_page(alex, alex_browses, patient_factory, account_factory, staff, client_as):
    kim = patient_factory("Stone", "Kim", account=account_factory("Kim Stone"))
    therapist = staff("therapist", name="Toni Therapist")
    enter(therapist, kim, MODERATE)
    client_as(therapist).get(reverse("chart", args=[kim.id]))
    text = mine(alex_browses)
    assert "score__total" not in text
    assert "Toni Therapist" not in text


def test_charts_at_two_practices_are_one_page(alex, alex_browses, patient_factory, other_practice, staff):
    second = patient_factory("Rivera", "Alex", at=other_practice, account=alex.account)
    with acting_as(staff("therapist", at=other_practice, name="Toni Tide")) as therapist:
        ask_patient(by=therapist, patient=second, instrument="phq-9")
    assert "Toni Tide at Tidewater Therapy asks." in mine(alex_browses)


def test_a_log_in_without_a_chart_is_told_what_to_do(account_factory, client_as):
    assert "No record is linked to your log-in yet" in mine(client_as(account_factory("New Person")))


def test_the_page_costs_the_same_for_one_score_and_for_many(alex, alex_browses, staff, count_queries):
    mine(alex_browses)
    few = count_queries(lambda: mine(alex_browses))
    therapist = staff("therapist")
    for day in range(15):
        enter(therapist, alex, CALM, days=day)
    assert count_queries(lambda: mine(alex_browses)) == few


def test_staff_have_no_such_page(staff, client_as):
    assert client_as(staff("therapist")).get(reverse("me")).status_code == 403
