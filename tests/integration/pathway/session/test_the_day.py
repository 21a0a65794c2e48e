"""A dosing day from the order to the way home: what is refused, what is stored, what is flagged."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from tests.integration.pathway.session.conftest import CALM, entry
from upwell.access.acting import acting_as
from upwell.access.system import system_actor
from upwell.access.who import patient_actor
from upwell.base.clock import now
from upwell.base.errors import NotPermitted, RefusedByRule
from upwell.base.ids import new_id
from upwell.knowledge.edition import Edition, packaged
from upwell.office.knowledge.actions import adopt, propose
from upwell.pathway.consent.actions import withdraw_consent
from upwell.pathway.screening.models import Screening
from upwell.pathway.session.actions import correct_event
from upwell.pathway.session.intents import asked, discharge
from upwell.pathway.session.log import folded
from upwell.pathway.session.models import SessionEvent
from upwell.record.models import Alert
from upwell.science.session import State

pytestmark = pytest.mark.django_db
RECOVERED = {
    "oriented": True,
    "walks-unaided": True,
    "dissociation": True,
    "suicidal-intent": True,
    "written-instructions": True,
    "contact-number": True,
}


def recovered(ago):
    """What is assessed before somebody goes home: sedation twice, 15 minutes apart, and the criteria."""
    return [
        entry("scale", {"instrument": "moaa-s", "total": 5}, ago + 20),
        entry("scale", {"instrument": "moaa-s", "total": 5}, ago),
        entry("scale", {"instrument": "rass", "total": 0}, ago),
        entry("scale", {"instrument": "modified-aldrete", "total": 10}, ago),
        entry("vitals", CALM, ago + 20),
        entry("vitals", CALM, ago),
        entry("criterion", {"id": "escort", "met": True, "text": "Joana, his sister"}, ago),
        *(entry("criterion", {"id": key, "met": met}, ago) for key, met in RECOVERED.items()),
    ]


def test_the_whole_day(day):
    day.order()
    day.arrive()
    assert day.state.state is State.ARRIVED
    assert day.go().is_new
    assert day.state.state is State.READY
    day.dose(ago=180, device=1, lot="A1")
    day.dose(ago=175, device=2, lot="A1")
    state = day.state
    assert (state.state, state.given_mg) == (State.OBSERVING, 56)
    day.record(entry("vitals", CALM, 140), *recovered(ago=5))
    with acting_as(day.monitor) as monitor:
        discharge(by=monitor, session_id=day.id, escort="Joana, his sister", instructions_given=True)
    row = day.row
    assert (row.stands, row.is_over, row.given_mg) == ("discharged", True, 56)


def test_too_early_nobody_goes_home_and_the_time_is_said(day):
    day.order()
    day.arrive(ago=120)
    day.go()
    day.dose(ago=100, device=1)
    day.dose(ago=95, device=2)
    day.record(*recovered(ago=2))
    with acting_as(day.monitor) as monitor, pytest.raises(RefusedByRule, match=r"Earliest: \d\d:\d\d\."):
        discharge(by=monitor, session_id=day.id, escort="Joana", instructions_given=True)
    assert not day.row.is_over
    assert day.row.leave_at > now()


def test_no_go_while_the_gate_is_not_answered(day):
    day.order()
    day.record(entry("arrived", ago=30))
    with pytest.raises(RefusedByRule, match="Blood pressure was not measured"):
        day.go()
    assert day.state.state is State.ARRIVED


def test_the_prescriber_decides_with_a_reason_what_may_be_decided(day):
    day.order()
    day.arrive(ago=30, vitals=CALM | {"bp_systolic_mmhg": 148})
    with pytest.raises(RefusedByRule, match="140/90"):
        day.go()
    day.go({"predose.bp.esketamine.us": "Known white coat, 128/80 at home this morning."})
    assert day.state.state is State.READY


def test_a_decision_links_to_the_version_that_it_was_made_with(day, client_as, practice, staff):
    """Another version is in force since; the log says what the rules said then, and from where."""
    day.order()
    day.arrive(ago=30, vitals=CALM | {"bp_systolic_mmhg": 148})
    day.go({"predose.bp.esketamine.us": "Known white coat, 128/80 at home this morning."})
    with acting_as(system_actor("set-up", practice.id)) as by:
        text = packaged().texts["gates/predose.toml"] + "# signed later\n"
        row = propose(by=by, wanted=Edition({"gates/predose.toml": text}), note="Later.")
    with acting_as(staff("medical-director")) as by:
        adopt(by=by, version=row.version, number=1, name="Ines Moreau", policies_seen=True)
    page = client_as(day.prescriber).get(reverse("session_log", args=[day.id])).content.decode()
    assert reverse("knowledge_version", args=[packaged().version]) in page
    assert reverse("why", args=["predose.bp.esketamine.us"]) + f"?version={packaged().version}" in page
    assert row.version not in page


def test_nobody_overrides_an_absolute(day):
    day.order()
    day.arrive(ago=30, escort_named=False)
    with pytest.raises(RefusedByRule, match="no-go"):
        day.go({"predose.escort": "They will take a taxi."})


def test_only_the_prescriber_orders_and_decides(day):
    day.prescriber = day.monitor
    with pytest.raises(NotPermitted):
        day.order()
    with pytest.raises(NotPermitted):
        day.go()


def test_no_order_outside_of_treatment(day):
    with acting_as(day.prescriber):
        day.course.state = "preparation"
        day.course.save()
    with pytest.raises(RefusedByRule, match="begins the induction"):
        day.order()


def test_a_dose_without_an_order_is_stored_and_flagged(day):
    recorded = day.dose(ago=3)
    assert recorded.is_new
    assert "A dose was given without an order." in recorded.told
    assert day.row.given_mg == 28


def test_sent_twice_it_counts_once(day):
    one = entry("dose-given", {"dose_mg": 28}, 3)
    first, second = day.record(one)[0], day.record(one)[0]
    assert (first.is_new, second.is_new) == (True, False)
    assert second.told == ("This is stored already; it counts once.",)
    assert day.row.given_mg == 28


def test_another_entry_under_the_same_id_is_set_aside_not_lost(day):
    one = entry("dose-given", {"dose_mg": 28}, 3)
    day.record(one)
    other = day.record(one | {"body": {"dose_mg": 84}})[0]
    assert other.set_aside
    assert day.row.given_mg == 28
    assert len(day.state.quarantined) == 1


@pytest.mark.parametrize(
    "broken",
    [
        {"type": "vitals", "body": {"bp_systolic_mmhg": 9000}},
        {"type": "vitals", "body": {"bp_systolic_mmhg": 80, "bp_diastolic_mmhg": 120}},
        {"type": "dance", "body": {}},
        {"type": "note", "body": {"text": "a\0b"}},
        {"type": "note", "body": {"text": "half \ud83d"}},
        {"type": "note", "body": {"text": "x" * 20_000}},
        {"type": "vitals", "body": [1]},
        {"type": "vitals", "observed_at": "yesterday"},
        {"id": "not-a-uuid", "type": "note"},
    ],
)
def test_what_can_not_be_read_is_set_aside(day, broken):
    recorded = day.record(broken)[0]
    assert recorded.set_aside
    assert "nothing is lost" in recorded.told[0]
    again = day.record(broken)[0]
    assert again.set_aside


def test_a_late_entry_is_folded_in_where_it_belongs(day):
    day.record(entry("vitals", CALM | {"heart_rate_bpm": 88}, 2))
    recorded = day.record(entry("vitals", CALM | {"heart_rate_bpm": 66}, 40))[0]
    assert "Recorded as a late entry, at its own time." in recorded.told
    assert [event.body["heart_rate_bpm"] for event in day.state.timeline] == [66, 88]


def test_a_clock_that_is_ahead_is_said_and_the_entry_counts_now(day):
    recorded = day.record(entry("dose-given", {"dose_mg": 28}, ago=-180))[0]
    assert any("clock" in words for words in recorded.told)
    assert day.row.given_mg == 28
    assert day.row.first_dose_at <= now()


def test_alarms_stay_until_somebody_acknowledges(day):
    day.record(entry("vitals", CALM | {"bp_systolic_mmhg": 184}, 1))
    assert (day.row.alarms_open, day.row.worst_alarm) == (1, "red")
    day.record(entry("vitals", CALM))
    assert day.row.alarms_open == 1
    day.record(entry("checklist", {"item": "acknowledge:session.bp.red", "value": True}))
    assert day.row.alarms_open == 0


def test_left_open_overnight_it_is_ended_with_its_true_time(day):
    day.dose(ago=60 * 20)
    day.record(entry("ended", {"disposition": "eloped", "follow_up": "Called; at home."}, 60 * 18))
    row = day.row
    assert row.stands == "ended"
    assert timedelta(hours=17) < now() - row.over_at < timedelta(hours=19)


def test_the_log_takes_no_change(day):
    day.record(entry("note", {"text": "calm"}))
    refused = pytest.raises(DatabaseError, match="Cannot update or delete")
    with acting_as(day.monitor), refused, transaction.atomic():
        SessionEvent.objects.update(type="vitals")


def test_a_fault_elsewhere_loses_no_dose(day, monkeypatch):
    def fails(**_):
        raise ValueError("a fault in another step")

    monkeypatch.setattr("upwell.pathway.response.planning.plan_measures", fails)
    assert day.dose(ago=3).is_new
    assert day.state.given_mg == 28


def test_consent_withdrawn_on_the_morning_stops_order_and_gate(day):
    day.order()
    day.arrive(ago=20)
    person = patient_actor(day.patient.account_id, "Maya Ferreira", (day.patient.id,))
    with acting_as(person):
        withdraw_consent(by=person, consent_id=day.consent.id, reason="Not today.")
    with pytest.raises(RefusedByRule, match="No consent is in force"):
        day.go()
    with pytest.raises(RefusedByRule, match="No consent is in force"):
        day.order(order_id=new_id())
    assert day.dose(ago=1).is_new


def test_after_the_go_a_consent_taken_back_is_said_at_the_bedside(day, client_as):
    day.order()
    day.arrive(ago=20)
    day.go()
    monitor, page = client_as(day.monitor), reverse("session", args=[day.id])
    assert "Give the dose as ordered" in monitor.get(page).content.decode()
    person = patient_actor(day.patient.account_id, "Maya Ferreira", (day.patient.id,))
    with acting_as(person):
        withdraw_consent(by=person, consent_id=day.consent.id, reason="Not today.")
    told = monitor.get(page).content.decode()
    assert "Give no dose: no consent is in force" in told
    assert "Give the dose as ordered" not in told


def test_the_day_of_the_rules_is_the_practices_day(day, time_machine):
    """18:10 in Chicago is past midnight in Greenwich: a pressure of 182 at five o'clock is still of today."""
    time_machine.move_to(datetime(2026, 3, 2, 23, 0, tzinfo=UTC), tick=False)  # 17:00 in Chicago
    day.order()
    day.arrive(ago=5, vitals=CALM | {"bp_systolic_mmhg": 182})
    time_machine.move_to(datetime(2026, 3, 3, 0, 10, tzinfo=UTC), tick=False)
    day.record(entry("vitals", CALM, 1))
    with pytest.raises(RefusedByRule, match="no dose today"):
        day.go()


