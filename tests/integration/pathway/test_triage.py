"""From item 9 to the C-SSRS: who is alerted when, and that no answer is ever lost on the way."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from tests.integration.pathway.answers import CALM, MODERATE, SUICIDAL, fields
from tests.integration.pathway.test_answering import hidden, send
from upwell.access.acting import acting_as
from upwell.access.system import system_actor
from upwell.base.clock import now
from upwell.base.finding import Finding, Severity
from upwell.base.ids import new_id
from upwell.knowledge.triage import load_triage
from upwell.record.actions import mark_assessment_in_error, record_assessment
from upwell.record.models import Alert, Assessment, AssessmentRequest, Task
from upwell.record.triage import raise_level_alert

pytestmark = pytest.mark.django_db
SCREEN = "c-ssrs-screener-recent"
NONE = {"1": False, "2": False, "6_lifetime": False}
LOW = {**NONE, "1": True}
HIGH = {"1": True, "2": True, "3": True, "4": True, "5": False, "6_lifetime": False}
TRIAGE = load_triage()


@pytest.fixture
def page(asked):
    return reverse("answer", args=[asked.id])


@pytest.fixture
def on_record(practice):
    def look(model, **wanted):
        with acting_as(system_actor("set-up", practice.id)):
            return list(model.objects.filter(**wanted).order_by("created_at"))

    return look


@pytest.fixture
def earlier(alex, alex_acts):
    """What Alex answered some days ago, and the team has dealt with."""

    def answer(answers, instrument="phq-9", days=10):
        with acting_as(alex_acts):
            record_assessment(
                by=alex_acts,
                patient=alex,
                instrument=instrument,
                answers=answers,
                submission_id=new_id(),
                effective_at=now() - timedelta(days=days),
            )
        with acting_as(system_actor("set-up", alex.practice_id)):
            Alert.objects.update(settled_at=now())
            AssessmentRequest.objects.filter(instrument=SCREEN).update(cancelled_at=now())

    return answer


def standing(rows):
    """The alerts that stand: neither closed nor settled."""
    return [row for row in rows if row.settled_at is None and row.closed_at is None]


def screen(browser, response, answers, **more):
    """Follow to the screen's form and send it."""
    form = hidden(browser.get(response.url))
    return browser.post(response.url, form | fields(answers) | more)


def answer_suicidal(browser, page):
    response = send(browser, page, SUICIDAL)
    assert response.status_code == 302
    return response


# --- item 9 for the first time: alerts at once, and the screen comes next ---
def test_item_9_opens_the_c_ssrs_after_the_ways_to_help(alex_browses, page, on_record):
    response = answer_suicidal(alex_browses, page)
    (request,) = on_record(AssessmentRequest, instrument=SCREEN)
    assert response.url == reverse("answer", args=[request.id])
    text = alex_browses.get(response.url).content.decode()
    assert text.index("tel:988") < text.index("Have you wished you were dead")
    assert "Have you started to work out or worked out the details of how to kill yourself?" in text
    assert "© 2008 The Research Foundation for Mental Hygiene" in text
    (alert,) = on_record(Alert)
    assert (alert.kind, alert.pages_at <= now(), alert.screen_id) == ("suicide-item", True, request.id)
    assert "no earlier answers here" in alert.finding["message"]


def test_a_high_answer_takes_the_place_of_the_first_alert(alex_browses, page, on_record):
    done = screen(alex_browses, answer_suicidal(alex_browses, page), HIGH)
    assert done.status_code == 302
    first, second = on_record(Alert)
    assert first.settled_at is not None
    assert (second.kind, second.level, second.settled_at) == ("suicide-risk", "high", None)
    assert second.finding["triage"]["action"] == TRIAGE.levels["high"].action
    assert second.escalates_at - second.pages_at == timedelta(
        minutes=TRIAGE.levels["high"].clock.escalates_after_minutes
    )
    text = alex_browses.get(done.url).content.decode()
    assert "has been told" in text
    assert 'href="tel:988"' in text


def test_a_first_alert_that_somebody_has_taken_on_stays(alex_browses, page, on_record, staff, client_as):
    response = answer_suicidal(alex_browses, page)
    (alert,) = on_record(Alert)
    client_as(staff("prescriber")).post(reverse("alert", args=[alert.id]), {"event": "acknowledge"})
    screen(alex_browses, response, HIGH)
    assert [row.kind for row in standing(on_record(Alert))] == ["suicide-item", "suicide-risk"]


