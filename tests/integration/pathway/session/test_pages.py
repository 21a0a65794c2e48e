"""The pages of a dosing day, as plain forms: order, gate, bedside, going home, what the person takes along."""

from __future__ import annotations

import html
import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.integration.pathway.courses import course_at
from tests.integration.pathway.session.conftest import CALM, Day, entry
from tests.integration.pathway.session.test_the_day import recovered
from upwell.access.acting import acting_as
from upwell.access.local_time import local_time
from upwell.access.models import CareLink, Release
from upwell.access.system import system_actor
from upwell.access.who import patient_actor
from upwell.base.clock import now
from upwell.base.ids import new_id
from upwell.knowledge.protocols import load_protocol
from upwell.pathway.parts import waiting_for
from upwell.pathway.session.models import SessionEvent, SessionQuarantine
from upwell.pathway.session.ordering import Wanted

pytestmark = pytest.mark.django_db


@pytest.fixture
def monitor(day, client_as):
    return client_as(day.monitor)


@pytest.fixture
def prescriber(day, client_as):
    return client_as(day.prescriber)


def at(name, day, *more):
    return reverse(name, args=[day.id, *more])


def text(answer):
    return answer.content.decode()


def test_the_order_is_shown_before_it_is_signed(day, prescriber):
    sent = {"protocol": "esketamine-trd", "dose_mg": "56"}
    shown = prescriber.post(at("session_order", day), sent)
    assert "56 mg = 2 × 28 mg" in text(shown)
    assert not day.state.ordered
    number = str(new_id())
    signed = prescriber.post(at("session_order", day), sent | {"confirm": "on", "id": number}, follow=True)
    assert "2 devices" in text(signed)
    prescriber.post(at("session_order", day), sent | {"confirm": "on", "id": number})
    assert len(day.state.timeline) == 1


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"dose_mg": "60"}, "56 or 84 mg are given"),
        ({"dose_mg": ""}, "How much?"),
        ({"dose_mg": "-1"}, "greater than or equal to 0"),
        ({"dose_mg": "abc"}, "Enter a number"),
        ({"dose_mg": "1e9"}, "less than or equal to"),
    ],
)
def test_an_order_that_can_not_be_is_said_beside_the_field(day, prescriber, sent, says):
    answer = prescriber.post(at("session_order", day), {"protocol": "esketamine-trd", "confirm": "on"} | sent)
    assert answer.status_code == 422
    assert says in text(answer)
    assert not day.state.ordered


def test_the_checklist_is_written_down_and_the_rules_are_asked(day, monitor, prescriber):
    day.order()
    day.record(entry("arrived", ago=1))
    refused = prescriber.post(at("session_gate", day), {"do": "go"})
    assert refused.status_code == 409
    assert "Who takes the person home?" in text(refused)
    fields = {
        "do": "save",
        "id": str(new_id()),
        "escort_name": "Joana",
        "suicide_risk": "none",
        "pregnancy_test": "negative",
        "new_psychosis_or_mania": "no",
        "rems_site_certified": "yes",
        "rems_patient_enrolled": "yes",
        "last_food_at": "2026-01-01T08:00",
        "last_liquid_at": "2026-01-01T09:00",
        **{
            f"concomitant.{one}": "no"
            for one in ("benzodiazepine", "hypnotic", "opioid", "stimulant", "maoi")
        },
        **{name: str(value) for name, value in CALM.items()},
    }
    page = text(monitor.post(at("session_gate", day), fields, follow=True))
    assert "Blood pressure was not measured" not in page
    assert 'value="Joana"' in page
    assert monitor.post(at("session_gate", day), {"do": "go"}).status_code == 403
    gone = prescriber.post(at("session_gate", day), {"do": "go"}, follow=True)
    assert "Go. The dose may be given." in text(gone)
    assert str(day.state.state) == "ready"


def shown_on(answer):
    return html.unescape(re.search(r'name="as_shown" value="([^"]*)"', text(answer))[1])


