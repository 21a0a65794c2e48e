"""Going home: each criterion with its reason, both clocks, nobody ready early; who is late is told of by itself."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest
from django.db import connection
from django.urls import reverse

from tests.integration.pathway.session.conftest import CALM, entry
from tests.integration.pathway.session.test_pages import recovered, text
from upwell.access.acting import acting_as
from upwell.access.system import system_actor
from upwell.base.clock import now
from upwell.base.errors import RefusedByRule
from upwell.pathway.session.intents import discharge
from upwell.pathway.session.models import Session
from upwell.pathway.session.views import leaving as leaving_views
from upwell.platform import watcher
from upwell.record.models import Alert

pytestmark = pytest.mark.django_db


def dosed(day, ago):
    day.order()
    day.arrive(ago=ago + 40)
    day.go()
    day.dose(ago=ago + 5, device=1)
    day.dose(ago=ago, device=2)


def leave(day):
    return reverse("session_leave", args=[day.id])


def alerts(day, **wanted):
    with acting_as(day.prescriber):
        return list(Alert.objects.filter(kind__startswith="discharge", **wanted).order_by("raised_at"))


@pytest.fixture
def monitor(day, client_as):
    return client_as(day.monitor)


def test_the_page_says_of_each_criterion_what_stands_against_it(day, monitor):
    dosed(day, ago=60)
    day.record(entry("criterion", {"id": "walks-unaided", "met": False}, 1))
    page = monitor.get(leave(day))
    leaving = page.context["leaving"]
    found = {one.id: (one.status, bool(one.why)) for one in leaving.criteria}
    assert found["time-since-dose"] == ("not-met", True)
    assert found["walks-unaided"] == ("not-met", True)
    assert found["moaa-s"] == ("not-assessed", True)
    assert not leaving.ready
    assert round((leaving.last_at - leaving.first_at) / timedelta(minutes=1)) == 5
    waits = leaving.earliest_at - leaving.last_at
    assert (
        timedelta(minutes=120) <= waits < timedelta(minutes=121)
    )  # a full minute, never before the gate's own time
    words = text(page)
    for said in ("Not ready to go home", "2 are not met", "not yet assessed", "the clock of the REMS form"):
        assert said in words


@pytest.mark.parametrize(
    ("given", "owed"),
    [({"substance": "racemic-ketamine", "route": "im"}, False), ({"jurisdiction": "EU"}, False), ({}, True)],
    ids=["racemic", "EU", "esketamine in the US"],
)
def test_the_clock_of_the_rems_form_shows_where_one_is_owed(day, given, owed, monitor, monkeypatch):
    day.record(entry("arrived", ago=90), entry("dose-given", {"dose_mg": 28}, 60))
    real = leaving_views.our_session

    def other(request, session_id):
        session, found, shown = real(request, session_id)
        return session, replace(found, facts={**found.facts, **given}), shown

    monkeypatch.setattr(leaving_views, "our_session", other)
    assert ("the clock of the REMS form" in text(monitor.get(leave(day)))) is owed


def test_all_met_is_said_to_be_ready(day, monitor):
    dosed(day, ago=170)
    day.record(entry("vitals", CALM, 140), *recovered(ago=5))
    day.record(entry("criterion", {"id": "escort", "met": True, "text": "Joana"}, 1))
    leaving = monitor.get(leave(day)).context["leaving"]
    assert leaving.ready, leaving.criteria
    assert leaving.verdict == "Everything that is asked for is met."
    assert {one.status for one in leaving.criteria} == {"met"}


def test_who_was_named_before_the_dose_is_shown_and_not_taken_for_who_is_here(day, monitor):
    dosed(day, ago=60)
    day.record(entry("checklist", {"item": "escort_name", "value": "Joana, her sister"}, 90))
    page = monitor.get(leave(day))
    assert "Joana, her sister" in text(page)
    assert {one.id: one.status for one in page.context["leaving"].criteria}["escort"] == "not-assessed"


def test_who_stays_overnight_is_asked_for_no_escort(day, monitor):
    with acting_as(system_actor("set-up", day.course.practice_id)):
        Session.objects.filter(id=day.id).update(kind="inpatient")
    dosed(day, ago=170)
    day.record(entry("vitals", CALM, 140), *recovered(ago=5))
    page = monitor.get(leave(day))
    assert page.context["leaving"].ready
    assert "escort" not in page.context["form"].fields
    with acting_as(day.monitor) as by:
        with pytest.raises(RefusedByRule, match="name who on the ward takes over"):
            discharge(by=by, session_id=day.id, escort="", instructions_given=True)
        ward = "Rosa Lima, ward 3"
        discharge(by=by, session_id=day.id, escort="", instructions_given=True, handed_over_to=ward)
    assert day.row.stands == "discharged"
    assert [one.body for one in day.state.counting if one.type == "setting"] == [{"handed_over_to": ward}]


@pytest.mark.parametrize(
    ("past", "kinds"),
    [
        (59, []),
        (61, ["discharge-delayed"]),
        (121, ["discharge-transfer"]),
    ],
)
def test_who_is_not_ready_in_time_is_told_of_without_anybody_looking(day, past, kinds):
    dosed(day, ago=120 + past)
    assert watcher.look_once()
    assert [one.kind for one in alerts(day)] == kinds
    assert watcher.look_once()
    assert [one.kind for one in alerts(day)] == kinds


def test_it_goes_from_the_prescriber_to_everybody(day):
    dosed(day, ago=185)
    watcher.look_once()
    watcher.look_once(now() + timedelta(minutes=60))
    first, second = alerts(day)
    assert (first.kind, second.kind) == ("discharge-delayed", "discharge-transfer")
    assert first.escalates_at > first.raised_at
    assert second.escalates_at == second.raised_at  # shown to everybody at once, the backup beside it
    assert first.finding["policy"]
    assert first.finding["session"] == str(day.id)


def test_who_is_ready_or_gone_is_not_told_of(day):
    dosed(day, ago=250)
    day.record(entry("vitals", CALM, 140), *recovered(ago=5))
    day.record(entry("criterion", {"id": "escort", "met": True, "text": "Joana"}, 1))
    watcher.look_once()
    assert alerts(day) == []
    day.record(entry("ended", {"disposition": "against-advice"}))
    watcher.look_once(now() + timedelta(hours=3))
    assert alerts(day) == []


def test_of_two_processes_one_looks(day):
    params = {
        key: value
        for key, value in connection.get_connection_params().items()
        if key in {"host", "port", "user", "password", "dbname"}
    }
    with psycopg.connect(**params) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", [watcher.LOCK])
        assert not watcher.look_once()
        other.rollback()
        assert watcher.look_once()


def test_a_round_that_fails_keeps_the_watcher_alive(monkeypatch):
    rounds = []

    def fail(at=None):
        rounds.append(1)
        raise RuntimeError("the database is away")

    monkeypatch.setattr(watcher, "look_once", fail)

    async def some_rounds():
        async with watcher.watching(0.01):
            while len(rounds) < 3:
                await asyncio.sleep(0.01)

    asyncio.run(asyncio.wait_for(some_rounds(), 30))


def test_a_round_that_is_cut_short_leaves_nothing_and_the_next_one_does_it_all(day, monkeypatch):
    dosed(day, ago=185)
    from upwell.pathway import parts

    whole = parts._modules()

    class Killed(BaseException):
        """As a signal would: nothing on the way catches it."""

    class Last:
        @staticmethod
        def look_after(by, at):
            raise Killed

    monkeypatch.setattr(parts, "_modules", lambda: (*whole, Last))
    with pytest.raises(Killed):
        watcher.look_once()
    assert alerts(day) == []
    monkeypatch.undo()
    watcher.look_once()
    assert [one.kind for one in alerts(day)] == ["discharge-delayed"]


def test_a_session_that_cannot_be_read_keeps_no_other_waiting(day, monkeypatch):
    dosed(day, ago=185)
    from upwell.pathway.session import late

    monkeypatch.setattr(late, "folded", lambda *_: 1 / 0)
    assert watcher.look_once()
    assert alerts(day) == []
    monkeypatch.undo()
    watcher.look_once()
    assert len(alerts(day)) == 1
