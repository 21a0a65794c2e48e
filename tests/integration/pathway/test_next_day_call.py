"""The call on the day after a dose: on Today in time, short, and an alert where nobody called."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from tests.integration.pathway.courses import course_at
from tests.integration.pathway.session.conftest import Day, entry
from tests.integration.pathway.session.test_pages import text
from upwell.access.acting import acting_as
from upwell.base.clock import now
from upwell.base.ids import new_id
from upwell.pathway.aftercare.models import NextDayCall
from upwell.pathway.parts import Urgency, waiting_for
from upwell.platform import watcher
from upwell.record.models import Alert

pytestmark = pytest.mark.django_db


@pytest.fixture
def day(practice, staff, patient_factory, account_factory):
    patient = patient_factory(
        "Ferreira", "Maya", account=account_factory("Maya Ferreira"), phone="+1 555 0100"
    )
    course = course_at(patient, "induction", substance="esketamine", route="intranasal")
    day = Day(practice, patient, staff, course)
    day.record(entry("arrived", {}, 120))
    day.dose(ago=60)
    return day


@pytest.fixture
def browser(day, client_as):
    return client_as(day.monitor)


def morning_after(day, hours=9.0):
    """So many hours after midnight of the next day, on the practice's clock."""
    first = day.row.first_dose_at.astimezone(ZoneInfo(day.row.practice.time_zone))
    begin = datetime.combine(first.date() + timedelta(days=1), datetime.min.time(), first.tzinfo)
    return begin + timedelta(hours=hours)


def lines(day, at):
    with acting_as(day.monitor) as by:
        return [one for one in waiting_for(by, at) if one.what.startswith("Call on the day")]


def alerts(day, kind):
    with acting_as(day.prescriber):
        return list(Alert.objects.filter(kind=kind))


def where(day):
    return reverse("session_call", args=[day.id])


def test_it_is_due_on_the_next_local_day(day):
    assert lines(day, morning_after(day, -0.1)) == []
    (line,) = lines(day, morning_after(day, 0.1))
    assert line.urgency is Urgency.DUE
    assert line.due.astimezone(ZoneInfo(day.row.practice.time_zone)).date() == morning_after(day).date()
    (late,) = lines(day, morning_after(day, 24.5))
    assert late.urgency is Urgency.WORRYING


def test_a_short_record_and_it_is_done_with(day, browser):
    page = text(browser.get(where(day)))
    assert "+1 555 0100" in page
    sent = {
        "id": str(new_id()),
        "reached": "yes",
        "symptoms": "Tired",
        "drove": "no",
        "safe": "yes",
        "note": "",
    }
    assert browser.post(where(day), sent).status_code == 302
    assert browser.post(where(day), sent).status_code == 302  # sent twice is one call
    with acting_as(day.monitor):
        (row,) = NextDayCall.objects.all()
    assert (row.reached, row.symptoms, row.drove, row.safe) == (True, "Tired", "no", "yes")
    assert lines(day, morning_after(day)) == []
    again = browser.post(where(day), {**sent, "id": str(new_id())})
    assert again.status_code == 409
    assert "was faster" in text(again)


def test_not_reached_is_tried_again_and_given_up_with_a_reason(day, browser):
    assert browser.post(where(day), {"reached": "no", "note": ""}).status_code == 302
    assert len(lines(day, morning_after(day))) == 1
    refused = browser.post(where(day), {"reached": "stop", "note": " "})
    assert refused.status_code == 422
    assert browser.post(where(day), {"reached": "stop", "note": "Sister says all is well"}).status_code == 302
    assert lines(day, morning_after(day)) == []
    watcher.look_once(morning_after(day, 30))
    assert alerts(day, "call-missed") == []


@pytest.mark.parametrize("sent", [{}, {"reached": "yes"}, {"reached": "yes", "drove": "no", "safe": "x"}])
def test_an_answer_is_chosen_and_nothing_is_guessed(day, browser, sent):
    assert browser.post(where(day), sent).status_code == 422
    with acting_as(day.monitor):
        assert not NextDayCall.objects.exists()


def test_a_call_that_nobody_made_becomes_an_alert_by_itself_once(day):
    watcher.look_once(morning_after(day, 23))
    assert alerts(day, "call-missed") == []
    watcher.look_once(morning_after(day, 24.5))
    watcher.look_once(morning_after(day, 25))
    (alert,) = alerts(day, "call-missed")
    assert alert.finding["policy"]
    assert alert.escalates_at > alert.raised_at


def test_who_is_not_safe_is_an_alert_at_once(day, browser):
    browser.post(where(day), {"reached": "yes", "drove": "not-asked", "safe": "no"})
    (alert,) = alerts(day, "not-safe-after-session")
    assert alert.escalates_at == alert.raised_at


@pytest.mark.parametrize(
    ("how", "called"), [("against-advice", True), ("eloped", True), ("admitted", False), ("died", False)]
)
def test_who_went_home_is_called(day, how, called):
    day.record(entry("ended", {"disposition": how}))
    assert bool(lines(day, morning_after(day))) is called


def test_without_a_dose_there_is_no_call(practice, staff, patient_factory, account_factory, client_as):
    patient = patient_factory("Okafor", "Ada", account=account_factory("Ada Okafor"))
    course = course_at(patient, "induction", substance="esketamine", route="intranasal")
    day = Day(practice, patient, staff, course)
    day.record(entry("arrived", {}, 120))
    assert lines(day, now() + timedelta(days=1)) == []
    refused = client_as(day.monitor).post(where(day), {"reached": "no"})
    assert refused.status_code == 409
