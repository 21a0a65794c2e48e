"""Alerts: in sight until somebody writes down what was done; closed once; the banner follows by itself."""

from __future__ import annotations

import time

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse

from tests.integration.pathway.answers import ITEM_9_BLANK, SUICIDAL
from upwell.access.acting import acting_as
from upwell.access.middleware import SEEN_KEY
from upwell.audit.models import AuditEntry
from upwell.base.clock import now
from upwell.base.errors import NotPermitted, StaleState
from upwell.base.ids import new_id
from upwell.pathway.safety.actions import acknowledge_alert, close_alert
from upwell.record.actions import record_assessment
from upwell.record.models import Alert

pytestmark = pytest.mark.django_db


def raised(actor, patient, answers=SUICIDAL) -> Alert:
    with acting_as(actor):
        done = record_assessment(
            by=actor, patient=patient, instrument="phq-9", answers=answers, submission_id=new_id()
        )
        return done.alert


@pytest.fixture
def alert(alex, alex_acts):
    return raised(alex_acts, alex)


@pytest.fixture
def prescriber(staff):
    return staff("prescriber", name="Pat Prescriber")


@pytest.fixture
def browser(prescriber, client_as):
    return client_as(prescriber)


def page_of(alert) -> str:
    return reverse("alert", args=[alert.id])


def test_open_alerts_come_first_with_patient_age_and_reason(alert, browser, patient_factory, staff):
    therapist = staff("therapist", name="Toni Therapist")
    quiet = raised(therapist, patient_factory("Stone", "Kim"), ITEM_9_BLANK)
    with acting_as(therapist):
        close_alert(by=therapist, alert_id=quiet.id, action_taken="Asked by phone: no thoughts of dying.")
    text = browser.get(reverse("alerts")).content.decode()
    assert text.index("Alex Rivera") < text.index("Kim Stone")
    assert "Item 9 (better off dead, or hurting oneself) was answered 2 (More than half the days)" in text
    assert "0\xa0minutes ago" in text
    assert "Asked by phone: no thoughts of dying. (Toni Therapist" in text


def test_every_page_carries_the_banner_until_the_alert_is_closed(alert, browser):
    assert "1 open safety alert" in browser.get(reverse("tasks")).content.decode()
    browser.post(page_of(alert), {"event": "close", "action_taken": "Called, safe, sees us tomorrow."})
    assert "open safety alert" not in browser.get(reverse("tasks")).content.decode()


def test_an_open_page_hears_of_a_new_alert_by_itself(alex, alex_acts, browser):
    banner = reverse("alert_banner")
    assert f'hx-get="{banner}" hx-trigger="every 15s"' in browser.get(reverse("tasks")).content.decode()
    assert browser.get(banner, {"shown": "0"}).status_code == 204
    raised(alex_acts, alex)
    response = browser.get(banner, {"shown": "0"})
    assert "1 open safety alert" in response.content.decode()
    assert 'name="shown" value="1"' in response.content.decode()


def test_asking_for_the_banner_leaves_no_trail_and_keeps_nobody_signed_in(browser, prescriber):
    browser.get(reverse("tasks"))
    session = browser.session
    before = int(time.time()) - settings.UPWELL_IDLE_MINUTES * 60 + 30
    session[SEEN_KEY] = before
    session.save()
    with acting_as(prescriber):
        rows = AuditEntry.objects.count()
    assert browser.get(reverse("alert_banner"), {"shown": "9"}).status_code == 200
    assert browser.session[SEEN_KEY] == before
    with acting_as(prescriber):
        assert AuditEntry.objects.count() == rows
    session[SEEN_KEY] = before - 60
    session.save()
    gone = browser.get(reverse("alert_banner"), headers={"HX-Request": "true", "HX-Current-URL": "/tasks/"})
    assert gone.headers["HX-Redirect"].startswith(settings.LOGIN_URL)


