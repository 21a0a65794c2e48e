"""The dosing session from its log: what is due by route, alarms at every threshold, doses, the clock of discharge."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from tests.spec.sessions import WELL, Log, alarms, clock, due, events, flags, folded, ident, raw
from upwell.science.session import ask_gate

BP, HR, O2, SEDATION = "blood pressure", "heart rate", "SpO2", "sedation"


def dosed(
    route: str, substance: str = "racemic-ketamine", *, infusion: float | None = None, **more: Any
) -> Log:
    """A session in which a dose was given at minute 0, or an infusion runs from there for so long."""
    log = Log(substance=substance, route=route, dose_mg=40, **more)
    if infusion is None:
        log.add("dose-given", 0, dose_mg=40)
        return log
    log.add("infusion-started", 0, rate_mg_per_min=40 / infusion)
    log.add("infusion-stopped", infusion)
    return log


def measured(log: Log, minutes: list[float]) -> Log:
    for minute in minutes:
        log.add("vitals", minute, **WELL)
        log.add("scale", minute, instrument="moaa-s", total=5)
    return log


# Clinical reference 3.4, monitoring by route. (route, measured at, asked at, what, due at, overdue)
DUE = [
    # intranasal esketamine: blood pressure at about 40 minutes
    ("esketamine", "intranasal", [], 0, BP, 40, False),
    ("esketamine", "intranasal", [], 40, BP, 40, False),
    ("esketamine", "intranasal", [], 41, BP, 40, True),
    ("esketamine", "intranasal", [31], 45, BP, 40, True),  # too early to be the one at about 40
    ("esketamine", "intranasal", [32], 45, BP, None, None),
    ("esketamine", "intranasal", [40], 45, BP, None, None),
    ("esketamine", "intranasal", [], 45, SEDATION, None, None),  # the source gives no interval
    # into a vein: blood pressure every 10 to 15 minutes, due at the stricter, overdue after the laxer
    ("racemic-ketamine", "iv", [], 1, BP, 10, False),
    ("racemic-ketamine", "iv", [], 15, BP, 10, False),
    ("racemic-ketamine", "iv", [], 16, BP, 10, True),
    ("racemic-ketamine", "iv", [10], 11, BP, 20, False),
    ("racemic-ketamine", "iv", [7], 9, BP, 10, False),
    ("racemic-ketamine", "iv", [8], 9, BP, 20, False),
    ("racemic-ketamine", "iv", [10], 11, SEDATION, 15, False),
    ("racemic-ketamine", "iv", [10], 16, SEDATION, 15, True),
    ("racemic-ketamine", "iv", [15], 16, SEDATION, 30, False),
    ("racemic-ketamine", "iv", [10], 11, HR, None, None),  # all the time, not by the clock
    # into a muscle or under the skin: every 5 minutes for 15, then every 15 to the hour, then every 30
    *(
        row
        for route in ("im", "sc")
        for row in [
            ("racemic-ketamine", route, [], 0, BP, 5, False),
            ("racemic-ketamine", route, [], 5, BP, 5, False),
            ("racemic-ketamine", route, [], 6, BP, 5, True),
            ("racemic-ketamine", route, [5], 6, HR, 10, False),
            ("racemic-ketamine", route, [5, 10], 11, O2, 15, False),
            ("racemic-ketamine", route, [5, 10, 15], 16, SEDATION, 30, False),
            ("racemic-ketamine", route, [30], 31, BP, 45, False),
            ("racemic-ketamine", route, [45], 46, BP, 60, False),
            ("racemic-ketamine", route, [60], 61, BP, 90, False),
            ("racemic-ketamine", route, [90], 91, BP, 120, False),
            ("racemic-ketamine", route, [90], 121, BP, 120, True),
        ]
    ),
    # under the tongue, and racemic ketamine into the nose: 20, 40, 60, 90, 120
    *(
        row
        for route in ("sublingual", "intranasal")
        for row in [
            ("racemic-ketamine", route, [], 1, BP, 20, False),
            ("racemic-ketamine", route, [20], 21, BP, 40, False),
            ("racemic-ketamine", route, [40], 41, BP, 60, False),
            ("racemic-ketamine", route, [60], 61, BP, 90, False),
            ("racemic-ketamine", route, [90], 91, BP, 120, False),
            ("racemic-ketamine", route, [120], 121, BP, None, None),
        ]
    ),
    # by mouth: 30, 60, 90, 120, 150
    ("racemic-ketamine", "oral", [], 1, BP, 30, False),
    ("racemic-ketamine", "oral", [30], 31, BP, 60, False),
    ("racemic-ketamine", "oral", [60], 61, BP, 90, False),
    ("racemic-ketamine", "oral", [90], 91, BP, 120, False),
    ("racemic-ketamine", "oral", [120], 121, BP, 150, False),
    ("racemic-ketamine", "oral", [120], 151, BP, 150, True),
    ("racemic-ketamine", "oral", [150], 151, BP, None, None),
]  # fmt: skip


@pytest.mark.parametrize(("substance", "route", "taken", "minute", "what", "at", "overdue"), DUE)
def test_what_is_due(
    substance: str,
    route: str,
    taken: list[float],
    minute: float,
    what: str,
    at: float | None,
    overdue: bool | None,
) -> None:
    log = measured(dosed(route, substance), taken)
    assert due(log.at(minute)).get(what) == (None if at is None else (at, overdue))


# After an infusion that stopped at minute 40: every 15 minutes to 60, then every 30, counted from the stop.
AFTER = [
    ([40], 41, 55, False), ([55], 56, 70, False), ([70], 71, 85, False), ([85], 86, 100, False),
    ([100], 101, 130, False), ([130], 131, 160, False),
    ([20], 41, 30, True),  # what was missed while it ran is still due
]  # fmt: skip


@pytest.mark.parametrize(("taken", "minute", "at", "overdue"), AFTER)
def test_what_is_due_after_an_infusion(taken: list[float], minute: float, at: float, overdue: bool) -> None:
    log = measured(dosed("iv", infusion=40), taken)
    assert due(log.at(minute))[BP] == (at, overdue)


def test_after_an_infusion_everything_is_on_the_clock() -> None:
    log = measured(dosed("iv", infusion=40), [40])
    assert due(log.at(41)) == dict.fromkeys((BP, HR, O2, SEDATION), (55, False))


def test_while_an_infusion_runs_it_is_counted_from_its_start() -> None:
    log = Log(substance="racemic-ketamine", route="iv", dose_mg=40)
    log.add("infusion-started", 0, rate_mg_per_min=1)
    assert due(log.at(1)) == {BP: (10, False), SEDATION: (15, False)}


def test_the_clock_begins_again_with_another_dose() -> None:
    log = dosed("im")
    log.add("dose-given", 12, dose_mg=10)
    measured(log, [5, 10])
    assert due(log.at(13))[BP] == (17, False)


def test_what_was_missed_before_another_dose_stays_overdue() -> None:
    log = dosed("sublingual")
    log.add("dose-given", 30, dose_mg=10)
    assert due(log.at(31))[BP] == (20, True)


def test_two_devices_count_from_the_last() -> None:
    log = Log(dose_mg=56, devices=2)
    log.add("dose-given", 0, dose_mg=28, device=1)
    log.add("dose-given", 5, dose_mg=28, device=2)
    assert due(log.at(6))[BP] == (45, False)


def test_at_home_a_check_at_15_minutes() -> None:
    log = Log(substance="racemic-ketamine", route="sublingual", dose_mg=100)
    log.lines[0]["session_type"] = "remote"
    log.add("dose-given", 0, dose_mg=100)
    assert due(log.at(1)) == {"a check": (15, False)}
    log.add("note", 14, text="awake, well")
    assert due(log.at(16)) == {}


@pytest.mark.parametrize("kind", ["discharged", "ended"])
def test_nothing_is_due_before_the_first_dose_and_after_the_end(kind: str) -> None:
    log = Log(substance="racemic-ketamine", route="im", dose_mg=40)
    assert due(log.at(-1)) == {}
    log.add("dose-given", 0, dose_mg=40)
    log.add(kind, 130, **({"disposition": "admitted"} if kind == "ended" else {}))
    assert due(log.at(200)) == {}


def test_a_route_without_a_schedule_says_so() -> None:
    log = dosed("rectal")
    assert due(log.at(10)) == {}
    assert "schedule-unknown" in flags(log.at(10))


# Clinical reference 3.5 at, below and above each threshold; before the dose it was 128/82.
LEVELS = [
    ("bp_systolic_mmhg", 159, set()), ("bp_systolic_mmhg", 160, {"amber"}),
    ("bp_systolic_mmhg", 179, {"amber"}), ("bp_systolic_mmhg", 180, {"red"}),
    ("bp_systolic_mmhg", 199, {"red"}), ("bp_systolic_mmhg", 200, {"emergency"}),
    ("bp_systolic_mmhg", 90, set()), ("bp_systolic_mmhg", 89, {"red"}),
    ("bp_diastolic_mmhg", 99, set()), ("bp_diastolic_mmhg", 100, {"amber"}),
    ("bp_diastolic_mmhg", 110, {"red"}), ("bp_diastolic_mmhg", 120, {"emergency"}),
    ("heart_rate_bpm", 120, set()), ("heart_rate_bpm", 121, {"amber"}),
    ("heart_rate_bpm", 130, {"amber"}), ("heart_rate_bpm", 131, {"red"}),
    ("heart_rate_bpm", 45, set()), ("heart_rate_bpm", 44, {"red"}),
    ("spo2_percent", 94, set()), ("spo2_percent", 93, {"amber"}),
    ("spo2_percent", 90, {"amber"}), ("spo2_percent", 89, {"red"}),
    ("resp_rate_bpm", 10, set()), ("resp_rate_bpm", 9, {"amber"}),
    ("resp_rate_bpm", 8, {"amber"}), ("resp_rate_bpm", 7, {"red"}),
]  # fmt: skip


@pytest.mark.parametrize(("what", "value", "levels"), LEVELS)
def test_a_reading_raises_its_alarm_when_it_comes_and_it_stays(
    what: str, value: int, levels: set[str]
) -> None:
    log = Log(dose_mg=28)
    log.lines[2]["body"] |= {
        "bp_systolic_mmhg": 150,
        "bp_diastolic_mmhg": 100,
    }  # the rise itself is another table
    log.lines[2]["body"]["bp_diastolic_mmhg"] = 99
    log.add("dose-given", 0, dose_mg=28)
    pressure = {"bp_systolic_mmhg": 145} if what == "bp_diastolic_mmhg" else {}
    low = {"bp_diastolic_mmhg": 60} if what == "bp_systolic_mmhg" else {}
    log.add("vitals", 20, **{**WELL, **pressure, **low, what: value})
    log.add("vitals", 30, **WELL)
    found = [one for one in alarms(log.at(60)) if one[1] != "session.bp.rise"]
    assert {level for level, _, _ in found} == levels
    assert {minute for _, _, minute in found} <= {20}


@pytest.mark.parametrize(
    ("total", "level"), [(4, None), (3, "amber"), (2, "red"), (1, "red"), (0, "emergency")]
)
def test_sedation_raises_its_alarm(total: int, level: str | None) -> None:
    log = dosed("im")
    log.add("scale", 10, instrument="moaa-s", answers={"1": total})
    log.add("scale", 20, instrument="moaa-s", total=5)
    found = alarms(log.at(30))
    assert found == ([] if level is None else [(level, f"session.sedation.{level}", 10)])


@pytest.mark.parametrize(
    ("systolic", "diastolic", "raised"), [(167, 82, 0), (168, 82, 1), (128, 106, 0), (128, 107, 1)]
)
def test_a_rise_since_before_the_dose(systolic: int, diastolic: int, raised: int) -> None:
    log = dosed("im")
    log.add("vitals", 10, bp_systolic_mmhg=systolic, bp_diastolic_mmhg=diastolic)
    assert [rule for _, rule, _ in alarms(log.at(20))].count("session.bp.rise") == raised


def test_before_a_dose_there_is_no_rise_since_the_dose() -> None:
    log = Log(dose_mg=28)
    log.add("vitals", -10, **WELL | {"bp_systolic_mmhg": 100})
    log.add("vitals", -5, **WELL | {"bp_systolic_mmhg": 145})
    assert alarms(log.at()) == []
    log.add("dose-given", 0, dose_mg=28)
    log.add("vitals", 20, **WELL | {"bp_systolic_mmhg": 150})
    assert alarms(log.at()) == []  # 145 was the last before the dose


RUNS = [
    ([(10, 111), (25, 112)], [25]), ([(10, 111), (24, 112)], []), ([(10, 111), (17, 110), (25, 112)], []),
    ([(10, 111), (18, 115), (26, 112), (30, 111)], [26, 30]), ([(0.5, 119), (16, 100), (20, 119)], []),
]  # fmt: skip


@pytest.mark.parametrize(("readings", "minutes"), RUNS)
def test_heart_rate_above_110_for_15_minutes(readings: list[tuple[float, int]], minutes: list[float]) -> None:
    log = dosed("im")
    for minute, rate in readings:
        log.add("vitals", minute, heart_rate_bpm=rate)
    assert [at for _, rule, at in alarms(log.at(60)) if rule == "session.heart-rate.amber"] == minutes


def test_sedation_and_low_oxygen_from_two_events() -> None:
    log = dosed("im")
    log.add("scale", 10, instrument="moaa-s", total=3)
    log.add("vitals", 12, spo2_percent=93)
    found = alarms(log.at(20))
    assert ("red", "session.sedation.red", 12) in found
    assert ("amber", "session.spo2.amber", 12) in found


EVENTS = [
    ("distress", {"text": "afraid"}, "session.distress"),
    ("distress", {"agitation_unsafe": True}, "session.agitation"),
    ("adverse-event", {"term": "Vomiting"}, "session.vomiting"),
    ("adverse-event", {"term": "apnea"}, "session.respiratory-rate.red"),
    ("adverse-event", {"term": "Arrhythmia", "ctcae_grade": 2}, "session.heart-rate.red"),
    ("checklist", {"item": "bp_symptoms", "value": True}, "session.bp.symptoms"),
    ("checklist", {"item": "aspiration sign", "value": "yes"}, "session.aspiration"),
]


@pytest.mark.parametrize(("kind", "body", "rule"), EVENTS)
def test_what_is_seen_raises_an_alarm_once(kind: str, body: dict[str, Any], rule: str) -> None:
    log = dosed("im")
    log.add(kind, 10, **body)
    measured(log, [15, 30])
    assert [(name, minute) for _, name, minute in alarms(log.at(40)) if name == rule] == [(rule, 10)]


def test_a_high_dissociation_score_is_no_alarm() -> None:
    log = dosed("im")
    log.add("scale", 30, instrument="cadss", total=60)
    assert alarms(log.at(40)) == []


def test_an_alarm_is_acknowledged_by_name_and_a_later_one_is_not() -> None:
    log = dosed("im")
    log.add("vitals", 10, spo2_percent=88)
    log.add("checklist", 11, item="acknowledge:session.spo2.red", value=True)
    log.add("vitals", 12, spo2_percent=87)
    first, second = log.at(20).alarms
    assert (first.acknowledged_by, first.acknowledged_at and first.acknowledged_at.isoformat()) == (
        "nurse-1",
        clock(11),
    )
    assert second.acknowledged_at is None


def test_a_corrected_reading_raises_no_alarm_and_a_late_one_does() -> None:
    log = dosed("im")
    slip = log.add("vitals", 10, **WELL | {"spo2_percent": 79})
    log.add("correction", 11, corrects=slip, replacement=WELL | {"spo2_percent": 97}, reason="digits")
    assert alarms(log.at(20)) == []
    log.lines.append(raw(90, "vitals", 12, {"spo2_percent": 79}, received_at=clock(60)))
    assert alarms(log.at(59)) == []
    assert alarms(log.at(60)) == [("red", "session.spo2.red", 12)]


# Doses: what counts, in mg.
Step = tuple[str, float, dict[str, Any]]
RUN: Step = ("infusion-started", 0, {"rate_mg_per_min": 1})


def stop(minute: float) -> Step:
    return ("infusion-stopped", minute, {})


def dose(minute: float, **body: Any) -> Step:
    return ("dose-given", minute, body)


PAUSED: list[Step] = [RUN, ("infusion-paused", 10, {}), ("infusion-resumed", 20, {}), stop(50)]
SLOWER: list[Step] = [
    RUN,
    ("infusion-paused", 10, {}),
    ("infusion-resumed", 20, {"rate_mg_per_min": 0.5}),
    stop(50),
]
GIVEN: list[tuple[str, list[Step], float, float, list[str]]] = [
    # what, events, asked at, given, flags
    ("one dose", [dose(0, dose_mg=28)], 60, 28, []),
    ("two doses", [dose(0, dose_mg=28), dose(5, dose_mg=28)], 60, 56, []),
    ("not yet", [dose(0, dose_mg=28), dose(5, dose_mg=28)], 4, 28, []),
    ("volume", [dose(0, volume_ml=0.4, concentration_mg_per_ml=100)], 60, 40,
     ["dose-undiluted", "dose-worked-out"]),
    ("volume of a weaker vial", [dose(0, volume_ml=0.8, concentration_mg_per_ml=50)], 60, 40, ["dose-worked-out"]),
    ("volume differs", [dose(0, dose_mg=40, volume_ml=1, concentration_mg_per_ml=50)], 60, 40, ["dose-arithmetic"]),
    ("no amount", [dose(0, lot="x")], 60, 0, ["dose-without-amount"]),
    ("one device twice", [dose(0, dose_mg=28, device=1), dose(1, dose_mg=28, device=1)], 60, 56, ["device-twice"]),
    ("infusion", [RUN, stop(40)], 60, 40, []),
    ("half of an infusion", [RUN, stop(40)], 20, 20, []),
    ("paused", PAUSED, 60, 40, []),
    ("slower after the pause", SLOWER, 60, 25, []),
    ("recorded as well, at the end", [RUN, stop(40), dose(41, dose_mg=40)], 60, 40, []),
    ("recorded as well, at the start", [RUN, dose(0, dose_mg=40), stop(40)], 60, 40, []),
    ("no rate, but recorded", [("infusion-started", 0, {}), stop(40), dose(40, dose_mg=40)], 60, 40,
     ["infusion-without-rate"]),
    ("another dose after it", [RUN, stop(40), dose(60, dose_mg=10)], 70, 50, []),
    ("a dose before it", [dose(-1, dose_mg=10), RUN, stop(30)], 60, 40, []),
    ("stopped early, recorded whole", [RUN, dose(0, dose_mg=40), stop(20)], 60, 40, ["infusion-amount-differs"]),
    ("stop without a start", [stop(10)], 60, 0, ["infusion-order"]),
    ("resumed without a start", [("infusion-resumed", 10, {"rate_mg_per_min": 1}), stop(20)], 60, 10,
     ["infusion-order"]),
    ("stopped twice", [RUN, stop(40), stop(41)], 60, 40, ["infusion-order"]),
    ("a second infusion", [RUN, stop(10), ("infusion-started", 20, {"rate_mg_per_min": 2}), stop(30)], 60, 30, []),
    ("more than ordered", [RUN, stop(64)], 90, 64, ["dose-above-order"]),
]  # fmt: skip


@pytest.mark.parametrize(("what", "given", "minute", "total", "wrong"), GIVEN, ids=[row[0] for row in GIVEN])
def test_how_much_was_given(
    what: str, given: list[Step], minute: float, total: float, wrong: list[str]
) -> None:
    log = Log(substance="racemic-ketamine", route="iv", dose_mg=60)
    for kind, at, body in given:
        log.add(kind, at, **body)
    state = log.at(minute)
    assert state.given_mg == total
    assert flags(state) == wrong


def test_the_same_dose_by_two_people_within_a_minute_is_asked_about() -> None:
    log = Log(substance="racemic-ketamine", route="im", dose_mg=70)
    log.add("dose-given", 0, dose_mg=35)
    for minute, mg, asked in ((0.5, 35, True), (0.5, 30, False), (9, 35, False)):
        other = raw(90, "dose-given", minute, {"dose_mg": mg}, author={"id": "nurse-2", "role": "monitor"})
        assert ("dose-by-two" in flags(folded([*log.lines, other], 20))) is asked
    assert flags(log.at(20)) == []


def test_the_rate_of_the_order_where_none_was_recorded() -> None:
    log = Log(substance="racemic-ketamine", route="iv", dose_mg_per_kg=0.5, weight_kg=80, infusion_min=40)
    log.add("infusion-started", 0)
    log.add("infusion-stopped", 40)
    assert log.at(60).given_mg == 40
    assert flags(log.at(60)) == ["infusion-rate-from-order"]


# When the person may go home at the earliest, and which clock that is.
EARLIEST: list[tuple[str, str, list[Step], float | None]] = [
    ("esketamine", "intranasal", [dose(0, dose_mg=28)], 120),
    ("esketamine", "intranasal", [dose(0, dose_mg=28), dose(5, dose_mg=28)], 125),
    ("racemic-ketamine", "im", [dose(0, dose_mg=40)], 120),
    ("racemic-ketamine", "sublingual", [dose(0, dose_mg=40)], 120),
    ("racemic-ketamine", "oral", [dose(0, dose_mg=40)], 150),
    ("racemic-ketamine", "iv", [RUN, stop(40)], 100),
    ("racemic-ketamine", "iv", [RUN, stop(40), dose(42, dose_mg=40)], 102),
    ("racemic-ketamine", "rectal", [dose(0, dose_mg=40)], None),
]


@pytest.mark.parametrize(("substance", "route", "given", "earliest"), EARLIEST)
def test_the_clock_of_discharge(
    substance: str, route: str, given: list[Step], earliest: float | None
) -> None:
    log = Log(substance=substance, route=route, dose_mg=60)
    for kind, at, body in given:
        log.add(kind, at, **body)
    found = log.at(60).discharge
    assert found["earliest_at"] == (None if earliest is None else clock(earliest))
    assert found["clock"]["gated_on"] == "last"


def test_the_clock_goes_with_corrections() -> None:
    """The second device was recorded for somebody else: taken back, the clock runs from the first."""
    log = Log(dose_mg=56, devices=2)
    log.add("dose-given", 0, dose_mg=28, device=1)
    second = log.add("dose-given", 30, dose_mg=28, device=2)
    assert log.at(60).discharge["earliest_at"] == clock(150)
    first = log.add("correction", 40, corrects=second, entered_in_error=True, reason="another chair")
    assert log.at(60).discharge["earliest_at"] == clock(120)
    assert log.at(60).given_mg == 28
    assert log.at(39).discharge["earliest_at"] == clock(150)  # what was known then
    log.add("correction", 50, corrects=first, entered_in_error=True, reason="it was this chair after all")
    assert log.at(60).discharge["earliest_at"] == clock(150)


def finished(log: Log, minute: float) -> None:
    """All that is asked for before somebody goes home."""
    for total, at in ((5, minute - 20), (5, minute - 5)):
        log.add("scale", at, instrument="moaa-s", total=total)
        log.add("vitals", at, **WELL)
    log.add("scale", minute - 5, instrument="asq", answers={"1": False, "2": False, "3": False, "4": False})
    log.add("scale", minute - 5, instrument="rass", total=0)
    log.add("scale", minute - 5, instrument="modified-aldrete", total=10)
    for criterion in ("oriented", "walks-unaided", "dissociation", "suicidal-intent", "contact-number"):
        log.add("criterion", minute - 4, id=criterion, met=True)
    log.add("criterion", minute - 3, id="escort", met=True, text="his sister Ana")
    log.add("criterion", minute - 3, id="written-instructions", met=True)


def test_a_whole_session_without_a_flag() -> None:
    log = Log(dose_mg=28, devices=1)
    assert log.at(-1).state == "ready"
    log.add("dose-given", 0, dose_mg=28, device=1, lot="A1")
    assert log.at(1).state == "observing"
    log.add("vitals", 40, **WELL)
    finished(log, 122)
    assert {one["status"] for one in log.at(122).discharge["criteria"]} == {"met"}
    assert log.at(122).discharge["outcome"] == "go"
    log.add("gate-decided", 123, gate="discharge", outcome="go")
    assert log.at(123).state == "ready-to-leave"
    log.add("discharged", 124, escort="his sister Ana", instructions_given=True)
    log.add("left", 126)
    state = log.at()
    assert (state.state, state.elapsed_min, state.given_mg, flags(state), alarms(state)) == (
        "discharged",
        124,
        28,
        [],
        [],
    )
    assert log.at(600).elapsed_min == 124


@pytest.mark.parametrize(("minute", "state", "wrong"), [
    (119, "observing", ["discharge-refused"]), (120, "discharged", []), (125, "discharged", []),
])  # fmt: skip
def test_a_discharge_passes_the_gate_or_does_not_count(minute: float, state: str, wrong: list[str]) -> None:
    log = Log(dose_mg=28)
    log.add("dose-given", 0, dose_mg=28)
    finished(log, minute)
    log.add("discharged", minute, escort="his sister Ana", instructions_given=True)
    assert log.at().state == state
    assert flags(log.at()) == wrong


def test_a_discharge_without_a_go_counts_and_is_flagged() -> None:
    log = Log(dose_mg=28)
    log.add("dose-given", 0, dose_mg=28)
    log.add("discharged", 130, escort="his sister Ana", instructions_given=True)
    assert log.at().state == "discharged"
    assert flags(log.at()) == ["discharged-without-go"]


def test_a_dose_that_turns_up_after_a_discharge_makes_it_doubtful_and_does_not_undo_it() -> None:
    log = Log(dose_mg=56)
    log.add("dose-given", 0, dose_mg=28)
    finished(log, 125)
    log.add("discharged", 125, escort="his sister Ana", instructions_given=True)
    log.lines.append(raw(99, "dose-given", 30, {"dose_mg": 28}, received_at=clock(200)))
    state = log.at(300)
    assert state.state == "discharged"
    assert flags(state) == ["received-after-end", "discharge-doubtful"]
    assert state.given_mg == 56


def test_a_discharge_is_not_refused_for_what_was_a_slip() -> None:
    """The second device was another person's; that was seen after the person had gone home."""
    log = Log(dose_mg=28)
    log.add("dose-given", 0, dose_mg=28)
    slip = log.add("dose-given", 30, dose_mg=28)
    finished(log, 125)
    log.add("discharged", 125, escort="his sister Ana", instructions_given=True)
    assert log.at(130).state == "observing"
    log.add("correction", 200, corrects=slip, entered_in_error=True, reason="another chair")
    assert (log.at(201).state, flags(log.at(201))) == ("discharged", [])