def test_no_risk_reported_leaves_the_first_alert_for_a_person_to_close(
    alex_browses, page, on_record, staff, client_as
):
    screen(alex_browses, answer_suicidal(alex_browses, page), NONE)
    (alert,) = standing(on_record(Alert))
    assert alert.kind == "suicide-item"
    text = client_as(staff("prescriber")).get(reverse("alert", args=[alert.id])).content.decode()
    assert "Answered: none reported." in text


# --- the same answer as usual: held while the screen is asked ---
def test_a_usual_answer_waits_for_the_screen_and_pages_nobody_meanwhile(
    alex_browses, page, on_record, earlier, staff, client_as
):
    earlier(SUICIDAL)
    answer_suicidal(alex_browses, page)
    (alert,) = standing(on_record(Alert))
    assert alert.pages_at - alert.raised_at == timedelta(minutes=TRIAGE.single_question.waits_minutes)
    desk = client_as(staff("prescriber"))
    text = desk.get(reverse("alerts")).content.decode()
    assert "0 open" in text
    assert "Being asked right now" in text
    assert "open safety alert" not in text


def test_left_unanswered_it_alerts_by_the_clock_alone(
    alex_browses, page, on_record, earlier, staff, client_as
):
    earlier(SUICIDAL)
    answer_suicidal(alex_browses, page)
    (alert,) = standing(on_record(Alert))
    desk = client_as(staff("prescriber"))
    with time_machine.travel(alert.pages_at - timedelta(seconds=1), tick=False):
        assert "open safety alert" not in desk.get(reverse("tasks")).content.decode()
    with time_machine.travel(alert.pages_at, tick=False):
        assert "1 open safety alert" in desk.get(reverse("tasks")).content.decode()


def test_rather_not_now_alerts_at_once(alex_browses, page, on_record, earlier):
    earlier(SUICIDAL)
    response = answer_suicidal(alex_browses, page)
    form = hidden(alex_browses.get(response.url))
    declined = alex_browses.post(response.url, form | {"not_now": "1"})
    assert declined.url == reverse("help_now")
    (alert,) = standing(on_record(Alert))
    assert alert.pages_at <= now()
    assert alert.escalates_at > now()


def test_low_as_usual_is_a_task_and_no_alert(alex_browses, page, on_record, earlier):
    earlier(SUICIDAL, days=11)
    earlier(LOW, SCREEN)
    screen(alex_browses, answer_suicidal(alex_browses, page), LOW)
    assert standing(on_record(Alert)) == []
    (task,) = on_record(Task)
    assert (task.kind, task.detail["count"], task.done_at) == ("low-suicide-risk", 1, None)


def test_many_low_answers_are_one_task(alex, alex_acts, on_record, earlier):
    earlier(LOW, SCREEN)
    for _ in range(3):
        with acting_as(alex_acts):
            record_assessment(
                by=alex_acts, patient=alex, instrument=SCREEN, answers=LOW, submission_id=new_id()
            )
    (task,) = on_record(Task)
    assert task.detail["count"] == 3
    assert standing(on_record(Alert)) == []


def test_low_without_a_baseline_alerts(alex_browses, page, on_record, earlier):
    earlier(SUICIDAL)
    screen(alex_browses, answer_suicidal(alex_browses, page), LOW)
    (alert,) = standing(on_record(Alert))
    assert (alert.kind, alert.level) == ("suicide-risk", "low")
    assert "no earlier answers" in alert.finding["message"]
    assert {"fact": "the person's own baseline", "value": "none on record", "at": None} in alert.finding[
        "because"
    ]


def test_more_than_usual_alerts_at_once(alex_browses, page, on_record, earlier):
    earlier({**MODERATE, "9": 1})
    answer_suicidal(alex_browses, page)
    (alert,) = standing(on_record(Alert))
    assert alert.pages_at <= now()
    assert "more than in the person's own last answers" in alert.finding["message"]


def test_a_baseline_grows_old(alex_browses, page, on_record, earlier):
    earlier(SUICIDAL, days=TRIAGE.baseline_days + 1)
    answer_suicidal(alex_browses, page)
    (alert,) = standing(on_record(Alert))
    assert alert.pages_at <= now()


def test_an_incomplete_screen_acts_on_what_it_proves(alex_browses, page, on_record, earlier):
    earlier(SUICIDAL)
    response = answer_suicidal(alex_browses, page)
    proves_high = {"1": True, "2": True, "4": True}
    again = screen(alex_browses, response, proves_high)
    assert again.status_code == 200  # asked once about what was left out
    alex_browses.post(response.url, hidden(again) | fields(proves_high))
    (alert,) = standing(on_record(Alert))
    (row,) = on_record(Assessment, instrument=SCREEN)
    assert (alert.level, alert.assessment_id, row.status) == ("high", row.id, "incomplete")


