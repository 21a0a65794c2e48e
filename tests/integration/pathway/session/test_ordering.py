"""Ordering a dose: the arithmetic, what is caught before the syringe, and the second person who checks it."""

from __future__ import annotations

import html
from datetime import timedelta
from uuid import UUID

import pytest
from django.urls import reverse

from tests.integration.pathway.courses import course_at
from tests.integration.pathway.session.conftest import CALM, Day, entry
from upwell.access.acting import acting_as
from upwell.base.clock import now
from upwell.base.errors import BadInput, RefusedByRule, StaleState
from upwell.base.ids import new_id
from upwell.knowledge.protocols import load_protocol
from upwell.pathway.session.actions import correct_event, record_events
from upwell.pathway.session.models import Session
from upwell.pathway.session.ordering import Wanted
from upwell.people.models import TwoPersons
from upwell.record.models import Alert

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def infusion(practice, staff, patient_factory, account_factory):
    patient = patient_factory("Ferreira", "Maya", sex="female", account=account_factory("Maya Ferreira"))
    course = course_at(patient, "induction", substance="racemic-ketamine", route="iv")
    return Day(practice, patient, staff, course)


@pytest.fixture
def prescriber(day, client_as):
    return client_as(day.prescriber)


@pytest.fixture
def monitor(day, client_as):
    return client_as(day.monitor)


def at(name, day):
    return reverse(name, args=[day.id])


def text(answer):
    return html.unescape(answer.content.decode())


def earlier(day, *days, mg=56.0, weight=None):
    """Sessions of the course before today, and the weight that was measured there."""
    with acting_as(day.monitor):
        for one in days:
            then = now() - timedelta(days=one)
            made = Session.objects.create(
                practice_id=day.course.practice_id, patient=day.patient, course=day.course, over_at=then,
                opened_at=then, first_dose_at=then, given_mg=mg, stands="discharged",
                substance=day.course.substance, route=day.course.route, created_by_id=day.monitor.account_id,
            )  # fmt: skip
            if weight is not None:
                body = {"weight_kg": weight}
                record_events(by=day.monitor, session_id=made.id, documents=[entry("vitals", body)])
                Session.objects.filter(id=made.id).update(over_at=then, first_dose_at=then, given_mg=mg)


def iv(**more):
    protocol = load_protocol("iv-dep")
    return Wanted(
        "racemic-ketamine", "iv", **{"protocol": protocol, "dose_mg_per_kg": 0.5, "weight_kg": 82.0} | more
    )


def test_84_mg_on_the_first_day_needs_a_reason(day, prescriber):
    sent = {"protocol": "esketamine-trd", "dose_mg": "84"}
    shown = prescriber.post(at("session_order", day), sent)
    assert "more than the protocol gives on the first day" in text(shown)
    refused = prescriber.post(at("session_order", day), sent | {"confirm": "on"})
    assert refused.status_code == 409
    assert "write down why" in text(refused)
    assert not day.state.ordered
    why = {"reason-predose.order.first-day": "Moved here in week 3, 84 mg since two weeks."}
    signed = prescriber.post(at("session_order", day), sent | {"confirm": "on"} | why)
    assert signed.status_code == 302
    override = next(one for one in day.state.timeline if one.type == "gate-decided").body["overrides"][0]
    assert (override["rule"], override["by"]) == ("predose.order.first-day", "prescriber")
    assert override["reason"].startswith("Moved here")


def test_a_third_dose_within_a_week_is_caught(day):
    earlier(day, 6, 3)
    with pytest.raises(RefusedByRule, match="too soon after the ones before"):
        day.order()
    assert not day.state.ordered


def test_a_dose_on_schedule_is_ordered_without_a_word(day):
    earlier(day, 7, 3)
    recorded, _worked = day.order(84)
    assert recorded.is_new
    assert [one.type for one in day.state.timeline] == ["ordered", "checklist"]