@pytest.mark.parametrize("disposition", ["against-advice", "eloped", "transferred-ems", "admitted", "died"])
def test_an_end_is_always_accepted_with_its_true_time(disposition: str) -> None:
    log = Log(dose_mg=28)
    log.add("dose-given", 0, dose_mg=28)
    log.lines.append(raw(50, "ended", 33, {"disposition": disposition}, received_at=clock(90)))
    state = log.at(600)
    assert (state.state, state.ended_as, state.elapsed_min) == ("ended", disposition, 33)
    assert flags(state) == []


def ordered(**body: Any) -> Step:
    return ("ordered", -10, {"substance": "esketamine", "route": "intranasal", **body})


def decided(outcome: str) -> Step:
    return ("gate-decided", -5, {"gate": "predose", "outcome": outcome})


HERE: Step = ("arrived", -9, {})
ORDER, DOSE, GO = ordered(dose_mg=28), dose(0, dose_mg=28), decided("go")
NOT_DOSED: Step = ("ended", 9, {"disposition": "not-dosed"})
HIGH: Step = ("vitals", -8, {"bp_systolic_mmhg": 190, "bp_diastolic_mmhg": 100})
WRONG: list[tuple[str, list[Step], list[str]]] = [
    # what, the whole log, flags
    ("no order", [HERE, GO, DOSE], ["dose-without-order"]),
    ("no gate", [ORDER, HERE, DOSE], ["dose-without-go"]),
    ("no-go", [ORDER, HERE, decided("no-go"), DOSE], ["dose-after-no-go"]),
    ("left open", [ORDER, HERE, decided("needs-decision"), DOSE], ["dose-without-go"]),
    ("ordered anew after the go", [ORDER, HERE, GO, ("ordered", -1, ORDER[2]), DOSE], ["dose-without-go"]),
    ("more than ordered", [ORDER, HERE, GO, dose(0, dose_mg=28.5)], ["dose-above-order"]),
    ("one device more", [ordered(devices=1), HERE, GO, DOSE, dose(5, dose_mg=28)], ["dose-above-order"]),
    ("before arrival", [ORDER, GO, DOSE, ("arrived", 1, {})], ["event-before-arrival"]),
    ("after the end", [HERE, NOT_DOSED, ("vitals", 10, {"spo2_percent": 97})], ["event-after-end"]),
    ("a dose after the end", [ORDER, HERE, GO, NOT_DOSED, dose(10, dose_mg=28)], ["event-after-end"]),
    ("a note after the end", [HERE, NOT_DOSED, ("note", 10, {"text": "x"})], []),
    ("not dosed, but dosed", [ORDER, HERE, GO, DOSE, NOT_DOSED], ["not-dosed-but-dosed"]),
    ("weights", [ordered(dose_mg=40, weight_kg=80), HERE, ("vitals", -8, {"weight_kg": 76})], ["weight-mismatch"]),
    ("weights nearly", [ordered(dose_mg=40, weight_kg=80), HERE, ("vitals", -8, {"weight_kg": 76.1})], []),
    ("arithmetic", [ordered(dose_mg=80, weight_kg=80, dose_mg_per_kg=0.5)], ["order-arithmetic"]),
    ("rounded", [ordered(dose_mg=40, weight_kg=81, dose_mg_per_kg=0.5)], []),
    ("half an order", [ordered()], ["order-incomplete"]),
    ("left", [HERE, ("left", 0, {})], ["left-without-discharge"]),
    ("left and came back", [HERE, ("left", 0, {}), ("arrived", 5, {})], []),
    ("left, and it was said how", [HERE, ("left", 0, {}), ("ended", 5, {"disposition": "eloped"})], []),
    ("go against the rules", [HERE, HIGH, GO], ["go-against-rules"]),
    ("a dose after such a go", [ORDER, HERE, HIGH, GO, DOSE], ["go-against-rules", "dose-after-no-go"]),
    ("unknown scale", [HERE, ("scale", 0, {"instrument": "mood-o-meter", "total": 3})], ["scale-unknown"]),
    ("scale differs", [HERE, ("scale", 0, {"instrument": "moaa-s", "answers": {"1": 3}, "total": 4})],
     ["scale-differs"]),
    ("scale without total", [HERE, ("scale", 0, {"instrument": "moaa-s", "answers": {}})], ["scale-without-total"]),
    ("empty vitals", [HERE, ("vitals", 0, {"position": "reclined"})], ["empty"]),
    ("unknown criterion", [HERE, ("criterion", 0, {"id": "sings", "met": True})], ["criterion-unknown"]),
    ("no such answer", [HERE, ("checklist", 0, {"item": "escort_named", "value": 7})], ["checklist-value"]),
    ("an answer of tomorrow", [HERE, ("checklist", 0, {"item": "last_food_at", "value": "2026-03-03T10:00:00Z"})],
     ["checklist-value"]),
    ("another item", [HERE, ("checklist", 0, {"item": "room is warm", "value": 7})], []),
    ("another route", [ORDER, HERE, GO, DOSE, ("ordered", 5, {"substance": "racemic-ketamine", "route": "im",
                                                              "dose_mg": 40})], ["other-route"]),
    ("ordered after the dose", [HERE, GO, DOSE, ("ordered", 5, ORDER[2])],
     ["dose-without-order", "order-after-dose"]),
    ("ordered anew after the dose", [ORDER, HERE, GO, DOSE, ("ordered", 5, ordered(dose_mg=56)[2])],
     ["order-after-dose"]),
    ("second device after 3 minutes", [ordered(dose_mg=56, devices=2), HERE, GO, dose(0, dose_mg=28, device=1),
                                       dose(3, dose_mg=28, device=2)], ["device-too-soon"]),
    ("second device just before its time", [ordered(dose_mg=56, devices=2), HERE, GO, dose(0, dose_mg=28, device=1),
                                            dose(4.9, dose_mg=28, device=2)], ["device-too-soon"]),
    ("second device at its time", [ordered(dose_mg=56, devices=2), HERE, GO, dose(0, dose_mg=28, device=1),
                                   dose(5, dose_mg=28, device=2)], []),
    ("devices without an order, after 3 minutes",
     [HERE, GO, dose(0, dose_mg=28, device=1), dose(3, dose_mg=28, device=2)],
     ["dose-without-order", "device-too-soon", "dose-without-order"]),
    ("two injections after 3 minutes are no devices",
     [("ordered", -10, {"substance": "racemic-ketamine", "route": "im", "dose_mg": 80}), HERE, GO,
      dose(0, dose_mg=40), dose(3, dose_mg=40)], []),
    ("a dose of nothing", [ORDER, HERE, GO, dose(0, dose_mg=0)], ["dose-of-zero"]),
    ("an order of nothing", [ordered(dose_mg=0)], ["order-incomplete"]),
    ("300 over 200", [HERE, ("vitals", 0, {"bp_systolic_mmhg": 300, "bp_diastolic_mmhg": 200})], ["reading-unlikely"]),
    ("240 over 140", [HERE, ("vitals", 0, {"bp_systolic_mmhg": 240, "bp_diastolic_mmhg": 140})], []),
    ("241 over 140", [HERE, ("vitals", 0, {"bp_systolic_mmhg": 241, "bp_diastolic_mmhg": 140})], ["reading-unlikely"]),
    ("MOAA/S 6", [HERE, ("scale", 0, {"instrument": "moaa-s", "total": 6})], ["scale-out-of-range"]),
    ("MOAA/S 5", [HERE, ("scale", 0, {"instrument": "moaa-s", "total": 5})], []),
    ("running at the end", [ordered(dose_mg=40), HERE, GO, RUN, ("ended", 9, {"disposition": "transferred-ems"})],
     ["infusion-not-stopped"]),
]  # fmt: skip


