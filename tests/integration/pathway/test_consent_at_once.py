"""Two at the same moment, with real commits: one offer, one signature, and a withdrawal that is never lost."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from tests.integration.pathway.consented import answer_all, course_in, offered, read_all, signed
from tests.people import make_account
from upwell.access.acting import acting_as
from upwell.access.system import system_actor
from upwell.access.who import patient_actor, staff_actor
from upwell.audit.models import AuditEntry
from upwell.base.actor import Actor
from upwell.base.clock import now
from upwell.base.errors import StaleState, UpwellError
from upwell.base.ids import new_id
from upwell.pathway.consent import consent_in_force
from upwell.pathway.consent.actions import (
    answer_question,
    hear_withdrawal,
    offer_consent,
    sign_consent,
    withdraw_consent,
)
from upwell.pathway.consent.models import Consent, TeachBackTry
from upwell.pathway.course.models import Course
from upwell.pathway.preparation.actions import write_intention
from upwell.pathway.preparation.models import Intention
from upwell.pathway.preparation.rules import Hopes
from upwell.people.models import Membership, Patient, Practice


@pytest.fixture
def place(committed_db):
    """A prescriber, a patient with a log-in, and a course in preparation, really there."""
    practice = Practice.objects.create(name="Harbor Clinic")
    work = make_account("work@example.org", None, name="Pat Prescribes")
    membership = Membership.objects.create(account=work, practice=practice, roles=["prescriber"])
    own = make_account("own@example.org", None, name="Alex Rivera")
    with acting_as(system_actor("set-up", practice.id)):
        patient = Patient.objects.create(
            practice=practice,
            account=own,
            family_name="Rivera",
            record_number="1",
            birth_date=date(1980, 5, 2),
        )
    staff = staff_actor(membership, work.name)
    return staff, patient_actor(own.id, own.name, (patient.id,)), course_in(staff, patient)


def at_once(*steps: tuple[Actor, Callable[[Actor], Any]]) -> list[Any]:
    """Each step in a transaction of its own, all let go at the same moment."""
    gate = Barrier(len(steps))

    def run(step: tuple[Actor, Callable[[Actor], Any]]) -> Any:
        actor, do = step
        try:
            with acting_as(actor, durable=True):
                gate.wait(10)
                return do(actor)
        except UpwellError as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(steps)) as pool:
        return list(pool.map(run, steps))


def test_offered_by_four_at_once_is_one_offer(place):
    staff, _own, course = place
    done = at_once(*[(staff, lambda by: offer_consent(by=by, course_id=course.id, consent_id=new_id()))] * 4)
    assert sorted(one.created for one in done) == [False, False, False, True]
    with acting_as(staff):
        assert Consent.objects.count() == 1


def test_signed_from_phone_and_tablet_at_once_is_one_signature(place):
    staff, own, course = place
    consent = offered(staff, course)
    read_all(own, consent)
    answer_all(own, consent)

    def sign(by):
        return sign_consent(by=by, consent_id=consent.id, name="Alex Rivera", agreed=True)

    done = at_once((own, sign), (staff, sign), (own, sign))
    assert len({one.signed_at for one in done}) == 1
    with acting_as(staff):
        assert AuditEntry.objects.filter(action="consent.signed").count() == 1


def test_one_answer_sent_three_times_is_one_try(place):
    staff, own, course = place
    consent = offered(staff, course)
    read_all(own, consent)
    once = new_id()

    def answer(by):
        return answer_question(
            by=by, consent_id=consent.id, question="driving", choice="next-day", try_id=once
        )

    at_once(*[(own, answer)] * 3)
    with acting_as(staff):
        assert TeachBackTry.objects.count() == 1


@pytest.mark.parametrize("_turn", range(3))
def test_a_withdrawal_wins_over_whatever_comes_at_the_same_moment(place, _turn):
    staff, own, course = place
    consent = signed(staff, own, course)
    at_once(
        (own, lambda by: withdraw_consent(by=by, consent_id=consent.id)),
        (staff, lambda by: offer_consent(by=by, course_id=course.id, consent_id=new_id())),
    )
    with acting_as(staff):
        assert Consent.objects.get(id=consent.id).state == "withdrawn"
        assert not consent_in_force(Course.objects.get(id=course.id), now()).in_force


def test_signing_the_new_one_and_taking_the_old_one_back_leaves_no_undefined_state(place):
    staff, own, course = place
    old = signed(staff, own, course)
    new = offered(staff, course)
    read_all(own, new)
    answer_all(own, new)
    at_once(
        (own, lambda by: sign_consent(by=by, consent_id=new.id, name="Alex Rivera", agreed=True)),
        (own, lambda by: withdraw_consent(by=by, consent_id=old.id)),
    )
    with acting_as(staff):
        states = dict(Consent.objects.values_list("id", "state"))
    assert states[new.id] in {"signed", "understood"}
    assert states[old.id] in {"superseded", "withdrawn"}


def test_two_who_hear_a_withdrawal_the_second_is_told(place):
    staff, own, course = place
    consent = signed(staff, own, course)
    with acting_as(own):
        withdraw_consent(by=own, consent_id=consent.id)
    done = at_once(*[(staff, lambda by: hear_withdrawal(by=by, consent_id=consent.id))] * 2)
    assert sorted(isinstance(one, StaleState) for one in done) == [False, True]


def test_two_who_write_an_intention_from_the_same_page_make_one_revision(place):
    staff, own, course = place

    def write(hope):
        return lambda by: write_intention(
            by=by, course_id=course.id, form_id=new_id(), hopes=Hopes(hope), seen=0
        )

    done = at_once((own, write("Mine.")), (staff, write("Together.")))
    assert sorted(isinstance(one, StaleState) for one in done) == [False, True]
    with acting_as(staff):
        assert Intention.objects.count() == 1
