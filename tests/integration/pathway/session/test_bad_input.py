"""Bad input at the bedside: what a page refuses, what the outbox's address stores and flags, and who is told."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from tests.integration.pathway.courses import course_at
from tests.integration.pathway.session.conftest import CALM, entry
from upwell.access.acting import acting_as
from upwell.base.clock import now
from upwell.base.ids import new_id
from upwell.pathway.session.models import Session, SessionEvent
from upwell.record.models import Alert

pytestmark = [pytest.mark.django_db, pytest.mark.once]
BY_SCRIPT = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture
def monitor(day, client_as):
    return client_as(day.monitor)


def to(day, what):
    return reverse("session_record", args=[day.id, what])


def alerts(day):
    with acting_as(day.monitor):
        return list(Alert.objects.filter(patient_id=day.patient.id).order_by("raised_at", "id"))


def stored(day):
    with acting_as(day.monitor):
        return SessionEvent.objects.filter(session_id=day.id).count()


PRESSURES = "bp_systolic_mmhg", "bp_diastolic_mmhg"
ON_THE_PAGE = [
    # what, form, fields, what the page says
    ("12 over 80", "vitals", dict(zip(PRESSURES, ("12", "80"), strict=True)), "greater than or equal to 20"),
    ("upside down", "vitals", dict(zip(PRESSURES, ("80", "120"), strict=True)), "below diastolic"),
    ("400 over 80", "vitals", dict(zip(PRESSURES, ("400", "80"), strict=True)), "less than or equal to"),
    ("SpO2 101", "vitals", {"spo2_percent": "101"}, "less than or equal to 100"),
    ("nothing", "vitals", {}, "Nothing is filled in yet"),
    ("MOAA/S 6", "scale", {"instrument": "moaa-s", "total": "6"}, "is not one of the"),
    ("no words", "words", {"kind_of": "note"}, "This field is required"),
    ("0 mg", "dose", {"dose_mg": "0"}, "0 is no amount"),
    ("less than nothing", "dose", {"dose_mg": "-5"}, "0"),
    ("no amount", "dose", {"lot": "A1"}, "How many mg were given?"),
    ("words for a number", "dose", {"dose_mg": "lots"}, "Enter a number"),
    ("not a number", "dose", {"dose_mg": "nan"}, "Enter a number"),
    ("a rate of 0", "infusion", {"kind_of": "started", "rate_mg_per_min": "0"}, "0 is no amount"),
    ("a step that is none", "infusion", {"kind_of": "danced"}, ""),
]


@pytest.mark.parametrize(("what", "form", "sent", "says"), ON_THE_PAGE, ids=[row[0] for row in ON_THE_PAGE])
def test_a_page_says_what_is_wrong_and_stores_nothing(day, monitor, what, form, sent, says):
    answer = monitor.post(to(day, form), sent)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert stored(day) == 0


BY_THE_OUTBOX = [
    # what, form, fields, set aside?, what the receipt tells
    ("12 over 80", "vitals", dict(zip(PRESSURES, ("12", "80"), strict=True)), True, "set aside"),
    ("upside down", "vitals", dict(zip(PRESSURES, ("80", "120"), strict=True)), True, "set aside"),
    ("SpO2 101", "vitals", {"spo2_percent": "101"}, True, "set aside"),
    ("300 over 200", "vitals", dict(zip(PRESSURES, ("300", "200"), strict=True)), False, "rare enough"),
    ("0 mg", "dose", {"dose_mg": "0"}, False, "A dose of 0 mg was recorded"),
    ("no amount", "dose", {"lot": "A1"}, False, "how much is not on record"),
    ("a dose without an order", "dose", {"dose_mg": "28"}, False, "without an order"),
]


@pytest.mark.parametrize(
    ("what", "form", "sent", "aside", "tells"), BY_THE_OUTBOX, ids=[row[0] for row in BY_THE_OUTBOX]
)
def test_what_the_outbox_sends_is_kept_and_what_is_wrong_is_said(
    day, monitor, what, form, sent, aside, tells
):
    day.record(entry("arrived", ago=5))
    fields = {**sent, "id": str(new_id()), "observed_at": now().isoformat()}
    receipt = monitor.post(to(day, form), fields, **BY_SCRIPT)
    assert receipt.status_code == 201
    assert receipt.json()["stored"]
    assert receipt.json()["set_aside"] is aside
    assert tells in " ".join(receipt.json()["told"])


@pytest.mark.parametrize(("form", "sent"), [
    ("vitals", {}), ("scale", {"instrument": "moaa-s"}), ("words", {"kind_of": "note"}),
])  # fmt: skip
def test_an_empty_form_from_the_outbox_leaves_nothing_behind(day, monitor, form, sent):
    fields = {**sent, "id": str(new_id()), "observed_at": now().isoformat()}
    receipt = monitor.post(to(day, form), fields, **BY_SCRIPT)
    assert receipt.status_code == 200
    assert receipt.json()["told"] == ["Nothing is filled in yet."]
    assert stored(day) == 0
    assert day.state.quarantined == ()


def tomorrow(day):
    here = now().astimezone(ZoneInfo(day.row.patient.practice.time_zone))
    return (here + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")


def test_a_time_that_lies_ahead_is_refused_on_the_page_and_kept_by_the_outbox(day, monitor):
    day.record(entry("arrived", ago=5))
    sent = {"spo2_percent": "97", "observed": tomorrow(day)}
    answer = monitor.post(to(day, "vitals"), sent)
    assert answer.status_code == 422
    assert "That lies in the future." in answer.content.decode()
    fields = {**sent, "id": str(new_id()), "observed_at": now().isoformat()}
    receipt = monitor.post(to(day, "vitals"), fields, **BY_SCRIPT)
    assert receipt.json()["set_aside"] is False
    assert "lies in the future" in receipt.json()["told"][0]
    assert day.state.timeline[-1].observed_at <= now()


def test_before_arrival_it_is_stored_and_flagged(day, monitor):
    fields = {"spo2_percent": "97", "id": str(new_id()), "observed_at": now().isoformat()}
    monitor.post(to(day, "vitals"), fields, **BY_SCRIPT)
    assert [one.flag for one in day.state.flags] == ["event-before-arrival"]


def test_events_of_a_closed_session_are_accepted_and_flagged(day):
    day.record(entry("arrived", ago=60), entry("ended", {"disposition": "not-dosed"}, ago=10))
    before, after = day.record(entry("vitals", CALM, ago=30), entry("vitals", CALM, ago=1))
    assert (before.is_new, after.is_new) == (True, True)
    assert "It came in after the session was over" in " ".join(before.told)
    assert "after the session was over" in " ".join(after.told)
    assert {one.flag for one in day.state.flags} == {"received-after-end", "event-after-end"}


@pytest.mark.parametrize("form", ["vitals", "dose", "words"])
def test_a_body_that_is_too_large_is_refused_in_words(day, monitor, form):
    answer = monitor.post(to(day, form), {"text": "x" * 3_000_000}, **BY_SCRIPT)
    assert answer.status_code in {400, 413}
    assert stored(day) == 0


@pytest.mark.parametrize("body", ["{", "[1, 2", '{"a": 1}', "\x00\xff", "", "a=1&" * 2000])
def test_a_body_that_is_no_form_is_no_fault(day, monitor, body):
    answer = monitor.post(to(day, "vitals"), body, content_type="application/json", **BY_SCRIPT)
    assert answer.status_code < 500
    answer = monitor.post(to(day, "vitals"), body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code in {400, 413, 422}
    assert stored(day) == 0


def test_who_gives_a_dose_that_nobody_released_is_told_and_so_is_the_team(day):
    day.record(entry("arrived", ago=20))
    recorded = day.dose(ago=5, device=1)
    assert "Your team has been alerted." in recorded.told
    alert = alerts(day)[0]
    assert alert.kind == "dose-deviation"
    assert "without an order" in alert.finding["message"]
    assert {one["fact"] for one in alert.finding["because"]} == {"dose-without-order", "dose-without-go"}
    assert {one["flag"] for one in (flag.as_json() for flag in day.state.flags) if one["deviation"]} == {
        "dose-without-order",
        "dose-without-go",
    }


def test_the_same_deviation_is_told_once_and_another_again(day):
    day.record(entry("arrived", ago=20))
    day.dose(ago=15, device=1)
    day.dose(ago=9, device=2)
    assert len(alerts(day)) == 1
    day.dose(ago=8, device=3)
    assert [len(one.finding["because"]) for one in alerts(day)] == [2, 3]
    assert "device-too-soon" in {one["fact"] for one in alerts(day)[1].finding["because"]}


def test_a_released_dose_alerts_nobody(day):
    day.order()
    day.arrive(ago=30)
    day.go()
    day.dose(ago=0, device=1)
    assert day.state.flags == ()
    assert alerts(day) == []


def test_an_order_signed_after_the_dose_says_so(day):
    day.record(entry("arrived", ago=20))
    day.dose(ago=5)
    recorded, _worked = day.order()
    assert "This order was signed after a dose had been given." in recorded.told


def test_active_intent_at_the_way_home_alerts_the_team_once(day):
    day.record(entry("arrived", ago=20))
    told = entry("criterion", {"id": "suicidal-intent", "met": False}, 1)
    day.record(told)
    day.record(told)
    day.record(entry("criterion", {"id": "oriented", "met": False}, 1))
    found = alerts(day)
    assert [(one.kind, one.level) for one in found] == [("suicide-risk", "high")]
    assert "judged before going home" in found[0].finding["message"]


def test_a_second_session_on_one_chair_is_said(day, practice, client_as, patient_factory):
    from upwell.people.models import Chair

    with acting_as(day.monitor):
        chair = Chair.objects.create(practice=practice, name="Chair 1")
        Session.objects.filter(id=day.id).update(chair=chair)
        other = course_at(patient_factory("Okafor", "Ada", sex="female"), "induction",
                          substance="esketamine", route="intranasal")  # fmt: skip
    client = client_as(day.monitor)
    assert "is open here" in client.get(reverse("session_new", args=[other.id])).content.decode()
    opened = client.post(
        reverse("session_new", args=[other.id]), {"chair": str(chair.id), "kind": "individual"}, follow=True
    ).content.decode()
    assert "is open on Chair 1, too" in opened
    assert "Another session is open on Chair 1" in opened
    assert "Another session is open" in client.get(reverse("session", args=[day.id])).content.decode()


def test_the_checklist_without_answers_writes_nothing(day, monitor):
    answer = monitor.post(reverse("session_gate", args=[day.id]), {"do": "save"}, follow=True)
    assert "Nothing new was filled in." in answer.content.decode()
    assert stored(day) == 0
