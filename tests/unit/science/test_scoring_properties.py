"""Properties that hold for whatever is answered, and an oracle written apart from the engine."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upwell.base.errors import BadInput
from upwell.knowledge.loader import load_instrument
from upwell.knowledge.schemas import violations
from upwell.science.scoring import score, split_context

PHQ9, GAD7 = load_instrument("phq-9"), load_instrument("gad-7")
ITEMS = [str(number) for number in range(1, 10)]

answer = st.integers(0, 3)
complete = st.fixed_dictionaries(dict.fromkeys(ITEMS, answer))
partial = st.fixed_dictionaries({item: st.none() | answer for item in ITEMS})


def oracle(answers: dict[str, Any]) -> tuple[str, int | None, str | None]:
    """PHQ-9 straight from the paper, in plain Python: status, total, syndrome."""
    given_ = [answers[item] for item in ITEMS if answers[item] is not None]
    blank = 9 - len(given_)
    if blank > 2:
        return "not-scorable", None, None
    if blank:
        mean = Decimal(sum(given_)) / len(given_)
        total = Decimal(sum(given_)) + mean * blank
        return "imputed", int(total.quantize(Decimal(1), ROUND_HALF_UP)), None
    counted = [item for item in ITEMS if answers[item] >= (1 if item == "9" else 2)]
    gate = answers["1"] >= 2 or answers["2"] >= 2
    syndrome = "none"
    if gate and len(counted) >= 5:
        syndrome = "major"
    elif gate and len(counted) >= 2:
        syndrome = "other"
    return "complete", sum(given_), syndrome


@given(partial)
def test_engine_agrees_with_the_oracle(answers: dict[str, int | None]) -> None:
    result = score(PHQ9, answers)
    assert (result.status, result.total, result.algorithms["depressive_syndrome"]) == oracle(answers)


@given(partial)
def test_total_is_in_range_or_absent(answers: dict[str, int | None]) -> None:
    result = score(PHQ9, answers)
    blank = sum(value is None for value in answers.values())
    assert (result.total is None) == (blank >= 3)
    assert result.total is None or (isinstance(result.total, int) and 0 <= result.total <= 27)
    assert violations("score-result", result.as_json()) == []


@given(complete, st.sampled_from(ITEMS))
def test_a_worse_answer_never_lowers_the_score(answers: dict[str, int], item: str) -> None:
    worse = {**answers, item: min(3, answers[item] + 1)}
    bands = [band.id for band in PHQ9.bands]
    syndromes = ["none", "other", "major"]

    def ranks(given_: dict[str, int]) -> tuple[float, int, int]:
        result = score(PHQ9, given_)
        syndrome = str(result.algorithms["depressive_syndrome"])
        return result.total or 0, bands.index(str(result.band)), syndromes.index(syndrome)

    assert all(after >= before for before, after in zip(ranks(answers), ranks(worse), strict=True))


@given(partial, st.randoms())
def test_order_of_answers_is_irrelevant(answers: dict[str, Any], random: Any) -> None:
    shuffled = list(answers.items())
    random.shuffle(shuffled)
    assert score(PHQ9, dict(shuffled)) == score(PHQ9, answers)


@given(partial)
def test_null_and_absent_are_the_same(answers: dict[str, Any]) -> None:
    absent = {item: value for item, value in answers.items() if value is not None}
    assert score(PHQ9, absent) == score(PHQ9, answers)


@given(partial)
def test_item_9_is_flagged_whatever_else_is_there(answers: dict[str, Any]) -> None:
    flags = score(PHQ9, answers).flags
    assert ("item-9" in flags) == (answers["9"] in (1, 2, 3))
    assert ("item-9-unanswered" in flags) == (answers["9"] is None)


@given(st.fixed_dictionaries({str(n): st.none() | answer for n in range(1, 8)}))
def test_gad7_has_a_total_only_when_complete(answers: dict[str, Any]) -> None:
    result = score(GAD7, answers)
    values = list(answers.values())
    assert result.total == (None if None in values else sum(values))


REFUSED = [
    ({"11": 1}, "11"),
    ({"answers": {"1": 1}}, "answers"),
    ({"": 1}, ""),
    ({" 1": 1}, " 1"),
    ({"1": 4}, "1"),
    ({"1": -1}, "1"),
    ({"1": 1.5}, "1"),
    ({"2": "2"}, "2"),
    ({"2": ""}, "2"),
    ({"3": True}, "3"),
    ({"3": False}, "3"),
    ({"4": [1]}, "4"),
    ({"4": {"value": 1}}, "4"),
    ({"5": math.nan}, "5"),
    ({"5": math.inf}, "5"),
    ({"6": 10**400}, "6"),
    ({"6": "refused"}, "6"),
    ({"10": 4}, "10"),
]


@pytest.mark.parametrize(("answers", "path"), REFUSED, ids=[str(row[0])[:30] for row in REFUSED])
def test_answers_that_can_not_be_are_refused_with_their_path(answers: dict[str, Any], path: str) -> None:
    with pytest.raises(BadInput) as refused:
        score(PHQ9, answers)
    assert refused.value.path == path
    assert "PHQ-9" in refused.value.message


def test_a_whole_number_written_as_a_float_is_that_number() -> None:
    result = score(GAD7, {str(n): 2.0 for n in range(1, 8)})
    assert (result.total, type(result.total)) == (14, int)


@pytest.mark.parametrize(
    ("context", "path"),
    [
        ({"age": 3}, "context.age"),
        ({"age_years": -1}, "context.age_years"),
        ({"age_years": 820}, "context.age_years"),
        ({"age_years": "40"}, "context.age_years"),
        ({"age_years": True}, "context.age_years"),
        ({"age_years": math.nan}, "context.age_years"),
        ({"sex": "F"}, "context.sex"),
        ({"sex": ["male"]}, "context.sex"),
    ],
)
def test_an_implausible_context_is_refused(context: dict[str, Any], path: str) -> None:
    with pytest.raises(BadInput) as refused:
        score(PHQ9, {}, context)
    assert refused.value.path == path


def test_a_plausible_context_changes_nothing_here() -> None:
    context = {"sex": "female", "age_years": 44.5}
    assert score(PHQ9, {"1": 1}, context) == score(PHQ9, {"1": 1})


@pytest.mark.parametrize("document", [[1], "x", 3, None, {"context": [1]}, {"context": "x"}])
def test_an_input_of_another_shape_is_refused(document: Any) -> None:
    with pytest.raises(BadInput):
        split_context(document)


def test_context_is_taken_out_of_the_input() -> None:
    assert split_context({"1": 2, "context": {"sex": "male"}}) == ({"1": 2}, {"sex": "male"})
    assert split_context({"1": 2, "context": None}) == ({"1": 2}, {})