def test_the_arithmetic_of_an_infusion_step_by_step(infusion):
    _recorded, worked = infusion.order(wanted=iv(strength_mg_per_ml=50.0, diluted_to_ml=50.0))
    assert worked.lines == [
        "0.5 mg/kg × 82 kg = 41 mg",
        "41 mg / 50 mg/mL = 0.82 mL to draw up",
        "0.82 mL diluted to 50 mL: 41 mg / 50 mL = 0.82 mg/mL",
        "41 mg / 40 min = 1.025 mg/min",
        "50 mL / 40 min × 60 min/h = 75 mL/h",
    ]
    body = next(one for one in infusion.state.timeline if one.type == "ordered").body
    assert (body["concentration_mg_per_ml"], body["volume_ml"], body["diluted_to_ml"]) == (50, 0.82, 50)


def test_a_concentrated_vial_undiluted_is_barred_whatever_is_said(infusion, client_as):
    why = {"predose.order.undiluted": "I always do."}
    with pytest.raises(RefusedByRule, match="never given undiluted"):
        infusion.order(wanted=iv(strength_mg_per_ml=100.0), reasons=why)
    sent = {
        "protocol": "iv-dep", "dose_mg_per_kg": "0.5", "weight_kg": "82", "infusion_min": "40",
        "strength_mg_per_ml": "100",
    }  # fmt: skip
    shown = text(client_as(infusion.prescriber).post(at("session_order", infusion), sent))
    assert "never given undiluted" in shown
    assert "Sign the order" not in shown
    infusion.order(wanted=iv(strength_mg_per_ml=100.0, diluted_to_ml=50.0))
    with pytest.raises(BadInput, match="can't be diluted to"):
        infusion.order(wanted=iv(strength_mg_per_ml=100.0, diluted_to_ml=0.2))


def test_a_weight_typed_wrong_is_caught_against_the_session_before(infusion):
    earlier(infusion, 4, mg=41, weight=82)
    with pytest.raises(RefusedByRule, match="Weigh again"):
        infusion.order(wanted=iv(weight_kg=28.0))
    infusion.order(wanted=iv(weight_kg=82.0))


def test_a_weight_of_today_that_differs_is_caught_at_the_gate(infusion):
    infusion.order(wanted=iv(weight_kg=82.0))
    infusion.arrive(ago=20, vitals=CALM | {"weight_kg": 72})
    with pytest.raises(RefusedByRule, match="Weigh again"):
        infusion.go()


def test_which_experience_a_dose_is_meant_to_bring(practice, staff, patient_factory, account_factory):
    patient = patient_factory("Ferreira", "Maya", sex="female", account=account_factory("Maya Ferreira"))
    day = Day(
        practice, patient, staff, course_at(patient, "induction", substance="racemic-ketamine", route="im")
    )
    for per_kg, words in ((0.5, "Psycholytic range"), (1.2, "A therapist has to be there.")):
        wanted = Wanted(
            "racemic-ketamine", "im", load_protocol("im"), None, per_kg, 82.0, strength_mg_per_ml=50.0
        )
        _recorded, worked = day.order(wanted=wanted)
        assert any(words in line for line in worked.lines)
        assert any("mL to draw up" in line for line in worked.lines)


# ------------------------------------------------------------------------------------------------ the second check


def test_no_dose_is_released_before_a_second_person_has_checked(day, monitor):
    recorded, _worked = day.order(checked=False)
    day.arrive(ago=10)
    assert "A second person checks the order" in text(monitor.get(at("session", day)))
    with pytest.raises(RefusedByRule, match="No second person has checked"):
        day.go()
    page = text(monitor.get(at("session_check", day)))
    assert "56 mg = 2 × 28 mg" in page
    assert "Dr. Daniel Cho" in page
    done = monitor.post(at("session_check", day), {"order": recorded.id, "do": "agree"})
    assert done.status_code == 302
    assert "Checked by Luis Ortega at" in text(monitor.get(at("session_check", day)))
    assert day.go().is_new
    check = next(one for one in day.state.timeline if one.body.get("item", "").startswith("order-checked"))
    assert check.author.id == str(day.monitor.account_id)
    assert day.state.order_check == "checked"


