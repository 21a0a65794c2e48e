"""Two people with one link, at the same time."""

from __future__ import annotations

import threading

from django.db import connections

from upwell.access.acting import acting_as
from upwell.access.who import staff_actor
from upwell.base.errors import StaleState
from upwell.office.doors.actions import accept_with_new_log_in
from upwell.office.practice.actions import invite
from upwell.people.models import Account, Membership, Practice


def test_of_two_at_the_same_time_one_comes_in(committed_db):
    practice = Practice.objects.create(name="Harbor Clinic")
    boss = Account.objects.create_user("boss@example.org", None, name="Boss")
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
    assert Account.objects.filter(email="nia@example.org").count() == 1
    assert Membership.objects.filter(practice=practice).count() == 2
