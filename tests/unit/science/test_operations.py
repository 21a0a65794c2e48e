"""Each operation of the engine on its own: what it gives, and what a missing value does to it."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from upwell.knowledge.build_instrument import read_condition
from upwell.knowledge.instrument import Row, Step
from upwell.knowledge.provenance import Mark, Provenance
from upwell.knowledge.schemas import load_schema
from upwell.science.scoring.conditions import compile_condition
from upwell.science.scoring.operations import OPERATIONS
from upwell.science.scoring.values import plain_number, round_half_up

NOWHERE = Provenance((), Mark.C)
ABC = ("a", "b", "c")


def run(op: str, values: dict[str, Any], **parameters: Any) -> Any:
    return OPERATIONS[op](Step(name="x", op=op, provenance=NOWHERE, **parameters))(values)


@pytest.mark.parametrize(
    ("op", "parameters", "complete", "with_a_gap"),
    [
        ("sum", {}, 6, None),
        ("mean", {}, 2, None),
        ("max", {}, 3, None),
        ("min", {}, 1, None),
        ("sum", {"over_answered": True}, 6, 4),
        ("mean", {"over_answered": True}, 2, 2),
        ("max", {"over_answered": True}, 3, 3),
        ("count", {"at_least": 2}, 2, None),
        ("count", {"at_least": 2, "at_least_for": {"a": 1}}, 3, None),
    ],
)
def test_over_several(op: str, parameters: dict[str, Any], complete: Any, with_a_gap: Any) -> None:
    assert run(op, {"a": 1, "b": 2, "c": 3}, of=ABC, **parameters) == complete
    assert run(op, {"a": 1, "b": None, "c": 3}, of=ABC, **parameters) == with_a_gap


def test_over_answered_of_nothing_is_missing() -> None:
    assert run("max", dict.fromkeys(ABC), of=ABC, over_answered=True) is None


@pytest.mark.parametrize(
    ("op", "parameters", "value", "expected"),
    [
        ("reverse", {"minimum": 0, "maximum": 3}, 1, 2),
        ("reverse", {"minimum": 1, "maximum": 5}, 5, 1),
        ("multiply", {"by": 4}, 13, 52),
        ("percent-of-maximum", {"minimum": 0, "maximum": 75, "by": 100}, 45, 60),
        ("percent-of-maximum", {"minimum": 0, "maximum": 3, "by": 100}, 1, Fraction(100, 3)),
        ("percent-of-maximum", {"minimum": 1, "maximum": 5, "by": 100}, 1, 0),
        ("percent-of-maximum", {"minimum": 1, "maximum": 5, "by": 100}, 4, 75),
    ],
)
def test_on_one(op: str, parameters: dict[str, Any], value: Any, expected: Any) -> None:
    assert run(op, {"a": value}, of=("a",), **parameters) == expected
    assert run(op, {"a": None}, of=("a",), **parameters) is None


def test_decide_takes_the_first_row_that_holds_and_never_reads_unknown_as_no() -> None:
    rows = (
        Row(read_condition({"value": "a", "at_least": 2}), "high"),
        Row(read_condition({"value": "b", "at_least": 1}), "low"),
    )
    decide = OPERATIONS["decide"](Step("x", "decide", NOWHERE, rows=rows, otherwise="none"))
    assert decide({"a": 2, "b": None}) == "high"
    assert decide({"a": 0, "b": 1}) == "low"
    assert decide({"a": 0, "b": 0}) == "none"
    assert decide({"a": None, "b": 1}) is None
    assert decide({"a": 0, "b": None}) is None


def test_a_proven_decision_passes_over_what_is_not_known() -> None:
    rows = (
        Row(read_condition({"value": "a", "at_least": 2}), "high"),
        Row(read_condition({"value": "b", "at_least": 1}), "low"),
    )
    decide = OPERATIONS["decide"](Step("x", "decide", NOWHERE, rows=rows, proven=True))
    assert decide({"a": None, "b": 1}) == "low"
    assert decide({"a": 2, "b": None}) == "high"
    assert decide({"a": None, "b": 0}) is None
    assert decide({"a": 0, "b": 0}) is None


YES, NO, GAP = ({"value": name, "at_least": 1} for name in ("yes", "no", "gap"))


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (YES, True),
        (NO, False),
        (GAP, None),
        ({"all": [YES, YES]}, True),
        ({"all": [YES, NO]}, False),
        ({"all": [YES, GAP]}, None),
        ({"all": [GAP, NO]}, False),
        ({"any": [NO, NO]}, False),
        ({"any": [NO, YES]}, True),
        ({"any": [NO, GAP]}, None),
        ({"any": [GAP, YES]}, True),
        ({"not": NO}, True),
        ({"not": YES}, False),
        ({"not": GAP}, None),
        ({"unanswered": "gap"}, True),
        ({"unanswered": "no"}, False),
        ({"unanswered": "absent"}, True),
        ({"value": "yes", "at_least": 1, "at_most": 1}, True),
        ({"value": "yes", "above": 0, "below": 1}, False),
        ({"value": "gap", "above": 0, "below": 1}, None),
        ({"value": "yes", "equals": 1}, True),
    ],
)
def test_conditions_have_three_values(condition: dict[str, Any], expected: bool | None) -> None:
    assert compile_condition(read_condition(condition))({"yes": 1, "no": 0, "gap": None}) is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(Fraction(9, 2), 5), (Fraction(7, 2), 4), (Fraction(27, 8), 3), (Fraction(-1, 2), 0), (4, 4), (4.5, 5)],
)
def test_round_half_up(value: Any, expected: int) -> None:
    assert round_half_up(value) == expected


def test_plain_numbers() -> None:
    assert (plain_number(Fraction(4, 2)), plain_number(Fraction(1, 2)), plain_number(3.0)) == (2, 0.5, 3)


def test_the_schema_knows_the_engine_s_operations() -> None:
    assert load_schema("instrument")["$defs"]["step"]["properties"]["op"]["enum"] == list(OPERATIONS)