def test_whoever_ordered_it_can_not_check_it(day, prescriber):
    recorded, _worked = day.order(checked=False)
    with pytest.raises(RefusedByRule, match="Ask somebody else"):
        day.check(recorded.id, by=day.prescriber)
    assert "You ordered it yourself" in text(prescriber.get(at("session_check", day)))


def test_a_check_that_finds_something_wrong_says_what(day, monitor):
    recorded, _worked = day.order(checked=False)
    with pytest.raises(BadInput, match="what is not right"):
        day.check(recorded.id, agrees=False)
    day.check(recorded.id, agrees=False, reason="The vial here has 50 mg/mL.")
    assert day.state.order_check == "wanted"
    assert "The vial here has 50 mg/mL." in text(monitor.get(at("session", day)))


def test_an_order_that_took_its_place_is_checked_anew(day, monitor):
    first, _worked = day.order(checked=False)
    day.order(checked=False)
    with pytest.raises(StaleState, match="no longer the one that counts"):
        day.check(first.id)
    answer = monitor.post(at("session_check", day), {"order": first.id, "do": "agree"})
    assert answer.status_code == 409
    assert monitor.post(at("session_check", day), {"order": "x", "do": "agree"}).status_code == 409


def test_a_corrected_order_is_checked_anew(day):
    recorded, _worked = day.order()
    body = dict(next(one for one in day.state.counting if one.type == "ordered").body)
    with acting_as(day.prescriber) as by:
        correct_event(
            by=by, session_id=day.id, event_id=UUID(recorded.id), reason="Two devices of another strength.",
            replacement=body | {"dose_mg": 84, "devices": 3},
        )  # fmt: skip
    assert day.state.order_check == "wanted"


def test_a_dose_without_the_check_is_stored_flagged_and_told(day):
    day.order(checked=False)
    day.record(entry("arrived"))
    told = day.dose(ago=0).told
    assert "no second person had checked" in " ".join(told)
    with acting_as(day.monitor):
        alert = Alert.objects.get(patient_id=day.patient.id, kind="dose-deviation")
    assert "dose-not-checked" in {one["fact"] for one in alert.finding["because"]}


def test_a_practice_of_one_that_has_signed_for_it_is_asked_for_nobody(day, practice):
    from upwell.access.system import Purpose, system_actor
    from upwell.people.models import Membership

    with acting_as(day.prescriber):
        TwoPersons.objects.create(
            practice=practice, number=1, second_check=False, witness=False, reason="I work alone.",
            statement="One person alone works here.", signed_by_id=day.prescriber.account_id, signed_name="Cho",
        )  # fmt: skip
    with acting_as(system_actor(Purpose.SETUP, practice.id)):
        Membership.objects.filter(practice=practice).exclude(account_id=day.prescriber.account_id).update(
            active=False
        )
    day.order(checked=False)
    body = next(one for one in day.state.timeline if one.type == "ordered").body
    assert body["second_check"] is False
    assert day.state.order_check == ""


def test_the_same_order_sent_twice_is_one(day):
    number = new_id()
    day.order(order_id=number)
    day.order(order_id=number)
    assert [one.type for one in day.state.timeline].count("ordered") == 1


def test_before_the_go_no_dose_is_offered_and_what_was_given_can_be_written_down(day, monitor):
    day.order()
    day.arrive(ago=10)
    page = text(monitor.get(at("session", day)))
    assert "Write down a dose that was given before it was released" in page
    assert 'id="f-dose"' not in page
    day.go()
    page = text(monitor.get(at("session", day)))
    assert "before it was released" not in page
    assert 'id="f-dose"' in page