@pytest.mark.parametrize(("what", "given", "wrong"), WRONG, ids=[row[0] for row in WRONG])
def test_what_is_wrong_is_stored_and_flagged(what: str, given: list[Step], wrong: list[str]) -> None:
    lines = [raw(number, kind, at, body) for number, (kind, at, body) in enumerate(given, start=1)]
    state = folded(lines)
    assert flags(state) == wrong
    assert len(state.timeline) == len(given)


def test_moaa_s_6_is_no_sign_of_being_awake() -> None:
    log = Log(dose_mg=28)
    log.add("dose-given", 0, dose_mg=28)
    finished(log, 125)
    for line in log.lines:
        if line["body"].get("instrument") == "moaa-s":
            line["body"]["total"] = 6
    criteria = {one["id"]: one["status"] for one in log.at(125).discharge["criteria"]}
    assert criteria["moaa-s"] == "not-assessed"


def test_300_over_200_raises_its_alarm_all_the_same() -> None:
    log = Log(dose_mg=28)
    log.add("dose-given", 0, dose_mg=28)
    log.add("vitals", 10, bp_systolic_mmhg=300, bp_diastolic_mmhg=200)
    assert "emergency" in {level for level, _, _ in alarms(log.at(11))}


def test_what_was_captured_before_the_end_and_came_in_after_it_counts_and_is_flagged() -> None:
    log = Log(dose_mg=28)
    log.add("dose-given", 0, dose_mg=28)
    log.add("ended", 60, disposition="eloped")
    log.lines.append(raw(90, "vitals", 40, {"spo2_percent": 88}, received_at=clock(75)))
    log.lines.append(raw(91, "vitals", 41, {"spo2_percent": 96}, received_at=clock(59)))
    state = log.at(600)
    assert [(one.flag, one.event) for one in state.flags] == [("received-after-end", ident(90))]
    assert ("red", "session.spo2.red", 40) in alarms(state)
    assert len(state.timeline) == len(log.lines)


