"""What is no answer is refused with the place and what is offered; the context of a scoring is held to its ranges."""

from __future__ import annotations

from typing import Any

import pytest

from upwell.base.errors import BadInput
from upwell.knowledge.loader import load_context_rules, load_instrument
from upwell.science.scoring import score
from upwell.science.scoring.answers import check_context, refuse_unknown, split_context

RULES = load_context_rules()
LOW, HIGH = RULES.age_minimum_years, RULES.age_maximum_years


def refused(instrument: str, answers: dict[str, Any]) -> BadInput:
    with pytest.raises(BadInput) as told:
        score(load_instrument(instrument), answers)
    return told.value


@pytest.mark.parametrize(
    ("instrument", "value", "words"),
    [
        ("phq-9", "two", "PHQ-9 item 1: text can't be an answer."),
        ("phq-9", True, "PHQ-9 item 1: true can't be an answer."),
        ("phq-9", False, "PHQ-9 item 1: false can't be an answer."),
        ("phq-9", [1], "PHQ-9 item 1: a list can't be an answer."),
        ("phq-9", {"a": 1}, "PHQ-9 item 1: an object can't be an answer."),
        ("phq-9", float("inf"), "PHQ-9 item 1: a number that is not finite can't be an answer."),
        ("phq-9", 4, "PHQ-9 item 1: 4 is not offered."),
        ("phq-9", 1.5, "PHQ-9 item 1: 1.5 is not offered."),
        ("dast-10", 1, "DAST-10 item 1: a number can't be an answer."),
    ],
)
def test_another_kind_or_value_is_refused_with_what_it_was(instrument: str, value: Any, words: str) -> None:
    error = refused(instrument, {"1": value})
    assert error.message.startswith(words)
    assert error.path == "1"


def test_what_is_offered_is_said_as_it_is_written() -> None:
    assert "Choose one of: 0 (Not at all), 1 (Several days), " in refused("phq-9", {"1": 9}).message
    assert refused("phq-9", {"1": 9}).message.endswith("; or leave it out.")
    assert "true (Yes), false (No)" in refused("dast-10", {"1": 7}).message
    assert "a number from 0 to 100" in refused("edi", {"1": 101}).message


@pytest.mark.parametrize(
    ("value", "is_taken"), [(0, True), (100, True), (50.5, True), (-1, False), (100.5, False)]
)
def test_a_line_takes_what_lies_between_its_ends(value: float, is_taken: bool) -> None:
    if is_taken:
        assert score(load_instrument("edi"), {"1": value}).missing == tuple("2345678")
    else:
        assert "is not offered" in refused("edi", {"1": value}).message


def test_an_item_that_there_is_not_is_named_with_those_that_there_are() -> None:
    instrument = load_instrument("gad-7")
    refuse_unknown(instrument, {"1": 0, "7": 0})
    with pytest.raises(BadInput) as told:
        refuse_unknown(instrument, {"1": 0, "12": 0})
    assert told.value.path == "12"
    assert "has no item “12”" in told.value.message
    assert f"Its items are 1 to {instrument.items[-1].id}." in told.value.message


def test_answers_and_context_are_told_apart() -> None:
    assert split_context({"1": 2, "context": {"sex": "male"}}) == ({"1": 2}, {"sex": "male"})
    assert split_context({"1": 2}) == split_context({"1": 2, "context": None}) == ({"1": 2}, {})
    for wrong, path in (([], ""), ({"context": [1]}, "context")):
        with pytest.raises(BadInput) as told:
            split_context(wrong)
        assert told.value.path == path


@pytest.mark.parametrize(
    ("context", "values"),
    [
        ({}, {}),
        ({"sex": "female", "age_years": LOW}, {"context.sex": "female", "context.age_years": LOW}),
        ({"age_years": HIGH}, {"context.age_years": HIGH}),
        ({"sex": None, "age_years": None}, {}),
    ],
)
def test_a_context_is_read(context: dict[str, Any], values: dict[str, Any]) -> None:
    assert check_context(context) == values


@pytest.mark.parametrize(
    ("context", "path", "words"),
    [
        ({"weight": 80}, "context.weight", "Known: sex, age_years."),
        ({"sex": "x"}, "context.sex", "The sex must be one of female"),
        ({"age_years": LOW - 1}, "context.age_years", f"from {LOW} to {HIGH}"),
        ({"age_years": HIGH + 1}, "context.age_years", f"from {LOW} to {HIGH}"),
        ({"age_years": True}, "context.age_years", "must be a number"),
        ({"age_years": "40"}, "context.age_years", "must be a number"),
    ],
)
def test_a_context_that_can_not_be_is_refused(context: dict[str, Any], path: str, words: str) -> None:
    with pytest.raises(BadInput) as told:
        check_context(context)
    assert told.value.path == path
    assert words in told.value.message


def test_a_result_says_its_range_its_band_and_whether_it_has_a_level() -> None:
    phq = score(load_instrument("phq-9"), {str(item): 1 for item in range(1, 10)})
    assert (phq.total, phq.minimum, phq.maximum, phq.has_level) == (9, 0, 27, False)
    assert (phq.band, phq.band_label) == ("mild", "mild")
    gap = score(load_instrument("phq-9"), {"1": 1})
    assert (gap.total, gap.band, gap.band_label, gap.maximum) == (None, None, None, 27)
    screen = score(load_instrument("asq"), {str(item): False for item in range(1, 5)})
    assert (screen.has_level, screen.minimum, screen.maximum) == (True, None, None)
