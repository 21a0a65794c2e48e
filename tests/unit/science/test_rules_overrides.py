"""Who may override what: the contract's table, row by row."""

from __future__ import annotations

from typing import Any

import pytest

from tests.spec.facts import READY, ask, changed, severities
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
