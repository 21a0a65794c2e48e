"""Whatever is given, corrected and taken back in whatever order: the book has what came in less what the log says."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.integration.pathway.pharmacy.books import balances, entries, receive
from tests.integration.pathway.session.conftest import entry
from upwell.access.acting import acting_as
from upwell.access.system import system_actor
from upwell.base.clock import now
from upwell.pathway.pharmacy import part
from upwell.pathway.pharmacy.models import LedgerEntry
from upwell.pathway.pharmacy.rules import walk
from upwell.pathway.pharmacy.verify import links_of
from upwell.pathway.session.actions import correct_event

pytestmark = pytest.mark.django_db
amounts = st.sampled_from([7.0, 14.0, 28.0, 0.333])
steps = st.lists(
    st.one_of(
        st.tuples(st.just("dose"), amounts),
        st.tuples(st.just("correct"), amounts),
        st.tuples(st.just("withdraw"), st.just(0.0)),
        st.tuples(st.just("again"), st.just(0.0)),
    ),
    min_size=1,
    max_size=6,
)


@settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=steps)
def test_the_balance_is_what_the_log_says(booked, steps):
    before = balances(booked.monitor)["A1"][0]
    given_mg: dict[str, float] = {}
    documents: list[dict] = []
    for number, (what, amount) in enumerate(steps):
        if what == "dose":
            document = entry("dose-given", {"dose_mg": amount, "lot": "A1"}, 100 - number)
            documents.append(document)
            given_mg[booked.record(document)[0].id] = amount
        elif what == "again" and documents:
            booked.record(documents[-1])
        elif what in {"correct", "withdraw"} and given_mg:
            event = list(given_mg)[-1]
            body = {"dose_mg": amount, "lot": "A1"} if what == "correct" else None
            with acting_as(booked.monitor) as by:
                correct_event(by=by, session_id=booked.id, event_id=event, reason="Wrong", replacement=body)
            given_mg[event] = amount
    taken = sum((Decimal(str(one)) for one in given_mg.values()), Decimal(0))
    assert balances(booked.monitor)["A1"] == (before - taken, 0)
    for event in given_mg:
        with acting_as(booked.monitor) as by:
            correct_event(by=by, session_id=booked.id, event_id=event, reason="Next example")
    assert balances(booked.monitor)["A1"][0] == before
    with acting_as(system_actor("job")):
        assert walk(links_of(booked.monitor.practice_id)).broken is None


def test_what_the_book_missed_the_watcher_draws(booked, monkeypatch):
    booked.record(entry("arrived", ago=200))
    with monkeypatch.context() as patched:
        patched.setattr(part, "settle", lambda *_all: 1 / 0)
        booked.dose(ago=180, lot="A1")
    assert balances(booked.monitor) == {"A1": (280, 0)}
    for _round in range(2):
        with acting_as(system_actor("job", booked.monitor.practice_id)) as by:
            part.look_after(by, now())
    assert balances(booked.monitor) == {"A1": (252, 0)}
    assert entries(booked.monitor, "given")[0].patient_name == "Maya Ferreira"


def test_stock_left_aside_is_said(booked, client_as):
    booked.order()
    booked.arrive()
    booked.go()
    with acting_as(booked.monitor):
        since = LedgerEntry.objects.get(kind="set-aside").entered_at
        found = part.waiting(booked.monitor, since + timedelta(hours=13), None)
    assert "See to stock that was set aside for a session and left" in [one.what for one in found]


def test_the_biennial_inventory_comes_up(monitor_book):
    monitor, began = monitor_book
    with acting_as(monitor):
        for days, there in ((690, False), (705, True), (740, True)):
            found = part.waiting(monitor, began + timedelta(days=days), None)
            said = [one for one in found if one.what == "Take inventory"]
            assert bool(said) is there
        assert said[0].due < began + timedelta(days=740)


@pytest.fixture
def monitor_book(staff):
    monitor = staff("monitor")
    return monitor, receive(monitor).at
