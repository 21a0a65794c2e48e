"""The dosing protocols against the clinical reference, section 4: what is printed is there, what is not is empty."""

from __future__ import annotations

from typing import Any

import pytest

from upwell.knowledge.errors import KnowledgeError
from upwell.knowledge.protocols import (
    known_protocols,
    load_protocol,
    minimum_observation,
    parse_protocol,
    protocols_for,
)
from upwell.knowledge.provenance import Mark

DOSES = [
    # protocol, substance, route, unit, lowest, start, highest, step, mark
    ("iv-dep", "racemic-ketamine", "iv", "mg/kg", 0.1, 0.5, 1.0, None, "H"),
    ("iv-maint", "racemic-ketamine", "iv", "mg/kg", None, 0.5, None, None, "M"),
    ("im", "racemic-ketamine", "im", "mg/kg", 0.25, 0.5, 1.5, None, "M"),
    ("sc", "racemic-ketamine", "sc", "mg/kg", None, 0.5, 0.9, 0.1, "H"),
    ("sublingual", "racemic-ketamine", "sublingual", "mg", 100, None, 400, None, "V"),
    ("oral", "racemic-ketamine", "oral", "mg/kg", 0.5, None, 2.0, None, "V"),
    ("oral-titrated", "racemic-ketamine", "oral", "mg", None, 50, None, 25, "V"),
    ("intranasal-racemic", "racemic-ketamine", "intranasal", "mg", 10, 50, 50, None, "M"),
    ("esketamine-trd", "esketamine", "intranasal", "mg", 56, 56, 84, None, "V"),
    ("esketamine-mdsi", "esketamine", "intranasal", "mg", 56, 84, 84, None, "H"),
    ("esketamine-trd-28", "esketamine", "intranasal", "mg", 28, 28, 84, None, "H"),
]


@pytest.mark.parametrize("row", DOSES, ids=[row[0] for row in DOSES])
def test_how_much(row: tuple[Any, ...]) -> None:
    known = load_protocol(row[0])
    dose = known.dose
    found = (
        known.id,
        known.substance,
        known.route,
        dose.unit,
        dose.minimum,
        dose.start,
        dose.maximum,
        dose.step,
    )
    assert found == row[:8]
    assert dose.provenance.confidence == row[8]


def test_these_are_all() -> None:
    assert known_protocols() == sorted(row[0] for row in DOSES)


OFTEN = [
    # protocol, phase, weeks, sessions in 7 days, days from one to the next
    ("iv-dep", "induction", (1, 3), (2, 3), None),
    ("iv-maint", "maintenance", (1, 4), (1, 1), None),
    ("iv-maint", "maintenance", (5, None), None, (14, 42)),
    ("im", "induction", (1, None), (1, 1), None),
    ("sc", "induction", (1, 4), (2, 2), None),
    ("sublingual", "induction", (1, 6), (1, 1), None),
    ("oral-titrated", "induction", (1, None), None, (3, 3)),
    ("intranasal-racemic", "induction", (1, None), (1, 2), None),
    ("esketamine-trd", "induction", (1, 4), (2, 2), None),
    ("esketamine-trd", "maintenance", (5, 8), (1, 1), None),
    ("esketamine-trd", "maintenance", (9, None), None, (7, 14)),
    ("esketamine-mdsi", "induction", (1, 4), (2, 2), None),
    ("esketamine-trd-28", "induction", (1, 4), (2, 2), None),
    ("esketamine-trd-28", "maintenance", (5, 8), (1, 1), None),
    ("esketamine-trd-28", "maintenance", (9, None), None, (7, 14)),
]


def test_how_often() -> None:
    found = [
        (
            name,
            one.phase,
            (one.from_week, one.to_week),
            None if one.per_week is None else (one.per_week.low, one.per_week.high),
            None if one.gap_days is None else (one.gap_days.low, one.gap_days.high),
        )
        for name in dict.fromkeys(row[0] for row in OFTEN)
        for one in load_protocol(name).frequency
    ]
    assert found == OFTEN
    assert load_protocol("oral").frequency == ()


DEVICES = [
    # dose in mg, devices
    (28, 1),
    (56, 2),
    (84, 3),
    (70, None),
]


@pytest.mark.parametrize(("dose_mg", "devices"), DEVICES)
def test_devices_of_28_mg_five_minutes_apart(dose_mg: float, devices: int | None) -> None:
    for name in ("esketamine-trd", "esketamine-mdsi", "esketamine-trd-28"):
        device = load_protocol(name).device
        assert device is not None
        assert (device.mg, device.sprays, device.interval_minutes) == (28, 2, 5)
        assert device.provenance.confidence == Mark.V
        assert device.count_for(dose_mg) == devices


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("esketamine-trd", (56, 84)),
        ("esketamine-mdsi", (56, 84)),
        ("esketamine-trd-28", (28, 56, 84)),
        ("im", ()),
    ],
)
def test_only_these_doses_can_be_made(name: str, allowed: tuple[float, ...]) -> None:
    assert load_protocol(name).dose.allowed == allowed


def test_doses_of_the_first_day() -> None:
    found = {name: load_protocol(name).dose.first_day for name in known_protocols()}
    assert {name: days for name, days in found.items() if days} == {
        "esketamine-trd": (56,),
        "esketamine-trd-28": (28,),
    }


def test_infusions_run_over_40_minutes() -> None:
    minutes = {name: load_protocol(name).infusion for name in known_protocols()}
    assert {name: one.minutes for name, one in minutes.items() if one} == {"iv-dep": 40, "iv-maint": 40}