def test_of_two_who_fill_the_checklist_in_at_once_nobody_undoes_what_the_other_said(day, monitor, client_as):
    day.order()
    day.record(entry("arrived", ago=1))
    gate, other = at("session_gate", day), client_as(day.prescriber)
    first = {"do": "save", "suicide_risk": "none", "last_food_at": "2026-01-01T08:00"}
    monitor.post(gate, first | {"as_shown": shown_on(monitor.get(gate))})
    opened = shown_on(other.get(gate))
    monitor.post(gate, {"do": "save", "suicide_risk": "acute", "as_shown": opened})
    other.post(gate, first | {"as_shown": opened, "new_psychosis_or_mania": "no"})  # the rest was only shown
    assert answers_of(day)["suicide_risk"] == "acute"
    assert answers_of(day)["new_psychosis_or_mania"] is False
    told = other.post(gate, first | {"as_shown": opened, "suicide_risk": "low"})
    assert told.status_code == 422
    assert "Somebody else answered “Acute: stay with the person” meanwhile" in text(told)
    assert answers_of(day)["suicide_risk"] == "acute"
    other.post(gate, first | {"as_shown": shown_on(told), "suicide_risk": "low"})
    assert answers_of(day)["suicide_risk"] == "low"
    assert monitor.post(gate, first | {"as_shown": "[\0"}).status_code in (302, 422)


def answers_of(day):
    return {one.body["item"]: one.body["value"] for one in day.state.counting if one.type == "checklist"}


def test_an_entry_of_another_day_shows_its_day(day, monitor):
    day.record(entry("arrived", ago=1), entry("note", {"text": "before"}, ago=3 * 24 * 60))
    page = text(monitor.get(at("session", day)))
    assert len(re.findall(r"log__when[^<]*<br>", page)) == 1


def test_of_two_who_decide_at_once_the_second_is_told_what_changed(day, prescriber, staff, client_as):
    day.order()
    day.arrive(ago=5)
    other = client_as(staff("prescriber", name="Dr. Ana Ruiz"))
    seen = seen_on(prescriber.get(at("session_gate", day)))
    assert seen_on(other.get(at("session_gate", day))) == seen_on(other.get(at("session_order", day))) == seen
    assert prescriber.post(at("session_gate", day), {"do": "go", "seen": seen}).status_code == 302
    told = other.post(at("session_gate", day), {"do": "hold", "seen": seen})
    assert told.status_code == 409
    assert "Dr. Daniel Cho decided meanwhile" in text(told)
    assert str(day.state.state) == "ready"  # what came second was not stored
    dose = {"protocol": "esketamine-trd", "dose_mg": "84", "confirm": "on", "seen": seen}
    assert "Dr. Daniel Cho decided meanwhile" in text(other.post(at("session_order", day), dose))
    assert day.state.ordered_mg == 56
    again = other.post(at("session_gate", day), {"do": "hold", "seen": seen_on(told)})
    assert again.status_code == 302  # having looked, they may


def seen_on(answer):
    """What the page says was decided last, as its form sends it along."""
    return re.search(r'name="seen" value="([^"]*)"', text(answer))[1]


def test_who_may_not_see_all_of_the_record_is_told_so_at_both_gates(day, prescriber, monitor):
    for name in ("session_gate", "session_leave"):
        assert "the law keeps apart" not in text(prescriber.get(at(name, day)))
        assert "may see more findings than stand here" in text(monitor.get(at(name, day)))


def test_vitals_from_a_plain_form(day, monitor):
    number = str(new_id())
    sent = {"id": number, "bp_systolic_mmhg": "128", "bp_diastolic_mmhg": "82"}
    page = text(monitor.post(at("session_record", day, "vitals"), sent, follow=True))
    assert "128/82 mmHg" in page
    monitor.post(at("session_record", day, "vitals"), sent)
    assert len(day.state.timeline) == 1


@pytest.mark.parametrize(
    ("what", "sent"),
    [
        ("vitals", {}),
        ("vitals", {"bp_systolic_mmhg": "12o"}),
        ("vitals", {"bp_systolic_mmhg": "80", "bp_diastolic_mmhg": "120"}),
        ("vitals", {"heart_rate_bpm": "9000"}),
        ("vitals", {"heart_rate_bpm": "70", "observed": "never"}),
        ("scale", {"total": "7"}),
        ("dose", {"dose_mg": "-3"}),
        ("infusion", {"kind_of": "exploded"}),
        ("words", {"kind_of": "note", "text": "x" * 20_000}),
        ("adverse", {"term": ""}),
        ("end", {"disposition": "vanished"}),
    ],
)
def test_a_slip_of_the_pen_is_said_and_nothing_is_stored(day, monitor, what, sent):
    answer = monitor.post(at("session_record", day, what), sent)
    assert answer.status_code == 422
    with acting_as(day.monitor):
        assert not SessionEvent.objects.exists()
        assert not SessionQuarantine.objects.exists()


