"""What a prescriber may decide on which findings, and what is still needed: the contract's table.

Absolute and emergency: nobody at the screening but, for absolute, the medical director with a reason. Not recommended:
with a second clinician. Everything that needs a decision: with a reason that covers it.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from upwell.base.errors import BadInput, RefusedByRule
from upwell.base.finding import Severity
from upwell.pathway.screening.rules import (
    Opinion,
    checked_look_again,
    excepted,
    may_be_excepted,
    needs_of,
    overridden,
    refuse_decision,
    seconded,
)
from upwell.pathway.screening.states import Decision

AT = datetime(2026, 3, 2, 10, tzinfo=UTC)
ALLOWED = {"absolute": ["medical-director"], "emergency": [], "information": [], "caution": []}


def finding(severity: str, rule: str = "", **more: Any) -> dict[str, Any]:
    allowed = ALLOWED.get(severity, ["prescriber"])
    return {
        "rule": rule or f"rule.{severity}", "severity": severity, "message": f"It is {severity}.",
        "overridable_by": allowed, **more,
    }  # fmt: skip


def opinion(
    rule: str,
    *,
    agrees: bool = True,
    role: str = "therapist",
    account: str = "t",
    hours: float = 0,
    words: str = "Yes.",
) -> Opinion:
    return Opinion(account, role, "Tara Quinn", agrees, frozenset({rule}), AT + timedelta(hours=hours), words)


@pytest.mark.parametrize(
    ("severity", "kind"),
    [
        ("information", ""),
        ("caution", ""),
        ("relative", "weighed"),
        ("unknown", "weighed"),
        ("needs-decision", "weighed"),
        ("not-recommended", "second"),
        ("absolute", "forbids"),
        ("emergency", "forbids"),
    ],
)
def test_what_each_severity_asks_of_the_prescriber(severity: str, kind: str) -> None:
    needs = needs_of([finding(severity)])
    found = {"forbids": needs.forbids, "second": needs.second, "weighed": needs.weighed}
    assert {name for name, some in found.items() if some} == ({kind} if kind else set())
    assert len(needs.to_weigh) == (1 if kind in ("second", "weighed") else 0)
    assert may_be_excepted(finding(severity)) is (severity == "absolute")
    assert {str(one) for one in Severity} >= {severity}


def test_what_nobody_may_override_forbids_however_mild() -> None:
    assert needs_of([finding("needs-decision", overridable_by=[])]).forbids
    assert not may_be_excepted(finding("absolute", overridable_by=[]))


def test_what_needs_a_second_clinician_is_weighed_first() -> None:
    needs = needs_of([finding("unknown"), finding("not-recommended")])
    assert [one["severity"] for one in needs.to_weigh] == ["not-recommended", "unknown"]


RULE = "rule.not-recommended"


@pytest.mark.parametrize(
    ("opinions", "stands"),
    [
        ([], False),
        ([opinion(RULE)], True),
        ([opinion("another.rule")], False),
        ([opinion(RULE, agrees=False)], False),
        ([opinion(RULE, role="monitor")], False),
        ([opinion(RULE, account="p")], False),  # the one who decides is no second
        ([opinion(RULE, role="prescriber")], True),  # another prescriber is
        ([opinion(RULE, agrees=False), opinion(RULE, hours=1)], True),  # the latest word of each counts
        ([opinion(RULE, hours=1, agrees=False), opinion(RULE)], False),
        ([opinion(RULE), opinion(RULE, account="u", agrees=False)], False),  # one who says no stops it
    ],
)
def test_whose_word_stands_as_the_second_clinicians(opinions: list[Opinion], stands: bool) -> None:
    assert (seconded(RULE, opinions, "p") is not None) is stands


ABSOLUTE = finding("absolute")
DIRECTOR = "medical-director"
LET = opinion("rule.absolute", role=DIRECTOR)


@pytest.mark.parametrize(
    ("about", "opinions", "stands"),
    [
        (ABSOLUTE, [], False),
        (ABSOLUTE, [opinion("rule.absolute", role=DIRECTOR)], True),
        (ABSOLUTE, [opinion("rule.absolute", role="prescriber")], False),
        (ABSOLUTE, [opinion("another.rule", role=DIRECTOR)], False),
        (ABSOLUTE, [LET, opinion("rule.absolute", role=DIRECTOR, hours=1, agrees=False)], False),
        (ABSOLUTE, [LET, opinion("rule.absolute", role=DIRECTOR, hours=-1, agrees=False)], True),
        (finding("emergency"), [opinion("rule.emergency", role=DIRECTOR)], False),
    ],
)  # fmt: skip
def test_only_the_director_excepts_what_is_absolute(
    about: Any, opinions: list[Opinion], stands: bool
) -> None:
    assert (excepted(about, opinions) is not None) is stands


def decide(findings: list[dict[str, Any]], decision: Decision = Decision.ELIGIBLE, **more: Any) -> None:
    given = {"has_plan": True, "weighed": [], "opinions": [], "decider": "p", **more}
    refuse_decision(decision, needs_of(findings), **given)


def test_no_and_not_now_need_nothing() -> None:
    for decision in (Decision.NO, Decision.NOT_NOW):
        decide([finding("emergency"), finding("not-recommended")], decision, has_plan=False)


def test_eligible_is_refused_with_what_it_needs() -> None:
    decide([])
    with pytest.raises(RefusedByRule, match=r"“It is absolute\.” No prescriber can decide against it"):
        decide([ABSOLUTE], weighed=["rule.absolute"])
    decide([ABSOLUTE], opinions=[opinion("rule.absolute", role=DIRECTOR)])
    with pytest.raises(BadInput, match=r"Say first what is to be given") as told:
        decide([], has_plan=False)
    assert told.value.path == "plan"
    with pytest.raises(
        RefusedByRule, match=r"A second clinician has to agree first: “It is not-recommended\.”"
    ):
        decide([finding("not-recommended")], weighed=[RULE])
    with pytest.raises(
        BadInput, match=r"Your reason has to cover this too: “It is not-recommended\.”"
    ) as told:
        decide([finding("not-recommended")], opinions=[opinion(RULE)])
    assert told.value.path == "weighed"
    decide([finding("not-recommended")], opinions=[opinion(RULE)], weighed=[RULE])
    with pytest.raises(RefusedByRule, match=r"A second clinician has to agree first"):
        decide([finding("not-recommended")], opinions=[opinion(RULE, account="p")], weighed=[RULE])
    with pytest.raises(BadInput, match=r"cover this too: “It is unknown\.” “It is relative\.”"):
        decide([finding("unknown"), finding("relative")])
    decide([finding("unknown"), finding("caution")], weighed=["rule.unknown"])


def test_what_was_decided_against_says_by_whom_and_why() -> None:
    findings = [ABSOLUTE, finding("not-recommended"), finding("unknown"), finding("caution")]
    opinions = [opinion("rule.absolute", role=DIRECTOR, words="Repaired."), opinion(RULE)]
    out = overridden(
        findings, needs_of(findings), reason="Weighed.", own_reasons={"rule.unknown": " Asked. ", RULE: "  "},
        opinions=opinions, decider="p", at=AT,
    )  # fmt: skip
    assert [one.get("overridden") for one in out] == [
        {"by": DIRECTOR, "reason": "Repaired.", "at": AT.isoformat()},
        {"by": "prescriber, with therapist Tara Quinn", "reason": "Weighed.", "at": AT.isoformat()},
        {"by": "prescriber", "reason": "Asked.", "at": AT.isoformat()},
        None,
    ]
    assert "overridden" not in finding("unknown")


TODAY, LATEST = date(2026, 3, 2), date(2028, 3, 2)


@pytest.mark.parametrize(
    ("decision", "day", "kept"),
    [
        (Decision.NOT_NOW, TODAY + timedelta(days=1), TODAY + timedelta(days=1)),
        (Decision.NOT_NOW, LATEST, LATEST),
        (Decision.ELIGIBLE, TODAY, None),
        (Decision.NO, None, None),
    ],
)
def test_a_not_now_is_looked_at_again_on_its_day(
    decision: Decision, day: date | None, kept: date | None
) -> None:
    assert checked_look_again(decision, day, TODAY, LATEST) == kept


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (None, "Say when"),
        (TODAY, "lies in the future"),
        (TODAY - timedelta(days=1), "lies in the future"),
        (LATEST + timedelta(days=1), "Check the year"),
    ],
)
def test_a_day_that_can_not_be_is_refused(day: date | None, words: str) -> None:
    with pytest.raises(BadInput, match=words) as told:
        checked_look_again(Decision.NOT_NOW, day, TODAY, LATEST)
    assert told.value.path == "look_again_on"