def test_all_in_one_minute_in_the_order_of_a_day() -> None:
    """Clocks are read to the minute, and ids say nothing about order."""
    steps = [DOSE, GO, ("vitals", 0, WELL), HERE, ORDER]
    lines = [raw(number, kind, 0, body) for number, (kind, _, body) in enumerate(steps, start=1)]
    state = folded(lines)
    assert [event.type for event in state.timeline] == [
        "ordered",
        "arrived",
        "vitals",
        "gate-decided",
        "dose-given",
    ]
    assert (state.state, flags(state)) == ("observing", [])


def test_a_clock_that_is_years_ahead_is_flagged_and_stops_nothing() -> None:
    log = Log(substance="racemic-ketamine", route="iv", dose_mg=40)
    log.add("infusion-started", 0, rate_mg_per_min=1)
    log.lines.append(
        raw(90, "note", 0, {"text": "x"}, observed_at="2031-01-01T00:00:00Z", received_at=clock(1))
    )
    assert {"clock-skew", "dose-above-order"} <= set(flags(log.at()))


def test_what_is_known_beside_the_log_counts_from_when_it_was_there() -> None:
    """The chart's readings and answers of after the go neither stop the fold nor count for the go."""
    log = Log(dose_mg=28)
    late = {"vitals": [{"at": clock(-1), "bp_systolic_mmhg": 190, "bp_diastolic_mmhg": 90}]}
    answers = {"answers": {"last_food_at": clock(5), "escort_named": True}}
    onset = {"conditions": [{"display": "cystitis", "onset": "2026-03-03"}]}
    state = log.at(10, **late, **answers, **onset)
    assert (state.state, flags(state)) == ("ready", [])
    assert "predose.bp.very-high" in [one["rule"] for one in state.findings]