def test_the_outbox_gets_a_receipt_for_everything_it_sends(day, monitor):
    def send(what, **fields):
        return monitor.post(at("session_record", day, what), fields, headers={"Accept": "application/json"})

    number = str(new_id())
    first = send(
        "vitals", id=number, heart_rate_bpm="71", observed_at="2026-01-01T10:00:00Z", from_device="tablet-2"
    )
    again = send(
        "vitals", id=number, heart_rate_bpm="71", observed_at="2026-01-01T10:00:00Z", from_device="tablet-2"
    )
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["duplicate"] is True
    broken = send("vitals", id=str(new_id()), heart_rate_bpm="very fast")
    assert broken.json()["set_aside"] is True
    assert send("vitals", id="no-id", heart_rate_bpm="71").json()["set_aside"] is True
    assert send("dance").status_code == 404
    assert [one.body for one in day.state.timeline] == [{"heart_rate_bpm": 71}]
    assert "were set aside" in text(monitor.get(at("session", day)))


def test_a_dose_from_the_tablet_counts_with_the_number_of_its_device(day, monitor):
    """The nasal device that gave the dose is one thing, the tablet that sent the entry another."""
    sent = {"id": str(new_id()), "dose_mg": "28", "device": "1", "lot": "A1", "from_device": "device-x1y2z3"}
    answer = monitor.post(at("session_record", day, "dose"), sent, headers={"Accept": "application/json"})
    assert answer.json()["set_aside"] is False
    (dose,) = day.state.timeline
    assert dose.body == {"dose_mg": 28, "device": 1, "lot": "A1"}
    assert day.state.given_mg == 28


def test_a_correction_keeps_what_was_written_and_says_why(day, monitor):
    number = day.record(entry("vitals", {"heart_rate_bpm": 170, "spo2_percent": 98}, 2))[0].id
    assert day.row.alarms_open == 1
    address = at("session_correct", day, number)
    assert monitor.get(address).status_code == 200
    assert monitor.post(address, {"do": "replace", "heart_rate_bpm": "70", "reason": ""}).status_code == 422
    monitor.post(
        address,
        {"do": "replace", "heart_rate_bpm": "70", "spo2_percent": "98", "reason": "Slip of the finger."},
    )
    page = text(monitor.get(at("session_log", day)))
    assert "Slip of the finger." in page
    assert "170" in page
    assert day.state.counting[0].body == {"heart_rate_bpm": 70, "spo2_percent": 98}
    assert day.row.alarms_open == 0


def test_what_was_set_aside_can_be_mended(day, monitor):
    number = str(new_id())
    day.record({"id": number, "type": "vitals", "body": {"heart_rate_bpm": "fast"}})
    assert "Mend" in text(monitor.get(at("session_log", day)))
    sent = {"do": "replace", "heart_rate_bpm": "88", "reason": "It was 88."}
    assert monitor.post(at("session_correct", day, number), sent).status_code == 302
    assert day.state.counting[0].body == {"heart_rate_bpm": 88}
    assert "set aside" not in text(monitor.get(at("session", day)))


def test_going_home(day, monitor, client_as):
    day.order()
    day.arrive()
    day.go()
    day.dose(ago=180, device=1)
    day.dose(ago=175, device=2)
    early = monitor.post(at("session_leave", day), {"do": "discharge", "escort": "Joana", "oriented": "yes"})
    assert early.status_code == 409
    assert "MOAA/S" in text(early)
    assert [one.body["id"] for one in day.state.timeline if one.type == "criterion"] == ["oriented", "escort"]
    day.record(entry("vitals", CALM, 140), *recovered(ago=5))
    gone = monitor.post(at("session_leave", day), {"do": "discharge", "escort": "Joana"}, follow=True)
    assert "after a night&#x27;s sleep" in text(gone)
    own = client_as(day.patient.account)
    with acting_as(patient_actor(day.patient.account_id, "Maya", (day.patient.id,))) as person:
        assert "Read what to do until tomorrow" in [one.what for one in waiting_for(person, now())]
    assert "after a night&#x27;s sleep" in text(own.get(reverse("own_session", args=[day.id])))


def test_an_end_before_a_dose_is_refused_and_the_dose_stays_in_the_session(day, monitor):
    day.arrive(ago=400)
    day.dose(ago=60)
    early = (timezone.localtime(now(), ZoneInfo(day.row.practice.time_zone)) - timedelta(hours=5)).strftime(
        "%Y-%m-%dT%H:%M"
    )
    sent = {"disposition": "against-advice", "observed": early}
    told = monitor.post(at("session_record", day, "end"), sent)
    assert told.status_code == 422
    assert "A dose is on record at" in text(told)
    assert not day.row.is_over
    monitor.post(at("session_record", day, "end"), {"disposition": "against-advice"})
    assert day.row.is_over
    assert day.row.first_dose_at is not None