def test_it_is_taken_on_and_closed_with_what_was_done(alert, browser, prescriber):
    assert browser.post(page_of(alert), {"event": "acknowledge"}).status_code == 302
    assert "Pat Prescriber is on it." in browser.get(reverse("alerts")).content.decode()
    done = browser.post(page_of(alert), {"event": "close", "action_taken": " Called; safe; plan renewed. "})
    assert done.url == reverse("alerts")
    with acting_as(prescriber):
        row = Alert.objects.get()
        assert (row.closed_by_id, row.action_taken) == (prescriber.account_id, "Called; safe; plan renewed.")
        actions = set(AuditEntry.objects.filter(object_id=alert.id).values_list("action", flat=True))
        assert actions == {"alert.acknowledged", "alert.closed"}
        assert Alert.pgh_event_model.objects.filter(pgh_obj_id=alert.id).count() == 2


@pytest.mark.parametrize("words", ["", "   ", "\n\t \n"])
def test_it_is_not_closed_without_words(alert, browser, prescriber, words):
    response = browser.post(page_of(alert), {"event": "close", "action_taken": words})
    assert response.status_code == 422
    assert "Write down what was done." in response.content.decode()
    with acting_as(prescriber):
        assert Alert.objects.get().closed_at is None


@pytest.mark.parametrize("words", ["", " ", "\n\t"])
def test_the_database_refuses_to_close_without_words_too(alert, prescriber, words):
    with acting_as(prescriber), pytest.raises(IntegrityError), transaction.atomic():
        Alert.objects.update(closed_at=now(), closed_by_id=prescriber.account_id, action_taken=words)


def test_who_closes_second_is_told_who_was_first(alert, browser, staff, prescriber):
    therapist = staff("therapist", name="Toni Therapist")
    with acting_as(therapist):
        close_alert(by=therapist, alert_id=alert.id, action_taken="Sat with the patient.")
    response = browser.post(page_of(alert), {"event": "close", "action_taken": "Called <twice>."})
    text = response.content.decode()
    assert response.status_code == 409
    assert "Toni Therapist closed this alert on" in text
    assert "You had written: Called &lt;twice&gt;." in text
    with acting_as(prescriber):
        assert Alert.objects.get().action_taken == "Sat with the patient."
        with pytest.raises(StaleState, match="Toni Therapist closed this alert"):
            acknowledge_alert(by=prescriber, alert_id=alert.id)


@pytest.mark.parametrize("role", ["admin", "researcher"])
def test_others_neither_see_nor_close(alert, staff, client_as, role):
    actor = staff(role)
    browser = client_as(actor)
    for page in (reverse("alerts"), page_of(alert), reverse("tasks")):
        assert browser.get(page).status_code == 403
    assert "open safety alert" not in browser.get(reverse("account")).content.decode()
    with acting_as(actor):
        assert Alert.objects.count() == 0
        with pytest.raises(NotPermitted):
            close_alert(by=actor, alert_id=alert.id, action_taken="Nothing.")


def test_another_practice_and_the_patient_see_nothing(alert, staff, other_practice, client_as, alex_browses):
    outsider = client_as(staff("prescriber", at=other_practice))
    assert "Alex" not in outsider.get(reverse("alerts")).content.decode()
    assert outsider.get(page_of(alert)).status_code == 404
    closing = outsider.post(page_of(alert), {"event": "close", "action_taken": "Not mine."})
    assert closing.status_code == 404
    assert alex_browses.get(page_of(alert)).status_code == 403


def test_the_list_costs_the_same_for_one_alert_and_for_many(
    alert, browser, staff, patient_factory, count_queries
):
    browser.get(reverse("alerts"))  # the first page of a session notes the time
    few = count_queries(lambda: browser.get(reverse("alerts")))
    therapist = staff("therapist")
    for _ in range(12):
        raised(therapist, patient_factory())
    assert count_queries(lambda: browser.get(reverse("alerts"))) == few
