"""Who may override what: the contract's table, row by row."""

from __future__ import annotations

from typing import Any

import pytest

from tests.spec.facts import READY, ask, changed, severities
from upwell.base.errors import BadInput
from upwell.base.finding import Finding, Override, Severity
from upwell.knowledge.gates.loader import load_outcomes
from upwell.science.rules.overrides import outcome_of

TODAY, YESTERDAY = "2026-03-02T09:55:00-05:00", "2026-03-01T09:55:00-05:00"
SEVERITY_OUTCOME = {
    None: "go",
    Severity.INFORMATION: "go",
    Severity.CAUTION: "go",
    Severity.RELATIVE: "needs-decision",
    Severity.UNKNOWN: "needs-decision",
    Severity.NEEDS_DECISION: "needs-decision",
    Severity.NOT_RECOMMENDED: "needs-decision",
    Severity.ABSOLUTE: "no-go",
    Severity.EMERGENCY: "no-go",
}


@pytest.mark.parametrize(("severity", "outcome"), SEVERITY_OUTCOME.items())
def test_the_worst_finding_makes_the_outcome(severity: Severity | None, outcome: str) -> None:
    milder = [one for one in Severity if severity is not None and one.rank <= severity.rank]
    findings = [Finding(f"rule.{one}", one, "…") for one in milder]
    assert outcome_of(findings, load_outcomes()) == outcome


def test_an_overridden_finding_no_longer_counts() -> None:
    decided = Finding("a", Severity.NEEDS_DECISION, "…", overridden=Override("prescriber", "…", TODAY))
    assert outcome_of([decided], load_outcomes()) == "go"


HIGH = changed(READY, "vitals.0.bp_systolic_mmhg", 148)  # needs a decision
ANEURYSM = READY | {"conditions": [{"system": "icd10", "code": "I71.4", "display": ""}]}  # absolute
LIVER = changed(changed(READY, "answers.hypersensitivity", False), "answers.breastfeeding", False) | {
    "conditions": [{"system": "icd10", "code": "K72.90", "display": ""}]
}  # not recommended, in screening


def wish(
    rule: str, by: str, *, reason: str = "Discussed.", at: str | None = TODAY, **more: Any
) -> dict[str, Any]:
    return {"rule": rule, "by": by, "reason": reason, "at": at, **more}


RARE = "facts.implausible"
BP, SAC, HEP = "predose.bp.esketamine.us", "eligibility.aneurysm-avm", "eligibility.hepatic.severe"
CASES = [
    # gate, facts, overrides, outcome, whether something is reported
    ("predose", HIGH, [], "needs-decision", False),
    ("predose", HIGH, [wish(BP, "prescriber")], "go", False),
    ("predose", HIGH, [wish(BP, "monitor")], "needs-decision", True),
    ("predose", HIGH, [wish(BP, "therapist")], "needs-decision", True),
    ("predose", HIGH, [wish(BP, "prescriber", reason=" ")], "needs-decision", True),
    ("predose", HIGH, [wish(BP, "prescriber", at=None)], "needs-decision", True),
    ("predose", HIGH, [wish(BP, "prescriber", at="2026-03-02T10:01:00-05:00")], "needs-decision", True),
    ("predose", HIGH, [wish("predose.other", "prescriber")], "needs-decision", False),
    ("predose", ANEURYSM, [wish(SAC, "prescriber")], "no-go", True),
    ("predose", ANEURYSM, [wish(SAC, "medical-director")], "no-go", True),  # on the day
    ("predose", ANEURYSM, [wish(SAC, "medical-director", at=YESTERDAY)], "go", False),
    ("predose", ANEURYSM, [wish(SAC, "medical-director", at=YESTERDAY, reason="")], "no-go", True),
    ("screen", LIVER, [wish(HEP, "prescriber")], "needs-decision", True),  # no second clinician
    ("screen", LIVER, [wish(HEP, "prescriber", second_by="therapist")], "go", False),
    ("screen", LIVER, [wish(HEP, "prescriber", second_by="monitor")], "needs-decision", True),
    ("screen", LIVER, [wish(HEP, "prescriber"), wish(HEP, "therapist")], "go", False),
    ("screen", LIVER, [wish(HEP, "therapist")], "needs-decision", True),
    ("screen", LIVER, [wish(HEP, "prescriber"), wish(HEP, "monitor")], "needs-decision", True),
    (
        "screen",
        LIVER,
        [wish(HEP, "prescriber"), wish(HEP, "prescriber", reason="Again.")],
        "needs-decision",
        True,
    ),
    ("screen", LIVER, [wish(HEP, "Prescriber"), wish(HEP, "second clinician")], "go", False),
    ("predose", ANEURYSM, [wish(SAC, "Medical_Director", at=YESTERDAY)], "go", False),
]