def test_what_was_told_at_the_screening_counts_at_the_gate(day):
    """A medicine that stands in no record and was told weeks before: a “no” on the checklist does not fit it."""
    with acting_as(day.prescriber) as by:
        Screening.objects.create(
            practice_id=day.course.practice_id,
            patient_id=day.course.patient_id,
            course_id=day.course.id,
            state="decided",
            decision="eligible",
            substance="esketamine",
            route="intranasal",
            reason="Weighed.",
            decided_at=now(),
            decided_by_id=by.account_id,
            told={"lists": {"medicines": ["phenelzine 15 mg"]}},
        )
    day.order()
    day.arrive(ago=5)
    with acting_as(day.prescriber):
        said = asked(folded(day.row, now()), "predose")["findings"]
    found = next(one for one in said if one["rule"] == "facts.contradiction.concomitant")
    assert "phenelzine" in str(found["because"])


@pytest.mark.parametrize(
    ("level", "raised"),
    [("none", 0), ("low", 0), ("moderate", 1), ("high", 1), ("acute", 1), ("incomplete", 0)],
)
def test_a_level_of_suicide_risk_on_the_checklist_alerts_the_team_once(day, level, raised):
    told = entry("checklist", {"item": "suicide_risk", "value": level})
    day.record(told)
    day.record(told)  # sent twice, it is one
    with acting_as(day.prescriber):
        found = list(Alert.objects.filter(patient_id=day.patient.id))
    assert len(found) == raised
    if found:
        assert (found[0].level, found[0].closed_at) == (level, None)
        assert f"{level} risk" in found[0].finding["message"]


def test_a_correction_that_tells_of_acute_risk_alerts_too(day):
    told = entry("checklist", {"item": "suicide_risk", "value": "none"}, 3)
    day.record(told)
    with acting_as(day.monitor) as by:
        correct_event(
            by=by,
            session_id=day.id,
            event_id=UUID(told["id"]),
            reason="Misread.",
            replacement={"item": "suicide_risk", "value": "acute"},
        )
        assert Alert.objects.get(patient_id=day.patient.id).level == "acute"


def test_the_alert_is_in_the_transaction_of_the_entry(day):
    with transaction.atomic():
        day.record(entry("checklist", {"item": "suicide_risk", "value": "acute"}))
        transaction.set_rollback(True)  # something after it went wrong
    with acting_as(day.prescriber):
        assert not Alert.objects.filter(patient_id=day.patient.id).exists()
        assert not SessionEvent.objects.filter(session_id=day.id).exists()