def test_what_the_record_says_tomorrow_does_not_undo_a_discharge() -> None:
    """A withdrawn consent or a suicidal intent of the next day is not what the gates were asked about today."""
    log = Log(dose_mg=28)
    log.add("dose-given", 0, dose_mg=28)
    finished(log, 125)
    log.add("discharged", 125, escort="his sister Ana", instructions_given=True)
    answers = {"consent_in_force": False, "active_suicidal_intent": True}
    state = log.at(1500, answers=answers, conditions=[{"display": "aortic aneurysm"}])
    assert (state.state, flags(state)) == ("discharged", [])


def test_a_gate_is_asked_of_a_session_over_midnight() -> None:
    lines = [raw(1, "ordered", 0, {"substance": "racemic-ketamine", "route": "im", "dose_mg": 40}),
             raw(2, "vitals", 0, WELL), raw(3, "dose-given", 0, {"dose_mg": 40})]  # fmt: skip
    for line, time in zip(lines, ("23:30", "23:40", "23:50"), strict=True):
        line["observed_at"] = line["received_at"] = f"2026-03-02T{time}:00Z"
    at = datetime.fromisoformat("2026-03-03T00:10:00Z")
    found = ask_gate("session", events(lines), at, {"jurisdiction": "US"})
    assert {one["rule"] for one in found["findings"]} == {"session.sedation.emergency"}


