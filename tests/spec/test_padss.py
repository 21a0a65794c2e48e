"""PADSS as a monitor rates it: five items 0 to 2, 9 passes. Source: Chung 1995.

Surgical bleeding does not apply to a ketamine session: "na" counts as 2, and is recorded (C).
"""

from __future__ import annotations

import pytest

from tests.spec.forms import assert_no_total, digits, finding, scored
from upwell.base.errors import BadInput
from upwell.knowledge.loader import load_instrument
from upwell.science.scoring import score

TABLE = [
    ("22222", 10, True),
    ("22122", 9, True),
    ("21122", 8, False),
    ("20222", 8, False),
    ("00000", 0, False),
]


@pytest.mark.parametrize(("written", "total", "passes"), TABLE, ids=[row[0] for row in TABLE])
def test_nine_or_more(written: str, total: int, passes: bool) -> None:
    result = scored("padss", digits(written))
    assert (result.status, result.total, result.algorithms) == ("complete", total, {"passes": passes})
    assert (result.not_applicable, result.flags) == ((), ())


@pytest.mark.parametrize(
    ("written", "total", "passes"), [("2222", 10, True), ("2122", 9, True), ("2112", 8, False)]
)
def test_bleeding_that_does_not_apply_counts_as_2_and_is_recorded(
    written: str, total: int, passes: bool
) -> None:
    result = scored("padss", {**digits(written), "5": "na"})
    assert (result.status, result.total, result.algorithms) == ("complete", total, {"passes": passes})
    assert result.not_applicable == ("5",)
    found = finding(result, "bleeding-not-applicable")
    assert (found.policy, found.because[0].value) == (True, "Does not apply")


@pytest.mark.parametrize("item", range(1, 6))
def test_a_blank_is_not_the_same_as_not_applicable(item: int) -> None:
    result = scored("padss", digits("".join("-" if n == item else "2" for n in range(1, 6))))
    assert_no_total(result, str(item))
    assert result.algorithms == {"passes": None}


def test_only_bleeding_can_be_not_applicable() -> None:
    with pytest.raises(BadInput) as refused:
        score(load_instrument("padss"), {"4": "na"})
    assert refused.value.path == "4"
