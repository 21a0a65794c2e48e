"""Between sessions (clinical reference 3.7) and the REMS monitoring form (3.4: due after 7 days)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.spec.facts import HOME, ask, changed, severities, without

AT = "2026-03-30T10:00:00-05:00"
LABS = [
    {"test": test, "at": "2026-03-01T10:00:00-05:00", "value": 20, "upper_limit": 40, "unit": "U/L"}
    for test in ("alt", "ast", "alp", "ggt", "bilirubin")
]
WELL: dict[str, Any] = {
    "at": AT, "jurisdiction": "US", "substance": "racemic-ketamine", "route": "im",
    "person": {"age_years": 45, "sex": "male", "weight_kg": 80, "dosing_weight_kg": 80},
    "vitals": [{"at": "2026-03-30T09:50:00-05:00", "bp_systolic_mmhg": 128, "bp_diastolic_mmhg": 80}],
    "answers": {
        "urinary_symptoms_new": False, "haematuria_new": False, "dipstick_at": "2026-03-01T10:00:00-05:00",
        "cognition_tested_at": "2026-01-01T10:00:00-05:00", "craving": False, "early_refill": False,
        "pdmp_queried": True,
    },
    "assessments": [{"instrument": "urinary", "at": "2026-03-01T10:00:00-05:00", "total": 0}],
    "labs": LABS,
    "doses": [{"at": "2026-03-23T10:00:00-05:00"}, {"at": "2026-03-30T08:00:00-05:00"}],
}  # fmt: skip


def test_nothing_due_is_go() -> None:
    assert ask("maintenance", WELL)["outcome"] == "go"


ITEMS = [
    ("answers.urinary_symptoms_new", True, "maintenance.urinary.new", "needs-decision"),
    ("answers.haematuria_new", True, "maintenance.urinary.new", "needs-decision"),
    ("answers.urinary_symptoms_new", None, "maintenance.urinary.new", "unknown"),
    ("answers.cystitis_ulcerative", True, "maintenance.urinary.ulcerative", "absolute"),
    ("assessments.0.at", "2025-12-29T10:00:00-05:00", "maintenance.urinary.score-due", None),
    ("assessments.0.at", "2025-12-29T09:00:00-05:00", "maintenance.urinary.score-due", "unknown"),
    ("answers.dipstick_at", None, "maintenance.urinary.dipstick-due", "unknown"),
    ("labs.0.value", 120, "maintenance.liver.high", None),
    ("labs.0.value", 121, "maintenance.liver.high", "needs-decision"),
    ("labs.0.value", 200, "maintenance.liver.high", "needs-decision"),
    ("labs.0.value", 201, "maintenance.liver.very-high", "absolute"),
    ("labs.0.at", "2025-12-01T10:00:00-05:00", "maintenance.liver.due", "information"),
    ("labs.0.at", "2025-09-01T10:00:00-05:00", "maintenance.liver.overdue", "unknown"),
    ("labs", None, "maintenance.liver.baseline", "unknown"),
    ("answers.cognition_declined", True, "maintenance.cognition.declined", "needs-decision"),
    ("answers.cognition_tested_at", None, "maintenance.cognition.due", "unknown"),
    ("answers.craving", True, "maintenance.misuse", "needs-decision"),
    ("answers.early_refill", None, "maintenance.misuse.asked", "unknown"),
    ("answers.pdmp_queried", False, "maintenance.pdmp", "needs-decision"),
    ("vitals", None, "maintenance.blood-pressure", "unknown"),
    ("person.weight_kg", 83.9, "maintenance.weight", None),
    ("person.weight_kg", 84, "maintenance.weight", "needs-decision"),
    ("person.weight_kg", 76, "maintenance.weight", "needs-decision"),
    ("person.sex", "female", "maintenance.pregnancy.asked", "unknown"),
    ("answers.pregnant", True, "maintenance.pregnancy", "not-recommended"),
    ("doses", None, "maintenance.frequency", "unknown"),
]


@pytest.mark.parametrize(("path", "value", "rule", "severity"), ITEMS)
def test_item(path: str, value: Any, rule: str, severity: str | None) -> None:
    assert severities(ask("maintenance", changed(WELL, path, value))).get(rule) == severity


@pytest.mark.parametrize(
    ("days", "rule", "found"),
    [
        (["24", "27"], "maintenance.frequency", False),
        (["24", "27", "30"], "maintenance.frequency", True),
        (["23", "27", "30"], "maintenance.frequency", False),  # the first is a week ago
        (["30", "30", "30"], "maintenance.frequency", False),  # three devices are one session
    ],
)
def test_more_than_two_sessions_a_week(days: list[str], rule: str, found: bool) -> None:
    doses = [{"at": f"2026-03-{day}T0{place}:00:00-05:00"} for place, day in enumerate(days)]
    assert (rule in severities(ask("maintenance", WELL | {"doses": doses}))) is found


@pytest.mark.parametrize(("weeks", "found"), [(13, False), (14, True)])
def test_weekly_for_more_than_three_months(weeks: int, found: bool) -> None:
    from datetime import datetime, timedelta

    last = datetime.fromisoformat(AT) - timedelta(hours=2)
    doses = [{"at": (last - timedelta(weeks=back)).isoformat()} for back in range(weeks + 1)]
    assert ("maintenance.frequency.long" in severities(ask("maintenance", WELL | {"doses": doses}))) is found


FORM: dict[str, Any] = changed(
    changed(
        changed(HOME, "answers.concomitant", dict.fromkeys(
            ("benzodiazepine", "hypnotic", "opioid", "stimulant", "maoi"), False)),
        "answers.serious_adverse_event", False),
    "answers.discharged_at", "2026-03-02T11:58:00-05:00")  # fmt: skip


def test_a_complete_form_is_go_and_due_in_7_days() -> None:
    result = ask("rems", FORM)
    assert (result["outcome"], result["missing"]) == ("go", [])
    assert result["due_at"] == "2026-03-09T09:50:00-05:00"


@pytest.mark.parametrize(
    ("path", "rule"),
    [("doses", "rems.dose"), ("assessments", "rems.sedation"), ("answers.concomitant.maoi", "rems.concomitant"),
     ("answers.serious_adverse_event", "rems.serious-adverse-event"), ("answers.discharged_at", "rems.discharged-at"),
     ("answers.dissociation_significant", "rems.dissociation"), ("vitals", "rems.bp-before")],
)  # fmt: skip
def test_what_is_missing_on_the_form_is_said(path: str, rule: str) -> None:
    result = ask("rems", without(FORM, path))
    assert severities(result)[rule] == "unknown"
    assert result["missing"]


@pytest.mark.parametrize(
    ("at", "found"), [("2026-03-09T09:50:00-05:00", False), ("2026-03-09T09:51:00-05:00", True)]
)
def test_overdue_after_7_days(at: str, found: bool) -> None:
    assert ("rems.overdue" in severities(ask("rems", FORM | {"at": at}))) is found


def test_the_form_is_for_esketamine_in_the_us() -> None:
    assert ask("rems", {"substance": "racemic-ketamine", "jurisdiction": "US"})["outcome"] == "go"
    assert ask("rems", {})["outcome"] == "needs-decision"
