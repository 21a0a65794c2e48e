"""What the dosing day puts on Today: an order that waits for a second person, and alarms that a session left behind."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from tests.integration.pathway.session.conftest import CALM, entry
from upwell.access.acting import acting_as
from upwell.base.clock import now
from upwell.pathway.session.part import waiting
from upwell.pathway.today.queries import today_for
from upwell.web.templatetags.upwell_ui import said_once

pytestmark = [pytest.mark.django_db, pytest.mark.once]

CHECK = "Check a colleague's order"
LEFT = "Look at alarms that nobody acknowledged in a session that is over"


@pytest.fixture
def monitor(day, client_as):
    return client_as(day.monitor)


def lines(actor, what):
    with acting_as(actor):
        return [one for one in waiting(actor, now(), None) if one.what == what]


def test_an_order_waits_for_anybody_but_whoever_ordered_it(day, client_as):
    made = day.order(checked=False)
    mine = lines(day.monitor, CHECK)
    assert [(one.url, "monitor" in one.owners) for one in mine] == [
        (reverse("session_check", args=[day.id]), True)
    ]
    assert "prescriber" not in lines(day.prescriber, CHECK)[0].owners
    today = client_as(day.monitor).get(reverse("today")).content.decode()
    assert "Check a colleague&#x27;s order" in today or CHECK in today
    day.check(made[0].id)
    assert lines(day.monitor, CHECK) == []


def test_an_order_that_a_colleague_finds_wrong_goes_back_to_the_prescriber(day):
    made = day.order(checked=False)
    day.check(made[0].id, agrees=False, reason="The weight is of last year.")
    assert lines(day.monitor, CHECK) == []
    back = lines(day.prescriber, "Look at your order again: a colleague finds that it is not right")
    assert [one.owners for one in back] == [frozenset({"prescriber"})]
    day.order(checked=False)
    assert len(lines(day.monitor, CHECK)) == 1


def test_a_dose_that_was_given_asks_for_no_check_any_more(day):
    day.order(checked=False)
    day.record(entry("arrived", ago=20), entry("dose-given", {"dose_mg": 28}, 10))
    assert lines(day.monitor, CHECK) == []


def test_alarms_of_a_session_that_is_over_stand_on_its_page_and_on_today(day, monitor):
    high = entry("vitals", CALM | {"bp_systolic_mmhg": 184}, 5)
    day.record(entry("arrived", ago=20), high, entry("vitals", CALM | {"spo2_percent": 92}, 4))
    day.record(entry("ended", {"disposition": "transferred-ems"}, 1))
    assert (day.row.alarms_open, day.row.worst_alarm) == (2, "red")
    assert [one.urgency for one in lines(day.monitor, LEFT)] == ["worrying"]
    page = monitor.get(reverse("session", args=[day.id])).content.decode()
    assert "Alarms that nobody acknowledged" in page
    assert "data-alarm=" not in page  # nothing sounds over an empty chair
    monitor.post(reverse("session_record", args=[day.id, "acknowledge"]), {"rule": "session.bp.red"})
    assert [one.urgency for one in lines(day.monitor, LEFT)] == ["waiting"]
    monitor.post(reverse("session_record", args=[day.id, "acknowledge"]), {"rule": "session.spo2.amber"})
    assert lines(day.monitor, LEFT) == []
    assert [one.flag for one in day.state.flags] == []


def test_a_page_that_stands_open_is_not_told_anew_while_nothing_changes(day):
    day.order(checked=False)
    day.record(entry("arrived", ago=20))
    with acting_as(day.prescriber) as by:
        seen = {today_for(by, now() + timedelta(seconds=later)).seen for later in (0, 30, 60)}
    assert len(seen) == 1


def test_what_waits_costs_the_same_statement(day, staff, count_queries):
    def ask():
        with acting_as(day.monitor):
            waiting(day.monitor, now(), None)

    ask()
    before = count_queries(ask)
    day.order(checked=False)
    day.record(entry("arrived", ago=20), entry("vitals", CALM | {"bp_systolic_mmhg": 184}, 5))
    assert count_queries(ask) == before


def test_the_gate_asks_first_for_what_is_not_known(day, client_as):
    day.order(checked=False)
    day.record(entry("arrived", ago=5))
    prescriber = client_as(day.prescriber)
    page = prescriber.get(reverse("session_gate", args=[day.id])).content.decode()
    assert "Go on without knowing" in page
    assert page.index("No second person has checked the order") < page.index("Go on without knowing")
    assert (
        "You ordered it: ask a colleague."
        in prescriber.get(reverse("session", args=[day.id])).content.decode()
    )


def test_a_finding_says_each_fact_once():
    because = [
        {"fact": "a", "value": "on record"},
        {"fact": "a", "value": "yes"},
        {"fact": "b", "value": "on record"},
    ]
    assert said_once([*because, because[1]]) == because[1:]