@pytest.mark.parametrize(("gate", "facts", "overrides", "outcome", "reported"), CASES)
def test_override(gate: str, facts: dict[str, Any], overrides: Any, outcome: str, reported: bool) -> None:
    result = ask(gate, facts | {"overrides": overrides})
    assert result["outcome"] == outcome
    assert ("overrides.not-allowed" in severities(result)) is reported


VERY_HIGH = changed(READY, "vitals.0.bp_systolic_mmhg", 185)
WORDS = [
    # gate, facts, an override that does not count, why
    ("predose", HIGH, wish(BP, "monitor"), "This can be overridden by prescriber, not by monitor."),
    (
        "predose",
        VERY_HIGH,
        wish("predose.bp.very-high", "medical-director", at=YESTERDAY),
        "This can be overridden by nobody, not by medical-director.",
    ),
    ("predose", HIGH, wish(BP, "prescriber", reason=" "), "An override needs a reason."),
    ("predose", HIGH, wish(BP, "prescriber", at=None), "An override needs its time."),
    (
        "predose",
        HIGH,
        wish(BP, "prescriber", at="2026-03-02T10:00:01-05:00"),
        "The override lies in the future.",
    ),
    ("predose", ANEURYSM, wish(SAC, "medical-director"), "This can only be overridden before the day."),
    ("screen", LIVER, wish(HEP, "prescriber"), "This needs a second clinician beside the prescriber."),
]


@pytest.mark.parametrize(("gate", "facts", "override", "words"), WORDS)
def test_an_override_that_does_not_count_says_why(
    gate: str, facts: dict[str, Any], override: dict[str, Any], words: str
) -> None:
    result = ask(gate, facts | {"overrides": [override]})
    (told,) = [one for one in result["findings"] if one["rule"] == "overrides.not-allowed"]
    assert told["message"] == f"An override of {override['rule']} does not count. {words}"
    assert told["severity"] == "caution"
    by = override["by"]
    assert told["because"] == [
        {"fact": "overrides", "value": f"{override['rule']}, by {by}", "at": override["at"]}
    ]


def test_an_override_at_the_very_moment_of_the_question_counts() -> None:
    now = READY["at"]
    assert ask("predose", HIGH | {"overrides": [wish(BP, "prescriber", at=now)]})["outcome"] == "go"


def test_without_the_time_of_the_question_nothing_is_overridden() -> None:
    facts = {key: value for key, value in ANEURYSM.items() if key != "at"}
    result = ask("predose", facts | {"overrides": [wish(SAC, "medical-director", at=YESTERDAY)]})
    assert result["outcome"] == "no-go"
    assert any("can't be placed" in one["message"] for one in result["findings"])


SECONDS = [
    # gate, facts, overrides, outcome, how many are reported
    (
        "predose",
        HIGH,
        [wish(BP, "prescriber"), wish(BP, "therapist")],
        "go",
        1,
    ),  # no second word is asked for here
    ("screen", LIVER, [wish(HEP, "prescriber"), wish(HEP, "therapist", reason="")], "needs-decision", 2),
    ("screen", LIVER, [wish(HEP, "prescriber"), wish(HEP, "therapist")], "go", 0),
]


@pytest.mark.parametrize(("gate", "facts", "overrides", "outcome", "reported"), SECONDS)
def test_the_second_word_is_reported_only_where_it_is_none(
    gate: str, facts: dict[str, Any], overrides: Any, outcome: str, reported: int
) -> None:
    result = ask(gate, facts | {"overrides": overrides})
    assert result["outcome"] == outcome
    assert len([one for one in result["findings"] if one["rule"] == "overrides.not-allowed"]) == reported


