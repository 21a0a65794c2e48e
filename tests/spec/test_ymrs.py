"""YMRS as a clinician reads it: items 5, 6, 8 and 9 are 0 to 8 in steps of 2, the others 0 to 4. Source: Young 1978."""

from __future__ import annotations

from typing import Any

import pytest

from tests.spec.forms import assert_no_total, scored, without
from upwell.base.errors import BadInput
from upwell.knowledge.loader import load_instrument
from upwell.science.scoring import score

DOUBLE = (5, 6, 8, 9)
HIGHEST: dict[str, Any] = {str(n): 8 if n in DOUBLE else 4 for n in range(1, 12)}
ZERO: dict[str, Any] = dict.fromkeys(HIGHEST, 0)

TABLE = [
    # total  answers                                     20 or more  15 or more
    (0, {}, False, False),
    (12, {"5": 8, "1": 4}, False, False),
    (14, {"5": 8, "1": 4, "2": 2}, False, False),
    (15, {"5": 8, "1": 4, "2": 3}, False, True),
    (16, {"5": 8, "6": 8}, False, True),
    (19, {"5": 8, "6": 8, "1": 3}, False, True),
    (20, {"5": 8, "6": 8, "1": 4}, True, True),
    (21, {"5": 8, "6": 8, "1": 4, "2": 1}, True, True),
    (60, HIGHEST, True, True),
]


@pytest.mark.parametrize(("total", "rated", "entry", "stop"), TABLE, ids=[f"total-{row[0]}" for row in TABLE])
def test_total_and_cuts(total: int, rated: dict[str, int], entry: bool, stop: bool) -> None:
    result = scored("ymrs", {**ZERO, **rated})
    assert (result.status, result.total, result.band) == ("complete", total, None)
    assert result.algorithms == {"mania_entry": entry, "trial_stop": stop}
    assert result.flags == (("trial-stop",) if stop else ())


@pytest.mark.parametrize("item", DOUBLE)
@pytest.mark.parametrize("rating", [1, 3, 5, 7, 10])
def test_double_items_go_in_steps_of_two(item: int, rating: int) -> None:
    with pytest.raises(BadInput) as refused:
        score(load_instrument("ymrs"), {str(item): rating})
    assert refused.value.path == str(item)


@pytest.mark.parametrize("item", [n for n in range(1, 12) if n not in DOUBLE])
def test_the_others_end_at_4(item: int) -> None:
    assert scored("ymrs", {**ZERO, str(item): 3}).total == 3
    with pytest.raises(BadInput):
        score(load_instrument("ymrs"), {str(item): 5})


@pytest.mark.parametrize("item", range(1, 12))
def test_a_blank_means_no_total(item: int) -> None:
    result = scored("ymrs", without(HIGHEST, str(item)))
    assert_no_total(result, str(item))
    assert result.flags == ()


def test_response_and_remission() -> None:
    change = load_instrument("ymrs").change
    assert (change.response.percent_fall_at_least, change.remission.at_most) == (50, 12)
