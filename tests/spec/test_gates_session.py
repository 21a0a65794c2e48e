"""During the session: amber, red and emergency, clinical reference 3.5, at, below and above every threshold."""

from __future__ import annotations

from typing import Any

import pytest

from tests.spec.facts import IN_SESSION, ask, changed, severities, without

NOTHING = None


def worst(result: dict[str, Any]) -> str | None:
    order = ["amber", "red", "emergency"]
    return max((alarm["level"] for alarm in result.get("alarms", [])), key=order.index, default=None)


def test_all_well_is_go_without_an_alarm() -> None:
    result = ask("session", IN_SESSION)
    assert result["outcome"] == "go"
    assert "alarms" not in result


LEVELS = [
    ("vitals.1.bp_systolic_mmhg", 159, NOTHING),
    ("vitals.1.bp_systolic_mmhg", 160, "amber"),
    ("vitals.1.bp_systolic_mmhg", 179, "amber"),
    ("vitals.1.bp_systolic_mmhg", 180, "red"),
    ("vitals.1.bp_systolic_mmhg", 199, "red"),
    ("vitals.1.bp_systolic_mmhg", 200, "emergency"),
    ("vitals.1.bp_systolic_mmhg", 90, NOTHING),
    ("vitals.1.bp_systolic_mmhg", 89, "red"),
    ("vitals.1.bp_diastolic_mmhg", 99, NOTHING),
    ("vitals.1.bp_diastolic_mmhg", 100, "amber"),
    ("vitals.1.bp_diastolic_mmhg", 109, "amber"),
    ("vitals.1.bp_diastolic_mmhg", 110, "red"),
    ("vitals.1.bp_diastolic_mmhg", 119, "red"),
    ("vitals.1.bp_diastolic_mmhg", 120, "emergency"),
    ("vitals.1.heart_rate_bpm", 120, NOTHING),
    ("vitals.1.heart_rate_bpm", 121, "amber"),
    ("vitals.1.heart_rate_bpm", 130, "amber"),
    ("vitals.1.heart_rate_bpm", 131, "red"),
    ("vitals.1.heart_rate_bpm", 45, NOTHING),
    ("vitals.1.heart_rate_bpm", 44, "red"),
    ("vitals.1.spo2_percent", 94, NOTHING),
    ("vitals.1.spo2_percent", 93, "amber"),
    ("vitals.1.spo2_percent", 90, "amber"),
    ("vitals.1.spo2_percent", 89, "red"),
    ("vitals.1.resp_rate_bpm", 10, NOTHING),
    ("vitals.1.resp_rate_bpm", 9, "amber"),
    ("vitals.1.resp_rate_bpm", 8, "amber"),
    ("vitals.1.resp_rate_bpm", 7, "red"),
    ("assessments.0.total", 4, NOTHING),
    ("assessments.0.total", 3, "amber"),
    ("assessments.0.total", 2, "red"),
    ("assessments.0.total", 1, "red"),
    ("assessments.0.total", 0, "emergency"),
    ("answers.distress", True, "amber"),
    ("answers.vomiting", True, "amber"),
    ("answers.arrhythmia", True, "red"),
    ("answers.apnoea", True, "red"),
    ("answers.bp_symptoms", True, "red"),
    ("answers.agitation_unsafe", True, "red"),
    ("answers.aspiration_sign", True, "red"),
]
OUTCOME = {NOTHING: "go", "amber": "go", "red": "no-go", "emergency": "no-go"}


@pytest.mark.parametrize(("path", "value", "level"), LEVELS)
def test_level(path: str, value: Any, level: str | None) -> None:
    # a baseline high enough that the rise itself is not what is tested
    facts = changed(IN_SESSION, "vitals.0.bp_systolic_mmhg", 170)
    facts = changed(facts, "vitals.0.bp_diastolic_mmhg", 100)
    result = ask("session", changed(facts, path, value))
    assert worst(result) == level
    assert result["outcome"] == OUTCOME[level]


RISES = [(167, 84, False), (168, 84, True), (132, 106, False), (132, 107, True)]


@pytest.mark.parametrize(("systolic", "diastolic", "alarm"), RISES)
def test_a_rise_of_40_or_25_since_before_the_dose(systolic: int, diastolic: int, alarm: bool) -> None:
    """Before the dose it was 128/82."""
    facts = changed(IN_SESSION, "vitals.1.bp_systolic_mmhg", systolic)
    found = severities(ask("session", changed(facts, "vitals.1.bp_diastolic_mmhg", diastolic)))
    assert ("session.bp.rise" in found) is alarm