def test_an_incomplete_screen_that_proves_nothing_is_never_none(alex_browses, page, on_record, earlier):
    earlier(SUICIDAL, days=12)
    earlier(LOW, SCREEN)
    response = answer_suicidal(alex_browses, page)
    again = screen(alex_browses, response, {"1": False})
    alex_browses.post(response.url, hidden(again) | fields({"1": False}))
    (alert,) = standing(on_record(Alert))
    assert (alert.kind, alert.level) == ("suicide-item-unanswered", "")


def test_answers_marked_as_an_error_give_back_what_they_settled(
    alex_browses, page, on_record, earlier, staff
):
    earlier(SUICIDAL)
    screen(alex_browses, answer_suicidal(alex_browses, page), NONE)
    assert standing(on_record(Alert)) == []
    row = on_record(Assessment, instrument=SCREEN)[-1]
    therapist = staff("therapist")
    with acting_as(therapist):
        mark_assessment_in_error(by=therapist, assessment_id=row.id, reason="His sister filled it in.")
    (alert,) = standing(on_record(Alert))
    assert alert.kind == "suicide-item"


def test_a_screen_that_staff_enter_settles_what_waits(alex, alex_browses, page, on_record, earlier, staff):
    earlier(SUICIDAL, days=12)
    earlier(LOW, SCREEN)
    answer_suicidal(alex_browses, page)
    therapist = staff("therapist")
    with acting_as(therapist):
        record_assessment(by=therapist, patient=alex, instrument=SCREEN, answers=LOW, submission_id=new_id())
    assert standing(on_record(Alert)) == []
    (request,) = on_record(AssessmentRequest, instrument=SCREEN, cancelled_at=None)
    assert request.assessment_id is not None


def test_calm_answers_ask_for_nothing(alex_browses, page, on_record):
    send(alex_browses, page, CALM)
    assert on_record(Alert) == on_record(Task) == on_record(AssessmentRequest, instrument=SCREEN) == []


# --- nobody has taken it on: everybody sees it ---
def test_an_alert_that_nobody_takes_on_is_shown_to_everybody_who_works_there(
    alex_browses, page, on_record, staff, client_as, practice, other_practice
):
    answer_suicidal(alex_browses, page)
    (alert,) = on_record(Alert)
    backup = staff("prescriber", name="Dr. Bo Backup")
    practice.backup_id, practice.backup_phone = backup.account_id, "+1 312 555 0177"
    practice.save()
    people = {role: client_as(staff(role)) for role in ("admin", "researcher", "monitor")}
    outsider = client_as(staff("prescriber", at=other_practice))
    before = people["admin"].get(reverse("account")).content.decode()
    assert "taken on in time" not in before
    left = Alert.objects.filter(id=alert.id)
    with acting_as(system_actor("set-up", practice.id)):
        left.update(escalates_at=now())
    for role, browser in people.items():
        text = browser.get(reverse("alert_banner"), {"shown": "0"}).content.decode()
        said = (
            "1 not acted on in time."
            if role == "monitor"
            else "1 safety alert has not been taken on, or not been closed, in time."
        )
        assert said in text, role
        assert "Backup: Dr. Bo Backup, +1 312 555 0177." in text
        assert "Alex" not in text
    assert "Tell a clinician now." in people["admin"].get(reverse("account")).content.decode()
    assert outsider.get(reverse("alert_banner"), {"shown": "0"}).status_code == 204
    assert "Nobody has taken this on" in people["monitor"].get(reverse("alerts")).content.decode()
    people["monitor"].post(reverse("alert", args=[alert.id]), {"event": "acknowledge"})
    assert people["researcher"].get(reverse("alert_banner"), {"shown": "0"}).status_code == 204


def test_without_a_backup_that_is_said(alex_browses, page, on_record, staff, client_as):
    answer_suicidal(alex_browses, page)
    (alert,) = on_record(Alert)
    with time_machine.travel(alert.escalates_at, tick=False):
        text = client_as(staff("prescriber")).get(reverse("tasks")).content.decode()
    assert "No backup person is named for this practice" in text


def test_a_level_that_a_person_tells_is_alerted_once(alex, staff, on_record):
    therapist, number = staff("therapist"), new_id()
    finding = Finding("predose.told", Severity.EMERGENCY, "Told on the dosing day.")
    with acting_as(therapist):
        for _ in range(2):
            raise_level_alert(
                by=therapist,
                practice_id=alex.practice_id,
                patient_id=alex.id,
                level="acute",
                finding=finding,
                alert_id=number,
            )
    (alert,) = on_record(Alert)
    assert (alert.level, alert.escalates_at) == ("acute", alert.pages_at)
    assert "Do not leave the person alone" in alert.finding["triage"]["action"]
