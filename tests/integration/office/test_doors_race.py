"""At the same time: several people with one link; two admins who remove each other."""

from __future__ import annotations

import threading

from django.db import connections

from tests.people import accounts, make_account
from upwell.access.acting import acting_as
from upwell.access.who import staff_actor
from upwell.base.errors import RefusedByRule, StaleState
from upwell.office.doors.actions import accept_with_new_log_in
from upwell.office.practice.actions import end_membership, invite
from upwell.people.models import Membership, Practice


def test_of_two_at_the_same_time_one_comes_in(committed_db):
    practice = Practice.objects.create(name="Harbor Clinic")
    boss = make_account("boss@example.org", None, name="Boss")
    admin = staff_actor(Membership.objects.create(account=boss, practice=practice, roles=["admin"]), "Boss")
    with acting_as(admin):
        made = invite(by=admin, email="nia@example.org", name="Nia Berg", roles=["therapist"])
    outcomes: list[str] = []
    together = threading.Barrier(4)

    def come(name: str) -> None:
        together.wait()
        try:
            accept_with_new_log_in(token=made.token, name=name, password="seven slow green boats")
            outcomes.append("in")
        except StaleState:
            outcomes.append("too late")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=come, args=(f"Nia {n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["in", "too late", "too late", "too late"]
    assert len(accounts(email="nia@example.org")) == 1
    assert Membership.objects.filter(practice=practice).count() == 2


def test_two_admins_can_not_remove_each_other_at_the_same_time(committed_db):
    practice = Practice.objects.create(name="Harbor Clinic")
    actors = []
    for name in ("one", "two"):
        account = make_account(f"{name}@example.org", None, name=name)
        actors.append(
            staff_actor(Membership.objects.create(account=account, practice=practice, roles=["admin"]), name)
        )
    together = threading.Barrier(2)
    outcomes = []

    def remove(by, other):
        together.wait()
        try:
            with acting_as(by):
                end_membership(by=by, membership_id=Membership.objects.get(account_id=other.account_id).id)
            outcomes.append("ended")
        except RefusedByRule:
            outcomes.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=remove, args=pair) for pair in (actors, actors[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["ended", "refused"]
    assert Membership.objects.filter(practice=practice, active=True).count() == 1
