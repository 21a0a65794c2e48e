"""MDQ as a clinician reads it. Source: Hirschfeld 2000 (Am J Psychiatry 157:1873).

Positive: 7 or more yeses, at the same time, and a moderate or serious problem.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.spec.forms import assert_no_total, scored, without, yes_to
from upwell.base.errors import BadInput
from upwell.knowledge.loader import load_instrument
from upwell.science.scoring import score


def form(yeses: int, same_time: bool, problem: str) -> dict[str, Any]:
    return {**yes_to(range(1, yeses + 1), of=13), "same_time": same_time, "problem": problem}


TABLE = [
    # yes  same time  problem   positive
    (0, False, "none", False),
    (6, True, "serious", False),
    (7, True, "serious", True),
    (7, True, "moderate", True),
    (7, True, "minor", False),
    (7, True, "none", False),
    (7, False, "serious", False),
    (8, True, "moderate", True),
    (13, True, "serious", True),
    (13, False, "none", False),
]


@pytest.mark.parametrize(("yeses", "same_time", "problem", "positive"), TABLE)
def test_all_three_conditions(yeses: int, same_time: bool, problem: str, positive: bool) -> None:
    result = scored("mdq", form(yeses, same_time, problem))
    assert (result.status, result.total) == ("complete", yeses)
    assert result.algorithms == {"positive": positive}


BLANKS = [
    ("same time, 7 yeses", form(7, True, "serious"), "same_time", None),
    ("problem, 7 yeses", form(7, True, "serious"), "problem", None),
    ("a question, 7 yeses beside it", form(8, True, "serious"), "1", None),
    ("same time, 6 yeses: negative all the same", form(6, True, "serious"), "same_time", False),
    ("a question, not at the same time: negative all the same", form(8, False, "serious"), "1", False),
    ("a question, minor problem: negative all the same", form(8, True, "minor"), "13", False),
]


@pytest.mark.parametrize(("what", "full", "blank", "positive"), BLANKS, ids=[row[0] for row in BLANKS])
def test_a_blank_means_no_total(what: str, full: dict[str, Any], blank: str, positive: bool | None) -> None:
    result = scored("mdq", without(full, blank))
    assert_no_total(result, blank)
    assert result.algorithms == {"positive": positive}


def test_without_any_yes_the_last_two_are_not_asked() -> None:
    result = scored("mdq", yes_to([], of=13))
    assert (result.status, result.total, result.algorithms) == ("complete", 0, {"positive": False})
    assert_no_total(scored("mdq", yes_to([13], of=13)), "same_time", "problem")
    assert_no_total(scored("mdq", without(yes_to([], of=13), "4")), "4")


@pytest.mark.parametrize(
    ("item", "value"), [("1", 1), ("same_time", "yes"), ("problem", 2), ("problem", "severe")]
)
def test_what_can_not_be_is_refused(item: str, value: object) -> None:
    with pytest.raises(BadInput) as refused:
        score(load_instrument("mdq"), {item: value})
    assert refused.value.path == item
