"""Two orders at the same moment, on two real connections: they can't both be released from the same stock."""

from __future__ import annotations

import threading
from decimal import Decimal

import pytest
from django.db import connections

from tests.integration.pathway.courses import course_at
from tests.integration.pathway.pharmacy.books import balances, receive
from tests.integration.pathway.session.conftest import Day
from tests.people import make_account
from upwell.access.acting import acting_as
from upwell.access.system import system_actor
from upwell.access.who import staff_actor
from upwell.base.errors import RefusedByRule
from upwell.pathway.pharmacy.anchor import path_of
from upwell.pathway.pharmacy.verify import check
from upwell.people.models import Membership, Patient, Practice


@pytest.fixture
def days(committed_db):
    """Two people at their gates, both ordered 56 mg, and 84 mg in the book."""
    practice = Practice.objects.create(name="Harbor Clinic", time_zone="America/Chicago")
    numbers = iter(range(100))

    def staff(role, name):
        account = make_account(f"{role}{next(numbers)}@example.org", "correct horse battery", name=name)
        return staff_actor(Membership.objects.create(account=account, practice=practice, roles=[role]), name)

    def day(name):
        account = make_account(f"{name}@example.org", "correct horse battery", name=name)
        with acting_as(system_actor("set-up", practice.id)):
            patient = Patient.objects.create(
                practice=practice,
                family_name=name,
                given_names="Maya",
                sex="female",
                birth_date="1980-05-02",
                record_number=f"T-{name}",
                account=account,
            )
        course = course_at(patient, "induction", substance="esketamine", route="intranasal")
        return Day(practice, patient, lambda role, name="": staff(role, name), course)

    found = [day("One"), day("Two")]
    receive(found[0].monitor, amount=84)
    for one in found:
        one.order()
        one.arrive()
    yield found
    path_of(practice.id).unlink(missing_ok=True)


def at_once(*works):
    """Each in a thread with a connection of its own, begun together; what each said."""
    gate, said = threading.Barrier(len(works)), []

    def run(work):
        gate.wait()
        try:
            said.append(work() and "done")
        except RefusedByRule as error:
            said.append(error.message)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return said


def test_of_two_orders_for_the_same_stock_one_is_released(days):
    said = at_once(*(one.go for one in days))
    assert sorted(one == "done" for one in said) == [False, True]
    assert next(one for one in said if one != "done").startswith("The drug book has 28 mg left")
    assert balances(days[0].monitor) == {"A1": (84, 56)}


def test_many_at_once_are_chained_without_a_gap(days):
    actors = [days[0].monitor, days[1].monitor] * 3
    said = at_once(*(lambda actor=actor: receive(actor, amount=28) for actor in actors))
    assert said == ["done"] * 6
    assert balances(days[0].monitor)["A1"][0] == Decimal(84 + 6 * 28)
    with acting_as(system_actor("job")):
        found = check(days[0].monitor.practice_id)
    assert (found.is_whole, found.verdict.entries, found.not_anchored) == (True, 7, 0)


def test_the_same_dose_from_two_tabs_is_drawn_once(days):
    from tests.integration.pathway.session.conftest import entry

    one = days[0]
    one.go()
    document = entry("dose-given", {"dose_mg": 28, "device": 1}, 5)
    at_once(*(lambda: one.record(document) for _tab in range(4)))
    assert balances(one.monitor) == {"A1": (56, 28)}
