"""Two at the same moment on a referral, with real commits: one decision, one chart, one course, one release each."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from tests.people import make_account
from upwell.access.acting import acting_as
from upwell.access.models import CareLink, Release
from upwell.access.sharing import in_force
from upwell.access.system import system_actor
from upwell.access.who import patient_actor, staff_actor
from upwell.base.actor import Actor
from upwell.base.errors import RefusedByRule, StaleState, UpwellError
from upwell.base.ids import new_id
from upwell.pathway.course.models import Course
from upwell.pathway.referral.actions import Letter, accept, agree, decline, refer_patient, refuse, withdraw
from upwell.pathway.referral.models import Referral, ReferralStep
from upwell.pathway.referral.rules import BACK, TO_THEM
from upwell.pathway.referral.sharing import end_sharing, open_sharing
from upwell.pathway.referral.states import Agreed, State
from upwell.people.models import Membership, Patient, Practice


class Cast:
    """Harbor Clinic refers Alex to Tidewater Therapy, where two prescribers work."""

    def __init__(self) -> None:
        self.harbor = Practice.objects.create(name="Harbor Clinic")
        self.tide = Practice.objects.create(name="Tidewater Therapy")
        self.therapist = self._staff("Toni Therapist", self.harbor, "therapist")
        self.one = self._staff("Dr. One", self.tide, "prescriber")
        self.two = self._staff("Dr. Two", self.tide, "prescriber")
        own = make_account("alex@example.org", None, name="Alex Rivera")
        with acting_as(system_actor("set-up", self.harbor.id)):
            self.alex = Patient.objects.create(
                practice=self.harbor,
                account=own,
                family_name="Rivera",
                given_names="Alex",
                record_number="1",
                birth_date=date(1980, 5, 2),
            )
        self.own = patient_actor(own.id, own.name, (self.alex.id,))

    def _staff(self, name: str, at: Practice, role: str) -> Actor:
        account = make_account(f"{new_id()}@example.org", None, name=name)
        return staff_actor(Membership.objects.create(account=account, practice=at, roles=[role]), name)

    def refer(self, agreed: Agreed = Agreed.ORAL) -> Referral:
        """The referral, as the therapist writes it."""
        letter = Letter("Two trials failed.", "", TO_THEM, BACK)
        return refer_patient(
            by=self.therapist, patient=self.alex, to_practice=self.tide, letter=letter, agreed=agreed
        )


@pytest.fixture
def cast(committed_db):
    return Cast()


def at_once(*steps: tuple[Actor, Callable[[], Any]]) -> list[Any]:
    """Each step in a transaction of its own, all let go at the same moment."""
    gate = Barrier(len(steps))

    def run(step: tuple[Actor, Callable[[], Any]]) -> Any:
        actor, do = step
        try:
            with acting_as(actor, durable=True):
                gate.wait(10)
                return do()
        except UpwellError as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(steps)) as pool:
        return list(pool.map(run, steps))


def sent(cast: Cast, agreed: Agreed = Agreed.ORAL) -> Referral:
    with acting_as(cast.therapist, durable=True):
        return cast.refer(agreed)


def test_two_prescribers_decide_at_once_and_the_second_is_told(cast):
    referral = sent(cast)
    outcomes = at_once(
        (cast.one, lambda: accept(by=cast.one, referral_id=referral.id, seen_version=1)),
        (cast.two, lambda: decline(by=cast.two, referral_id=referral.id, reason="No.", seen_version=1)),
    )
    (done,) = [one for one in outcomes if isinstance(one, Referral)]
    (late,) = [one for one in outcomes if isinstance(one, StaleState)]
    assert "was faster: the referral stands at" in late.message
    assert done.answered_by_name in late.message
    with acting_as(system_actor("shared-care")):
        state = Referral.objects.get().state
        assert (state, Course.objects.get().state) in {("accepted", "screening"), ("declined", "closed")}
        assert Release.objects.filter(in_force()).exists() is (state == "accepted")
        assert ReferralStep.objects.count() == 2


def test_withdrawn_while_it_is_accepted(cast):
    referral = sent(cast)
    outcomes = at_once(
        (cast.one, lambda: accept(by=cast.one, referral_id=referral.id)),
        (cast.therapist, lambda: withdraw(by=cast.therapist, referral_id=referral.id, reason="Moved.")),
        (cast.own, lambda: refuse(by=cast.own, referral_id=referral.id)),
    )
    assert sum(isinstance(one, Referral) for one in outcomes) == 1
    assert sum(isinstance(one, StaleState) for one in outcomes) == 2
    with acting_as(system_actor("shared-care")):
        state, course = State(Referral.objects.get().state), Course.objects.get()
        assert (course.state == "screening") is (state is State.ACCEPTED)
        assert (course.state == "closed") is (state is not State.ACCEPTED)


def test_agreed_in_two_tabs_makes_one_chart_and_one_course(cast):
    referral = sent(cast, Agreed.PHONE)
    outcomes = at_once(*[(cast.own, lambda: agree(by=cast.own, referral_id=referral.id))] * 3)
    assert sum(isinstance(one, Referral) for one in outcomes) == 1
    with acting_as(system_actor("shared-care")):
        assert Patient.objects.filter(practice=cast.tide).count() == 1
        assert Course.objects.count() == 1
        assert CareLink.objects.count() == 2
        assert Release.objects.count() == len(TO_THEM) + len(BACK)


def test_two_referrals_written_at_once_are_one(cast):
    outcomes = at_once(*[(cast.therapist, cast.refer)] * 2)
    assert sum(isinstance(one, Referral) for one in outcomes) == 1
    assert sum(isinstance(one, StaleState | RefusedByRule) for one in outcomes) == 1
    with acting_as(system_actor("shared-care")):
        assert Referral.objects.count() == Course.objects.count() == 1


def test_ended_and_opened_at_once_leaves_one_truth(cast):
    sent(cast)
    where = {"chart_id": cast.alex.id, "to_practice_id": cast.tide.id}
    for _ in range(3):
        outcomes = at_once(
            (cast.own, lambda: end_sharing(by=cast.own, **where)),
            (cast.own, lambda: open_sharing(by=cast.own, kind="chart", **where)),
            (cast.own, lambda: end_sharing(by=cast.own, kind="assessments", **where)),
            (cast.own, lambda: open_sharing(by=cast.own, kind="assessments", **where)),
        )
        assert all(isinstance(one, list) for one in outcomes), outcomes
        with acting_as(cast.own):
            rows = list(Release.objects.filter(in_force(), patient=cast.alex).values_list("kind", flat=True))
        assert len(rows) == len(set(rows))


def test_what_is_ended_is_closed_in_the_next_transaction(cast):
    sent(cast)
    with acting_as(cast.one):
        assert Patient.objects.filter(id=cast.alex.id).exists()
    with acting_as(cast.own, durable=True):
        end_sharing(by=cast.own, chart_id=cast.alex.id, to_practice_id=cast.tide.id)
    with acting_as(cast.one):
        assert not Patient.objects.filter(id=cast.alex.id).exists()
