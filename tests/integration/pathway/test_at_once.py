"""Two at the same moment, with real commits: one record, one alert, one closing."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from tests.integration.pathway.answers import MODERATE, SUICIDAL
from tests.people import make_account
from upwell.access.acting import acting_as
from upwell.access.system import system_actor
from upwell.access.who import patient_actor, staff_actor
from upwell.base.actor import Actor
from upwell.base.errors import StaleState
from upwell.base.ids import new_id
from upwell.pathway.safety.actions import close_alert
from upwell.people.models import Membership, Patient, Practice
from upwell.record.actions import Repeat, record_assessment
from upwell.record.actions_requests import ask_patient
from upwell.record.models import Alert, Assessment


@pytest.fixture
def place(committed_db):
    """A practice with a therapist and a patient who has a log-in, really there."""
    practice = Practice.objects.create(name="Harbor Clinic")
    work = make_account("work@example.org", None, name="Toni Therapist")
    membership = Membership.objects.create(account=work, practice=practice, roles=["therapist"])
    own = make_account("own@example.org", None, name="Alex Rivera")
    with acting_as(system_actor("set-up", practice.id)):
        patient = Patient.objects.create(
            practice=practice,
            account=own,
            family_name="Rivera",
            record_number="1",
            birth_date=date(1980, 5, 2),
        )
    return staff_actor(membership, work.name), patient, patient_actor(own.id, own.name, (patient.id,))


def at_once(actor: Actor, *steps: Callable[[], Any]) -> list[Any]:
    """Each step in a transaction of its own, all let go at the same moment."""
    gate = Barrier(len(steps))

    def run(step: Callable[[], Any]) -> Any:
        try:
            with acting_as(actor, durable=True):
                gate.wait(10)
                return step()
        except StaleState as stale:
            return stale
        finally:
            connection.close()

    with ThreadPoolExecutor(len(steps)) as pool:
        return list(pool.map(run, steps))


def test_the_same_form_sent_at_the_same_moment_is_one_record(place):
    therapist, patient, _own = place
    form = new_id()

    def send():
        return record_assessment(
            by=therapist, patient=patient, instrument="phq-9", answers=SUICIDAL, submission_id=form
        )

    done = at_once(therapist, *[send] * 4)
    assert sorted(one.created for one in done) == [False, False, False, True]
    assert {one.repeat for one in done if not one.created} == {Repeat.SAME}
    with acting_as(therapist):
        assert (Assessment.objects.count(), Alert.objects.count()) == (1, 1)


def test_two_tabs_at_the_same_moment_answer_the_request_once(place):
    therapist, patient, own = place
    with acting_as(therapist):
        asked = ask_patient(by=therapist, patient=patient, instrument="phq-9").request

    def send():
        return record_assessment(
            by=own,
            patient=patient,
            instrument="phq-9",
            answers=MODERATE,
            submission_id=new_id(),
            request=asked,
        )

    one, two = at_once(own, send, send)
    assert sorted([one.created, two.created]) == [False, True]
    assert one.assessment.id == two.assessment.id
    with acting_as(therapist):
        assert Assessment.objects.count() == 1


def test_an_alert_is_closed_once(place):
    therapist, patient, own = place
    with acting_as(own):
        record_assessment(
            by=own, patient=patient, instrument="phq-9", answers=SUICIDAL, submission_id=new_id()
        )
    with acting_as(therapist):
        alert = Alert.objects.get()
    closing = [
        lambda words=words: close_alert(by=therapist, alert_id=alert.id, action_taken=words)
        for words in ("Called; safe.", "Sat together; safe.")
    ]
    outcomes = at_once(therapist, *closing)
    (closed,) = [one for one in outcomes if isinstance(one, Alert)]
    (stale,) = [one for one in outcomes if isinstance(one, StaleState)]
    assert "Toni Therapist closed this alert" in stale.message
    with acting_as(therapist):
        assert Alert.objects.get().action_taken == closed.action_taken