RUNS = [
    ([("09:40", 111), ("09:55", 112)], True),
    ([("09:41", 111), ("09:55", 112)], False),
    ([("09:40", 111), ("09:50", 110), ("09:55", 112)], False),
    ([("09:40", 110), ("09:55", 110)], False),
    ([("09:35", 115), ("09:45", 118), ("09:55", 111)], True),
]


@pytest.mark.parametrize(("readings", "alarm"), RUNS)
def test_heart_rate_above_110_for_15_minutes(readings: list[tuple[str, int]], alarm: bool) -> None:
    taken = [{"at": f"2026-03-02T{time}:00-05:00", "heart_rate_bpm": rate} for time, rate in readings]
    facts = without(IN_SESSION, "vitals.1.heart_rate_bpm")
    found = severities(ask("session", facts | {"vitals": [*facts["vitals"], *taken]}))
    assert ("session.heart-rate.amber" in found) is alarm


@pytest.mark.parametrize(
    ("sedation", "oxygen", "breathing", "level"),
    [(3, 94, 10, "amber"), (3, 93, 10, "red"), (3, 94, 9, "red"), (4, 93, 9, "amber")],
)
def test_sedation_with_low_oxygen_or_slow_breathing_is_red(
    sedation: int, oxygen: int, breathing: int, level: str
) -> None:
    facts = changed(IN_SESSION, "assessments.0.total", sedation)
    facts = changed(facts, "vitals.1.spo2_percent", oxygen)
    assert worst(ask("session", changed(facts, "vitals.1.resp_rate_bpm", breathing))) == level


def test_a_dissociation_score_by_itself_is_no_alarm() -> None:
    high = {"instrument": "cadss", "at": "2026-03-02T09:55:00-05:00", "total": 60}
    result = ask("session", IN_SESSION | {"assessments": [*IN_SESSION["assessments"], high]})
    assert result["outcome"] == "go"
    assert "alarms" not in result


@pytest.mark.parametrize(
    ("age", "minutes_ago", "systolic", "found"),
    [
        (64, "08:30", 160, True), (64, "08:30", 159, False), (64, "08:31", 160, False),
        (65, "08:30", 169, False), (65, "08:30", 170, True),
    ],
)  # fmt: skip
def test_eu_follow_up_at_90_minutes(age: int, minutes_ago: str, systolic: int, found: bool) -> None:
    facts = changed(IN_SESSION, "person.age_years", age) | {"jurisdiction": "EU"}
    facts = changed(facts, "doses.0.at", f"2026-03-02T{minutes_ago}:00-05:00")
    result = ask("session", changed(facts, "vitals.1.bp_systolic_mmhg", systolic))
    assert ("session.bp.follow-up.eu" in severities(result)) is found


@pytest.mark.parametrize(("jurisdiction", "found"), [("EU", True), ("US", False), (None, False)])
def test_eu_follow_up_only_where_its_label_counts(jurisdiction: str | None, found: bool) -> None:
    facts = changed(IN_SESSION, "doses.0.at", "2026-03-02T08:30:00-05:00") | {"jurisdiction": jurisdiction}
    result = ask("session", changed(facts, "vitals.1.bp_systolic_mmhg", 175))
    assert ("session.bp.follow-up.eu" in severities(result)) is found
    assert "session.bp.amber" in severities(result)


@pytest.mark.parametrize("field", ["heart_rate_bpm", "spo2_percent", "resp_rate_bpm", "bp_systolic_mmhg"])
def test_what_was_not_measured_is_not_a_pass(field: str) -> None:
    facts = without(without(IN_SESSION, f"vitals.0.{field}"), f"vitals.1.{field}")
    assert ask("session", facts)["outcome"] == "needs-decision"


def test_nobody_overrides_an_emergency() -> None:
    wish = {
        "rule": "session.sedation.emergency",
        "by": "medical-director",
        "reason": "x",
        "at": "2026-03-01T09:00:00Z",
    }
    facts = changed(IN_SESSION, "assessments.0.total", 0) | {"overrides": [wish]}
    result = ask("session", facts)
    assert result["outcome"] == "no-go"
    assert severities(result)["overrides.not-allowed"] == "caution"