def test_who_gave_the_second_word_stands_with_the_first() -> None:
    result = ask("screen", LIVER | {"overrides": [wish(HEP, "prescriber", second_by="therapist")]})
    finding = next(one for one in result["findings"] if one["rule"] == HEP)
    assert finding["overridden"] == {"by": "prescriber, with therapist", "reason": "Discussed.", "at": TODAY}


def test_a_time_that_is_none_is_refused_with_its_place() -> None:
    for at, words in (("soon", "“soon” is not a time"), ("2026-03-02T09:55:00", "has no offset from UTC")):
        with pytest.raises(BadInput) as told:
            ask("predose", HIGH | {"overrides": [wish(BP, "prescriber", at=at)]})
        assert words in told.value.message
        assert told.value.path == "overrides.0.at"


def test_a_number_that_is_rare_is_for_the_prescriber_to_decide() -> None:
    """At, and below, the lowest that a body plausibly has."""
    rare = next(
        one
        for one in ask("predose", changed(READY, "vitals.0.spo2_percent", 69))["findings"]
        if one["rule"] == RARE
    )
    assert (rare["severity"], rare["overridable_by"]) == ("unknown", ["prescriber"])
    assert [one["value"] for one in rare["because"]] == ["69 %"]
    assert RARE not in severities(ask("predose", changed(READY, "vitals.0.spo2_percent", 70)))


def test_what_is_not_on_record_is_named() -> None:
    """An unknown names the fact that it lacks; a condition says since when it is there."""
    for fact, rule in (("conditions", "eligibility.aneurysm-avm"), ("medicines", "interactions.maoi")):
        found = [
            one
            for one in ask("screen", {key: value for key, value in READY.items() if key != fact})["findings"]
            if {"fact": fact, "value": "not on record", "at": None} in one["because"]
        ]
        assert found, rule
    old = [{"system": "icd10", "code": "I71.4", "display": "", "onset": "2020-05-01"}]
    finding = next(
        one for one in ask("predose", READY | {"conditions": old})["findings"] if one["rule"] == SAC
    )
    assert finding["because"][0]["at"] == "2020-05-01"


def test_an_override_stands_on_the_finding() -> None:
    result = ask("predose", HIGH | {"overrides": [wish(BP, "prescriber")]})
    finding = next(one for one in result["findings"] if one["rule"] == BP)
    assert finding["overridden"] == {"by": "prescriber", "reason": "Discussed.", "at": TODAY}


def test_an_override_of_what_is_not_there_is_told() -> None:
    result = ask("predose", READY | {"overrides": [wish(BP, "prescriber")]})
    assert severities(result)["overrides.without-finding"] == "information"
    assert result["outcome"] == "go"


def test_180_today_is_not_overridden_by_the_director_either() -> None:
    facts = changed(READY, "vitals.0.bp_systolic_mmhg", 185)
    rule = "predose.bp.very-high"
    result = ask("predose", facts | {"overrides": [wish(rule, "medical-director", at=YESTERDAY)]})
    assert result["outcome"] == "no-go"


ANYBODY = {"absolute": [["medical-director"], []], "emergency": [[]], "information": [[]], "caution": [[]]}


@pytest.mark.parametrize("gate", ["predose", "session", "discharge", "maintenance", "rems"])
def test_who_may_override_what_nobody_asked_is_the_prescriber(gate: str) -> None:
    """Also where nobody may override what the answer could be: consent, the way home, the age."""
    for finding in ask(gate, {})["findings"]:
        allowed = ANYBODY.get(finding["severity"], [["prescriber"]])
        assert finding["overridable_by"] in allowed, finding["rule"]


@pytest.mark.parametrize("path", ["answers.consent_in_force", "answers.escort_named"])
def test_a_no_is_overridden_by_nobody(path: str) -> None:
    finding = next(
        f for f in ask("predose", changed(READY, path, False))["findings"] if f["severity"] == "absolute"
    )
    assert finding["overridable_by"] == []
