"""What is kept without a second look, because it is within every limit, would have said nothing under one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.spec.sessions import WELL, Log, alarms, clock, events, flags
from upwell.knowledge.edition import Edition, packaged, using
from upwell.science.session import Event, fold
from upwell.science.session.going import Gone, forget
from upwell.science.session.routine import Routine

# At, beside and far from the limits; some minutes come twice, some readings are of the dose's own minute.
USUAL = {
    "bp_systolic_mmhg": 128,
    "bp_diastolic_mmhg": 82,
    "heart_rate_bpm": 72,
    "spo2_percent": 97,
    "resp_rate_bpm": 14,
    "weight_kg": 80,
    "temperature_c": 36.8,
}
UNUSUAL: dict[str, list[float]] = {
    "bp_systolic_mmhg": [89, 90, 91, 129, 130, 131, 159, 160, 180, 200],
    "bp_diastolic_mmhg": [60, 84, 85, 86],
    "heart_rate_bpm": [44, 45, 46, 110, 111, 120, 121, 130, 131],
    "spo2_percent": [89, 90, 93, 94, 94.5, 100],
    "resp_rate_bpm": [7, 8, 9, 10],
    "weight_kg": [60, 72, 73],
    "temperature_c": [41.9],
}
SIGNS = {key: st.sampled_from([value, value, value, *UNUSUAL[key]]) for key, value in USUAL.items()}
VITALS = st.tuples(st.just("vitals"), st.fixed_dictionaries({}, optional=SIGNS))
SCALE = st.tuples(
    st.just("scale"),
    st.fixed_dictionaries(
        {"instrument": st.sampled_from(["moaa-s", "MOAA/S", "rass", "unheard-of"])},
        optional={"total": st.integers(-1, 6), "answers": st.just({"1": 3})},
    ),
)
OTHERS = st.sampled_from(
    [
        ("dose-given", {"dose_mg": 10}),
        ("ended", {"disposition": "eloped"}),
        ("checklist", {"item": "acknowledge:", "value": True}),
    ]
)
MINUTES = st.sampled_from([-15, -10, 0, 0, 5, 10, 10, 20, 20, 25, 30, 45, 60, 61])


@st.composite
def afternoons(draw: st.DrawFn) -> list[Event]:
    """A dose, and many readings around it."""
    log = Log(substance="racemic-ketamine", route="im", dose_mg=40, weight_kg=80)
    if draw(st.booleans()):
        log.add("dose-given", 0, dose_mg=40)
    some = draw(st.lists(st.tuples(MINUTES, st.one_of(VITALS, VITALS, SCALE, OTHERS)), max_size=25))
    for minute, (kind, body) in some:
        log.add(kind, minute, **body)
        log.lines[-1]["received_at"] = clock(minute + draw(st.sampled_from([0, 0, 1, 40])))
    return events(log.lines)


def told_of(log: list[Event]) -> str:
    forget()
    state = fold(log)
    gone = Gone(log, [], None, {})
    told: list[Any] = [gone.told.series, gone.told.assessments, sorted(gone.told.ties), gone.told.contact_at]
    return json.dumps([state.as_json(), state.predose, told], default=str)


@settings(max_examples=150, deadline=None)
@given(afternoons())
def test_a_second_look_says_the_same(log: list[Event]) -> None:
    kept = told_of(log)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Routine, "keep", lambda _self, _events, place: place)
        assert told_of(log) == kept


def test_a_rise_to_the_limit_is_no_routine() -> None:
    log = Log(substance="racemic-ketamine", route="im", dose_mg=40)
    log.add("vitals", -1, **WELL | {"bp_systolic_mmhg": 90})
    log.add("dose-given", 0, dose_mg=40)
    for minute, systolic in enumerate((100, 129, 130, 129), 1):
        log.add("vitals", minute, **WELL | {"bp_systolic_mmhg": systolic})
    assert alarms(log.at()) == [("amber", "session.bp.rise", 3.0)]


def test_every_weight_is_compared() -> None:
    log = Log(substance="racemic-ketamine", route="im", dose_mg=40, weight_kg=80)
    log.add("dose-given", 0, dose_mg=40)
    for minute in (1, 2, 3):
        log.add("vitals", minute, weight_kg=60)
    assert flags(log.at()) == ["weight-mismatch"] * 3


def test_most_of_an_afternoon_is_routine() -> None:
    log = Log(substance="racemic-ketamine", route="im", dose_mg=40)
    log.add("dose-given", 0, dose_mg=40)
    for minute in range(1, 60):
        log.add("vitals", minute, **WELL)
    looked_at: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        learn = Routine.learn
        patch.setattr(Routine, "learn", lambda self, event: (looked_at.append(event.id), learn(self, event)))
        forget()
        fold(events(log.lines))
    assert len(looked_at) == 6  # order, arrival, reading, gate, dose, and the first reading after it


def test_the_limits_are_those_of_the_edition_in_force() -> None:
    log = Log(substance="racemic-ketamine", route="im", dose_mg=40)
    log.add("dose-given", 0, dose_mg=40)
    for minute in range(1, 5):
        log.add("vitals", minute, **WELL | {"spo2_percent": 95})
    read = events(log.lines)
    texts = dict(packaged().texts)
    texts["gates/session.toml"] = texts["gates/session.toml"].replace("below = 94", "below = 96")
    assert not fold(read).alarms
    with using(Edition(texts)):
        assert [one.rule for one in fold(read).alarms] == ["session.spo2.amber"] * 4
    assert not fold(read).alarms