def test_an_instrument_by_the_name_on_its_paper() -> None:
    log = dosed("im")
    log.add("scale", 10, instrument="MOAA/S", total=0)
    assert alarms(log.at(11)) == [("emergency", "session.sedation.emergency", 10)]


def test_a_session_over_midnight_is_one_session() -> None:
    """Times in UTC, a dose before and one after midnight: both count, and so does what was measured before."""
    moments = {-30: "23:20", -20: "23:30", -5: "23:45", 0: "23:50"}
    lines = [
        raw(1, "ordered", 0, {"substance": "esketamine", "route": "intranasal", "dose_mg": 56}),
        raw(2, "arrived", 0), raw(3, "vitals", 0, WELL), raw(4, "dose-given", 0, {"dose_mg": 28}),
    ]  # fmt: skip
    for line, time in zip(lines, moments.values(), strict=True):
        line["observed_at"] = line["received_at"] = f"2026-03-02T{time}:00Z"
    later = [raw(5, "dose-given", 0, {"dose_mg": 28}), raw(6, "vitals", 0, {**WELL, "bp_systolic_mmhg": 169})]
    for line, time in zip(later, ("00:05", "00:40"), strict=True):
        line["observed_at"] = line["received_at"] = f"2026-03-03T{time}:00Z"
    state = folded(lines + later)
    assert state.discharge["clock"]["from_first_dose_at"] == "2026-03-02T23:50:00+00:00"
    assert state.discharge["earliest_at"] == "2026-03-03T02:05:00+00:00"
    assert state.elapsed_min == 50
    assert "session.bp.rise" in [rule for _, rule, _ in alarms(state)]


