"""ASQ as a clinician reads it. Source: Horowitz 2012, NIMH toolkit. A refusal counts as a positive answer.

Local policy (C): question 5 refused or blank after a positive screen is incomplete, and acute until it is answered.
Answers are written 1234 5: y, n, r for refused, - for not answered.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.spec.forms import finding, scored
from upwell.base.errors import BadInput
from upwell.knowledge.loader import load_instrument
from upwell.science.scoring import ScoreResult, asked_items, score

MARKS = {"y": True, "n": False, "r": "refused"}


def form(written: str) -> dict[str, Any]:
    marks = written.replace(" ", "")
    return {item: MARKS[mark] for item, mark in zip("12345", marks, strict=True) if mark != "-"}


def screen(written: str) -> ScoreResult:
    return scored("asq", form(written))


COMPLETE = [
    ("all no", "nnnn -", "negative", ()),
    ("a yes to 1, not now", "ynnn n", "non-acute-positive", ("non-acute",)),
    ("a yes to 2, not now", "nynn n", "non-acute-positive", ("non-acute",)),
    ("a yes to 3, not now", "nnyn n", "non-acute-positive", ("non-acute",)),
    ("a yes to 4, not now", "nnny n", "non-acute-positive", ("non-acute",)),
    ("a refusal, not now", "nnrn n", "non-acute-positive", ("non-acute", "refused")),
    ("all refused, not now", "rrrr n", "non-acute-positive", ("non-acute", "refused")),
    ("all yes, not now", "yyyy n", "non-acute-positive", ("non-acute",)),
    ("a yes to 1, right now", "ynnn y", "acute-positive", ("acute",)),
    ("a refusal, right now", "nrnn y", "acute-positive", ("acute", "refused")),
    ("all yes, right now", "yyyy y", "acute-positive", ("acute",)),
    ("all no, but right now: the worst reading", "nnnn y", "acute-positive", ("acute", "protocol-error")),
    ("all no, and no to 5 as well", "nnnn n", "negative", ()),
]


@pytest.mark.parametrize(("what", "written", "outcome", "flags"), COMPLETE, ids=[row[0] for row in COMPLETE])
def test_complete(what: str, written: str, outcome: str, flags: tuple[str, ...]) -> None:
    result = screen(written)
    assert (result.status, result.missing) == ("complete", ())
    assert (result.algorithms["risk"], result.level_at_least) == (outcome, outcome)
    assert result.flags == flags


INCOMPLETE = [
    ("nothing answered", "---- -", None, ("1", "2", "3", "4")),
    ("one blank, the rest no", "nn-n -", None, ("3",)),
    ("one blank, the rest no, no to 5", "nn-n n", None, ("3",)),
    ("a yes, 5 blank", "nynn -", "acute-positive", ("5",)),
    ("a yes, 5 refused", "nynn r", "acute-positive", ("5",)),
    ("a refusal, 5 blank", "rnnn -", "acute-positive", ("5",)),
    ("a refusal, 5 refused", "rnnn r", "acute-positive", ("5",)),
    ("all no, 5 refused", "nnnn r", "acute-positive", ("5",)),
    ("a yes, another blank, 5 blank", "y-nn -", "acute-positive", ("2", "5")),
    ("a yes, another blank, not now", "y-nn n", "non-acute-positive", ("2",)),
    ("a yes, another blank, right now", "y-nn y", "acute-positive", ("2",)),
    ("all blank, right now", "---- y", "acute-positive", ("1", "2", "3", "4")),
]


@pytest.mark.parametrize(
    ("what", "written", "at_least", "missing"), INCOMPLETE, ids=[row[0] for row in INCOMPLETE]
)
def test_a_gap_is_incomplete_and_acts_on_what_is_proven(
    what: str, written: str, at_least: str | None, missing: tuple[str, ...]
) -> None:
    result = screen(written)
    assert (result.status, result.algorithms["risk"]) == ("incomplete", "incomplete")
    assert (result.level_at_least, result.missing) == (at_least, missing)


@pytest.mark.parametrize("written", ["ynnn -", "ynnn r", "rnnn -", "nnnn r"])
def test_an_open_question_5_is_acute_until_it_is_answered(written: str) -> None:
    result = screen(written)
    assert "acuity-open" in result.flags
    found = finding(result, "acuity-open")
    assert (found.severity, found.policy, found.overridable_by) == ("emergency", True, ())
    assert "Do not leave the person alone" in found.message


def test_acute_is_an_emergency_and_non_acute_is_decided_before_the_person_leaves() -> None:
    acute, other = finding(screen("ynnn y"), "acute"), finding(screen("ynnn n"), "non-acute")
    assert (acute.severity, other.severity) == ("emergency", "needs-decision")
    assert "Do not leave the person alone" in acute.message
    assert "before the person leaves" in other.message


ASKED = [
    ({}, None),
    ({"1": True}, True),
    ({"4": "refused"}, True),
    (form("nnnn -"), False),
    (form("nnn- -"), None),
]


@pytest.mark.parametrize(("given", "expected"), ASKED)
def test_question_5_is_asked_after_a_yes_or_a_refusal(given: dict[str, Any], expected: bool | None) -> None:
    assert asked_items(load_instrument("asq"), given)["5"] is expected


@pytest.mark.parametrize("value", [0, 1, "yes", "na"])
def test_answers_are_yes_no_or_refused(value: object) -> None:
    with pytest.raises(BadInput) as refused:
        score(load_instrument("asq"), {"2": value})
    assert refused.value.path == "2"
