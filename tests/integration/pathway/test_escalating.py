"""An alert that nobody took on in time: the trail says so, once, without anybody looking."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from upwell.access.acting import acting_as
from upwell.access.system import system_actor
from upwell.audit.models import AuditEntry
from upwell.base.clock import now
from upwell.base.errors import StaleState
from upwell.knowledge.edition import filled, packaged, using
from upwell.knowledge.triage import load_triage
from upwell.pathway.safety.actions import acknowledge_alert, close_alert
from upwell.platform import watcher
from upwell.record.models import Alert
from upwell.record.queries import alert_count

pytestmark = pytest.mark.django_db


@pytest.fixture
def alert(practice, alex):
    with acting_as(system_actor("set-up", practice.id)):
        return Alert.objects.create(
            practice=practice,
            patient=alex,
            kind="call-asked",
            finding={"message": "x", "rule": "x", "severity": "needs-decision"},
            escalates_at=now() + timedelta(minutes=30),
        )


def noted(practice):
    with acting_as(system_actor("count", practice.id)):
        return list(AuditEntry.objects.filter(action="alert.escalated"))


def test_it_is_noted_once_when_its_time_has_come(alert, practice):
    watcher.look_once(now() + timedelta(minutes=29))
    assert noted(practice) == []
    watcher.look_once(now() + timedelta(minutes=31))
    watcher.look_once(now() + timedelta(minutes=32))
    (entry,) = noted(practice)
    assert (entry.object_id, entry.patient_id, entry.practice_id) == (alert.id, alert.patient_id, practice.id)
    assert entry.detail["escalated_at"] == alert.escalates_at.isoformat()


LONG = timedelta(minutes=load_triage().other_clock.closes_after_minutes)


def taken_on(alert, by):
    with acting_as(by) as actor:
        return acknowledge_alert(by=actor, alert_id=alert.id)


def test_what_somebody_took_on_in_time_is_not(alert, practice, staff):
    taken_on(alert, staff("therapist"))
    watcher.look_once(now() + LONG - timedelta(minutes=1))
    assert noted(practice) == []


def test_what_was_taken_on_and_never_closed_escalates_a_second_time(alert, practice, staff, client_as):
    watcher.look_once(now() + timedelta(minutes=31))
    therapist, prescriber = staff("therapist", name="Tara Quinn"), staff("prescriber")
    row = taken_on(alert, therapist)
    assert row.closes_by == row.acknowledged_at + LONG
    later = row.closes_by + timedelta(minutes=1)
    for _again in range(2):
        watcher.look_once(later)
    first, second = sorted(noted(practice), key=lambda one: one.detail["escalated_at"])
    assert (first.detail["taken_on"], second.detail["taken_on"]) == (False, True)
    assert second.detail["escalated_at"] == row.closes_by.isoformat()
    for person in (prescriber, staff("admin")):  # who may not see alerts gets the number
        with acting_as(person) as by:
            assert alert_count(by, later).unheard == 1
            assert alert_count(by, later).since == row.closes_by
            assert alert_count(by, row.closes_by - timedelta(minutes=1)).unheard == 0
    with time_machine.travel(later, tick=False):
        for address in (reverse("alert", args=[alert.id]), reverse("alerts"), reverse("today")):
            assert "still open" in client_as(prescriber).get(address).content.decode(), address


def test_it_can_be_taken_over_once_it_is_late_and_not_before(alert, practice, staff):
    therapist, prescriber = staff("therapist"), staff("prescriber")
    row = taken_on(alert, therapist)
    with pytest.raises(StaleState):
        taken_on(alert, prescriber)
    with time_machine.travel(row.closes_by + timedelta(minutes=1), tick=False):
        over = taken_on(alert, prescriber)
        assert over.acknowledged_by_id == prescriber.account_id
        assert over.closes_by == now() + LONG
        with acting_as(prescriber) as by:
            closed = close_alert(by=by, alert_id=alert.id, action_taken="Reached them.")
            assert alert_count(by, over.closes_by + LONG).unheard == 0
    assert closed.closed_by_id == prescriber.account_id


def test_an_edition_that_gives_no_such_time_lets_it_wait(alert, practice, staff):
    text = packaged().texts["triage/triage.toml"]
    without = "\n".join(one for one in text.splitlines() if not one.startswith("closes_after_minutes"))
    with acting_as(staff("therapist")) as by, using(filled({"triage/triage.toml": without}, packaged())):
        assert load_triage().other_clock.closes_after_minutes is None
        assert acknowledge_alert(by=by, alert_id=alert.id).closes_by is None
