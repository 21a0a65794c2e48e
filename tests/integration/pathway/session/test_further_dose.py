"""A further dose in a session: order and gate again, within the day's ceiling; and a session on a ward."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from tests.integration.pathway.session.conftest import CALM, entry
from tests.integration.pathway.session.test_pages import recovered, text
from upwell.access.acting import acting_as
from upwell.access.system import system_actor
from upwell.base.errors import BadInput, RefusedByRule
from upwell.pathway.session.models import Session

pytestmark = [pytest.mark.django_db, pytest.mark.once]
REASONED = {"predose.order.first-day": "Asked for, after the first part went well."}


@pytest.fixture
def monitor(day, client_as):
    return client_as(day.monitor)


@pytest.fixture
def prescriber(day, client_as):
    return client_as(day.prescriber)


@pytest.fixture
def dosed(day):
    """56 mg an hour ago."""
    day.order()
    day.arrive(ago=120)
    day.go()
    day.dose(ago=65, device=1)
    day.dose(ago=60, device=2)
    return day


def minutes_to_leave(day):
    row = day.row
    return round((row.leave_at - row.first_dose_at) / timedelta(minutes=1))


def test_a_further_dose_is_ordered_released_and_starts_the_clock_anew(dosed):
    assert minutes_to_leave(dosed) == 125
    dosed.order(dose_mg=28, reasons=REASONED)
    state = dosed.state
    assert (state.ordered_mg, state.given_mg, state.further) == (84, 56, "ordered")
    assert dosed.row.wants_decision
    dosed.record(entry("vitals", CALM, 1))
    dosed.go()
    assert dosed.state.further == "released"
    assert not dosed.row.wants_decision
    given = dosed.dose(ago=0, device=3)
    state = dosed.state
    assert (state.given_mg, state.further) == (84, "")
    assert [one.flag for one in state.flags if one.event == given.id] == []
    assert minutes_to_leave(dosed) == 185


def test_the_ceiling_of_the_protocol_is_that_of_the_day(dosed):
    with pytest.raises(BadInput, match="56 or 84 mg are given, not 112 mg"):
        dosed.order(dose_mg=56, reasons=REASONED)
    assert dosed.state.further == ""


def test_more_than_the_first_day_gives_asks_for_a_reason(dosed):
    with pytest.raises(RefusedByRule, match="more than the protocol gives on the first day"):
        dosed.order(dose_mg=28)
    assert dosed.state.further == ""


def test_the_gate_asks_again_what_the_protocol_says_of_the_first_day(dosed, prescriber):
    dosed.order(dose_mg=28, reasons=REASONED)
    dosed.record(entry("vitals", CALM, 1))
    result = prescriber.get(reverse("session_gate", args=[dosed.id])).context["result"]
    found = {one["rule"]: one["overridden"] for one in result["findings"]}
    assert found["predose.order.first-day"]["reason"] == REASONED["predose.order.first-day"]
    dosed.go()
    assert dosed.state.further == "released"


def test_without_the_gate_it_is_a_deviation_and_somebody_is_told(dosed):
    dosed.order(dose_mg=28, reasons=REASONED)
    told = dosed.dose(ago=0, device=3)
    assert any("without a go" in words for words in told.told)
    assert "dose-without-go" in [one.flag for one in dosed.state.flags]


def test_the_pages_say_what_is_ordered_besides_what_was_given(dosed, prescriber, monitor):
    page = text(prescriber.get(reverse("session_order", args=[dosed.id])))
    assert "a further dose besides them" in page
    form = prescriber.get(reverse("session_order", args=[dosed.id])).context["form"]
    assert not form["dose_mg"].value()  # nobody's usual dose is offered on top of what was given
    sent = {"protocol": "esketamine-trd", "dose_mg": "28"}
    shown = text(prescriber.post(reverse("session_order", args=[dosed.id]), sent))
    assert "56 mg given + 28 mg = 84 mg in this session" in shown
    dosed.order(dose_mg=28, reasons=REASONED)
    page = text(monitor.get(reverse("session", args=[dosed.id])))
    assert "A second person checks the order" in page or "A further dose is ordered" in page
    assert "The gate before the dose has not said go" in page
    check = text(monitor.get(reverse("session_check", args=[dosed.id])))
    assert "56 mg given + 28 mg = 84 mg" in check
    gate = prescriber.get(reverse("session_gate", args=[dosed.id]))
    assert gate.context["may_decide"]


# On a ward


@pytest.fixture
def on_a_ward(day):
    with acting_as(system_actor("set-up", day.course.practice_id)):
        Session.objects.filter(id=day.id).update(kind="inpatient")
    return day


def test_nobody_on_a_ward_is_asked_who_takes_them_home(on_a_ward, monitor, prescriber):
    page = monitor.get(reverse("session_gate", args=[on_a_ward.id]))
    assert "escort_named" not in page.context["form"].fields
    on_a_ward.order()
    on_a_ward.arrive(ago=200, escort_named=None)
    on_a_ward.go()
    assert str(on_a_ward.state.state) == "ready"


def test_the_page_speaks_of_the_ward_and_not_of_home(on_a_ward, monitor):
    on_a_ward.record(entry("arrived", ago=60), entry("dose-given", {"dose_mg": 28}, 30))
    page = text(monitor.get(reverse("session_leave", args=[on_a_ward.id])))
    assert "Not ready for the ward" in page
    assert "the clock for going back to the ward" in page
    assert "ready to go home" not in page


def test_they_go_back_to_the_ward_with_whoever_takes_over_named(on_a_ward, monitor):
    on_a_ward.order()
    on_a_ward.arrive(ago=220, escort_named=None)
    on_a_ward.go()
    on_a_ward.dose(ago=175, device=1)
    on_a_ward.dose(ago=170, device=2)
    on_a_ward.record(entry("vitals", CALM, 140), *recovered(ago=5))
    address = reverse("session_leave", args=[on_a_ward.id])
    page = text(monitor.get(address))
    assert "Back to the ward" in page
    assert "Nobody on the ward is named" in page or "nobody on the ward is named" in page
    refused = monitor.post(address, {"do": "discharge"})
    assert refused.status_code == 409
    assert "name who on the ward takes over" in text(refused)
    done = monitor.post(address, {"do": "discharge", "handed_over_to": "Rosa Lima, ward 3"})
    assert done.status_code == 302
    assert on_a_ward.row.stands == "discharged"
    log = text(monitor.get(reverse("session_log", args=[on_a_ward.id])))
    assert "<strong>Handed over</strong>" in log
    assert "Rosa Lima, ward 3" in log
