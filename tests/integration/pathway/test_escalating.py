"""An alert that nobody took on in time: the trail says so, once, without anybody looking."""

from __future__ import annotations

from datetime import timedelta

import pytest

from upwell.access.acting import acting_as
from upwell.access.system import system_actor
from upwell.audit.models import AuditEntry
from upwell.base.clock import now
from upwell.pathway.safety.actions import acknowledge_alert
from upwell.platform import watcher
from upwell.record.models import Alert

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


def test_what_somebody_took_on_in_time_is_not(alert, practice, staff):
    with acting_as(staff("therapist")) as by:
        acknowledge_alert(by=by, alert_id=alert.id)
    watcher.look_once(now() + timedelta(minutes=60))
    assert noted(practice) == []