def test_how_long_it_is_held_in_the_mouth() -> None:
    mouth = load_protocol("sublingual").mouth
    assert mouth is not None
    assert (mouth.hold_minutes.low, mouth.hold_minutes.high) == (10, 15)
    assert "must be written down" in mouth.note


def test_dose_classes_of_assisted_psychotherapy() -> None:
    found = [
        (one.id, one.minimum, one.maximum, one.therapist_required) for one in load_protocol("im").dose.classes
    ]
    assert found == [("psycholytic", 0.25, 0.75, None), ("psychedelic", 0.75, 1.5, True)]


SESSIONS = [
    ("iv-dep", (4, 6, 8)),
    ("im", (1, None, 6)),
    ("sc", (None, 8, None)),
    ("sublingual", (4, None, 6)),
]


@pytest.mark.parametrize(("name", "counts"), SESSIONS)
def test_how_many_sessions(name: str, counts: tuple[int | None, ...]) -> None:
    sessions = load_protocol(name).sessions
    assert sessions is not None
    assert (sessions.minimum, sessions.typical, sessions.maximum) == counts


KINETICS = [
    ("iv-dep", (100, 100), None),
    ("im", (93, 93), (5, 22)),
    ("sublingual", (24, 30), None),
    ("oral", (17, 20), None),
    ("intranasal-racemic", (11, 45), None),
    ("esketamine-trd", (51, 62), (20, 40)),
]


@pytest.mark.parametrize(("name", "arrives", "peak"), KINETICS)
def test_what_arrives_and_when(
    name: str, arrives: tuple[float, float], peak: tuple[float, float] | None
) -> None:
    kinetics = load_protocol(name).kinetics
    assert kinetics is not None
    assert kinetics.bioavailability_percent is not None
    assert (kinetics.bioavailability_percent.low, kinetics.bioavailability_percent.high) == arrives
    found = kinetics.peak_minutes and (kinetics.peak_minutes.low, kinetics.peak_minutes.high)
    assert found == peak


OBSERVED = [
    ("iv-dep", 60),
    ("im", 120),
    ("sc", 120),
    ("sublingual", 120),
    ("oral", 150),
    ("intranasal-racemic", 120),
    ("esketamine-trd", 120),
]


@pytest.mark.parametrize(("name", "minutes"), OBSERVED)
def test_the_shortest_time_under_observation(name: str, minutes: float) -> None:
    found = minimum_observation(load_protocol(name))
    assert found is not None
    assert found.minutes == minutes


NOT_PRINTED = {
    "iv-dep": {"dose.weight", "dose.cap_mg"},
    "iv-maint": {"dose.minimum", "dose.maximum", "dose.weight", "dose.cap_mg"},
    "im": {"dose.weight", "dose.cap_mg"},
    "sc": {"dose.minimum", "dose.weight", "dose.cap_mg"},
    "sublingual": {"dose.start"},
    "oral": {"dose.start", "frequency", "dose.weight", "dose.cap_mg"},
    "oral-titrated": {"dose.minimum", "dose.maximum"},
}


@pytest.mark.parametrize("name", known_protocols())
def test_what_is_not_printed_is_empty_and_said(name: str) -> None:
    """Where no maximum, start or weight basis is printed, none is invented."""
    known = load_protocol(name)
    assert {one.field for one in known.unknown} == NOT_PRINTED.get(name, set())
    assert all(one.provenance.confidence == Mark.NR and one.message for one in known.unknown)
    assert known.dose.weight is None
    assert known.dose.cap_mg is None
    assert all(one.verify is (one.confidence in ("M", "L")) for one in known.provenances)


def test_who_looks_for_a_protocol_finds_it() -> None:
    assert [one.id for one in protocols_for("racemic-ketamine", "iv")] == ["iv-dep", "iv-maint"]
    assert [one.id for one in protocols_for("racemic-ketamine", "rectal")] == []
    assert load_protocol("iv-dep").maintenance == "iv-maint"


TEXT = """
kind = "protocol"
id = "iv"
title = "A protocol"
substance = "racemic-ketamine"
route = "iv"
monitoring = "iv"
[dose]
basis = "mg"
minimum = 10
start = 20
maximum = 30
source = ["here"]
confidence = "C"
[[frequency]]
phase = "induction"
from_week = 1
to_week = 3
per_week = { at_least = 1, at_most = 2 }
words = "Once or twice a week"
source = ["here"]
confidence = "C"
[sources.here]
title = "Here"
effective_from = "NR"
"""
BROKEN = [
    ("a start above the maximum", "start = 20", "start = 40", "out of order"),
    ("no start, and nothing said of it", "start = 20", "", "no start"),
    ("no schedule of monitoring", 'monitoring = "iv"', 'monitoring = "by ear"', "monitoring"),
    ("weeks that run backwards", "to_week = 3", "to_week = 0", "0"),
    ("more at least than at most", "at_least = 1", "at_least = 3", "backwards"),
    ("a source that is not listed", 'source = ["here"]', 'source = ["there"]', "there"),
    ("another id than the file's", 'id = "iv"', 'id = "vi"', "iv"),
    ("a substance that is none", "racemic-ketamine", "ketamine", "ketamine"),
]


@pytest.mark.parametrize(("what", "old", "new", "said"), BROKEN, ids=[row[0] for row in BROKEN])
def test_a_broken_file_is_refused(what: str, old: str, new: str, said: str) -> None:
    assert parse_protocol(TEXT, name="iv.toml").dose.start == 20
    with pytest.raises(KnowledgeError) as refused:
        parse_protocol(TEXT.replace(old, new, 1), name="iv.toml")
    assert said in refused.value.message