def test_left_open_overnight_it_stands_on_today(day, monitor, client_as):
    with acting_as(system_actor("set-up", day.course.practice_id)):
        row = day.row
        row.opened_at = row.opened_at.replace(year=row.opened_at.year - 1)
        row.save()
    assert "End the session that was left open" in text(monitor.get("/today/"))


@pytest.mark.parametrize(("minutes", "left_open"), [(20, False), (12 * 60, False), (12 * 60 + 1, True)])
def test_midnight_alone_leaves_no_session_open(day, minutes, left_open):
    evening = datetime(2026, 3, 2, 23, 50, tzinfo=ZoneInfo("America/Chicago"))
    with acting_as(system_actor("set-up", day.course.practice_id)):
        row = day.row
        row.opened_at = evening
        row.save()
    with local_time("America/Chicago"), acting_as(day.prescriber):
        told = [one.what for one in waiting_for(day.prescriber, evening + timedelta(minutes=minutes))]
    assert ("End the session that was left open, with its true time" in told) is left_open


def test_another_practice_reads_what_was_released_and_writes_nothing(
    day, client_as, staff, other_practice, patient_factory
):
    day.dose(ago=5)
    therapist = staff("therapist", at=other_practice)
    there = client_as(therapist)
    assert there.get(at("session", day)).status_code == 404
    own = patient_factory("Ferreira", "Maya", at=other_practice)
    with acting_as(system_actor("set-up")):
        CareLink.objects.create(
            practice=other_practice,
            patient=own,
            other_practice=day.course.practice,
            other_patient=day.patient,
        )
        for kind in ("demographics", "course", "sessions"):
            Release.objects.create(
                practice=day.course.practice,
                patient=day.patient,
                to_practice=other_practice,
                kind=kind,
                starts_at=now() - timedelta(hours=1),
            )
    page = text(there.get(at("session", day)))
    assert "28 mg" in page
    assert "session_record" not in page
    sent = {"heart_rate_bpm": "70"}
    assert there.post(at("session_record", day, "vitals"), sent).status_code == 404
    for name in ("session_log", "session_gate", "session_leave", "session_part", "session_watch"):
        assert there.get(at(name, day)).status_code == 404


def test_the_bedside_costs_the_same_however_long_the_log(day, monitor, count_queries):
    day.order()
    day.arrive(ago=60)
    address = at("session", day)
    monitor.get(address)
    few = count_queries(lambda: monitor.get(address))
    day.record(*[entry("vitals", CALM, n) for n in range(40)])
    assert count_queries(lambda: monitor.get(address)) <= few
    assert few < 60


def test_every_page_opens(day, prescriber, monitor):
    day.arrive(ago=40)
    for name in (
        "session",
        "session_watch",
        "session_part",
        "session_order",
        "session_gate",
        "session_leave",
    ):
        assert prescriber.get(at(name, day)).status_code == 200, name
    assert prescriber.get(reverse("course", args=[day.course.id])).status_code == 200
    assert monitor.get("/today/").status_code == 200


def test_the_predicted_curve_stands_behind_the_vital_signs(day, monitor):
    assert "chart__wide" not in text(monitor.get(at("session", day)))  # nothing to draw yet
    day.order()
    day.arrive(ago=60)
    page = text(monitor.get(at("session", day)))
    assert "Vital signs over time" in page
    assert "is a prediction" not in page
    day.dose(ago=20)
    day.dose(ago=15)
    for name in ("session", "session_watch", "session_part"):
        page = text(monitor.get(at(name, day)))
        assert "predicted concentration" in page
        assert "never a reason to give or hold a dose" in page
        assert "122/78" in page


def test_into_a_muscle_the_bedside_shows_timing_alone(
    practice, staff, patient_factory, account_factory, client_as
):
    patient = patient_factory("Reyes", "Tomas", sex="male", account=account_factory("Tomas Reyes"))
    course = course_at(patient, "induction", substance="racemic-ketamine", route="im")
    day = Day(practice, patient, staff, course)
    day.order(
        wanted=Wanted("racemic-ketamine", "im", protocol=load_protocol("im"), dose_mg=35.0, weight_kg=70.0)
    )
    form = client_as(day.monitor).get(at("session", day)).context["forms"]["dose"]
    assert (form["dose_mg"].value(), "device" in form.fields) == (
        "35",
        False,
    )  # as ordered; no device is counted
    day.dose(ago=20, dose_mg=35)
    page = text(client_as(day.monitor).get(at("session", day)))
    assert "no concentration" in page
    assert "about 243 ng/mL" in page
    assert ">ng/mL<" not in page
