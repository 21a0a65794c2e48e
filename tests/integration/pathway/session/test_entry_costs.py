"""What one entry at the bedside costs: few statements, and the row security and the trail of every one."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.integration.pathway.session.conftest import entry
from upwell.access.acting import acting_as
from upwell.access.system import system_actor
from upwell.audit.models import AuditEntry
from upwell.base.ids import new_id
from upwell.pathway.session.actions import record_events
from upwell.pathway.session.kept_log import log_of
from upwell.pathway.session.models import Session

pytestmark = pytest.mark.django_db

SENT = (
    "FROM upwell_enter(",
    "set_config('upwell.kind'",
    "FROM session_session s",
    'INSERT INTO "session_sessionevent"',
    'INSERT INTO "audit_auditentry"',
)
# A test runs in a transaction of its own: the request's is a savepoint in it, and puts back who acted before.
OF_THE_TEST = ("SAVEPOINT", "RELEASE")
VITALS = {"bp_systolic_mmhg": 124, "bp_diastolic_mmhg": 80, "heart_rate_bpm": 71, "spo2_percent": 98}


def test_an_entry_costs_five_statements(day, client_as, django_capture_on_commit_callbacks):
    """Who comes in and where they work, the actor for row security, the session, the entry and the log, the trail."""
    browser, page = client_as(day.monitor), reverse("session_record", args=[day.id, "vitals"])

    def send(**more):
        fields = {"id": str(new_id()), "from_device": "tablet", **VITALS, **more}
        return browser.post(page, fields, headers={"Accept": "application/json"})

    with django_capture_on_commit_callbacks(execute=True):  # what is durable is kept, and not read again
        assert send().status_code == 201
    with CaptureQueriesContext(connection) as captured:
        assert send(heart_rate_bpm=72).status_code == 201
    sent = [one["sql"] for one in captured if not one["sql"].startswith(OF_THE_TEST)]
    put_back = sent.pop()
    assert "set_config('upwell.kind'" in put_back
    assert len(sent) == len(SENT)
    assert all(words in sql for words, sql in zip(SENT, sent, strict=True))
    with acting_as(system_actor("count", day.patient.practice_id)):
        trail = AuditEntry.objects.filter(action="session.recorded", detail__type="vitals")
        assert trail.count() == 2


def test_what_the_insert_says_of_the_log_is_what_the_log_says(day):
    """Entries and what is set aside, in the order of the log, whichever comes first and however many at once."""
    nonsense = entry("vitals", {"bp_systolic_mmhg": "very high"})
    early, late = entry("vitals", VITALS, ago=30), entry("note", {"text": "Calm."}, ago=2)
    with acting_as(day.monitor) as by:
        for documents in ([late], [early], [nonsense, entry("note", {"text": "Still calm."})], [late]):
            recorded = record_events(by=by, session_id=day.id, documents=documents)
            session = Session.objects.select_related("practice").get(id=day.id)
            log = log_of(session)
            assert [one.event.id for one in log.entries] == [
                str(row.id) for row in session.log.order_by("observed_at", "received_at", "id")
            ]
            assert len(log.set_aside) == session.set_aside.count()
    assert [one.is_new for one in recorded] == [False]
    assert len(log.set_aside) == 1