def test_while_an_infusion_runs_the_time_to_go_home_has_not_begun() -> None:
    log = Log(substance="racemic-ketamine", route="iv", dose_mg=40, infusion_min=40)
    log.add("infusion-started", 0)
    for minute in (0, 20, 50, 70):  # the end was planned for 40, and nobody wrote it down
        discharge = log.at(minute).discharge
        assert discharge["earliest_at"] == clock(minute + 60)
        assert {one["id"]: one["status"] for one in discharge["criteria"]}["time-since-dose"] == "not-met"
    log.add("infusion-paused", 71)
    assert log.at(75).discharge["earliest_at"] == clock(135)
    log.add("infusion-stopped", 80)
    assert log.at(139).discharge["earliest_at"] == clock(140)


def test_minutes_are_told_to_the_second() -> None:
    log = Log(dose_mg=28)
    log.add("dose-given", 0, dose_mg=28)
    assert log.at(40 + 20 / 60).elapsed_min == pytest.approx(40.333333)
    assert log.at(120 - 1 / 60).elapsed_min == pytest.approx(119.983333)


@pytest.mark.parametrize("name", ["moaa-s", "MOAA/S", "MOAAS", "Moaa_S"])
def test_sedation_raises_its_alarm_whatever_the_scale_is_called(name: str) -> None:
    log = Log(dose_mg=28)
    log.add("dose-given", 0, dose_mg=28)
    log.add("scale", 30, instrument=name, total=0)
    assert [one.rule for one in log.at().alarms] == ["session.sedation.emergency"]
    assert flags(log.at()) == []
