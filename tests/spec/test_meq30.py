"""MEQ30 as a researcher reads it: 30 items 0 to 5, as per cent of the highest. Source: Barrett 2015.

A complete mystical experience is 60 % or more on each of the four subscales, not on the total.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.spec.forms import all_at, assert_no_total, scored, without

SUBSCALES = {
    "mystical": (4, 5, 6, 9, 14, 15, 16, 18, 20, 21, 23, 24, 25, 26, 28),
    "positive_mood": (2, 8, 12, 17, 27, 30),
    "transcendence": (1, 7, 11, 13, 19, 22),
    "ineffability": (3, 10, 29),
}


def form(**sums: int) -> dict[str, Any]:
    """A form whose subscales add up to the sums given; those not named are at their highest."""
    given: dict[str, Any] = {}
    for scale, items in SUBSCALES.items():
        left = sums.get(scale, 5 * len(items))
        for item in items:
            given[str(item)] = min(left, 5)
            left -= given[str(item)]
    return given


TABLE = [
    # sums (of 75, 30, 30, 15)                                                              complete
    (
        "exactly 60 % on each",
        {"mystical": 45, "positive_mood": 18, "transcendence": 18, "ineffability": 9},
        True,
    ),
    (
        "one point above on each",
        {"mystical": 46, "positive_mood": 19, "transcendence": 19, "ineffability": 10},
        True,
    ),
    ("mystical one point below", {"mystical": 44}, False),
    ("positive mood one point below", {"positive_mood": 17}, False),
    ("transcendence one point below", {"transcendence": 17}, False),
    ("ineffability one point below", {"ineffability": 8}, False),
    ("everything", {}, True),
    ("nothing", dict.fromkeys(SUBSCALES, 0), False),
]


@pytest.mark.parametrize(("what", "sums", "complete"), TABLE, ids=[row[0] for row in TABLE])
def test_complete_mystical_experience(what: str, sums: dict[str, int], complete: bool) -> None:
    result = scored("meq30", form(**sums))
    assert result.status == "complete"
    assert result.algorithms == {"complete_mystical_experience": complete}


def test_a_total_far_above_60_per_cent_is_not_enough() -> None:
    result = scored("meq30", form(ineffability=8))
    assert (result.total, result.subscales["mystical"]) == (pytest.approx(100 * 143 / 150), 100)
    assert result.algorithms == {"complete_mystical_experience": False}


@pytest.mark.parametrize("item", range(1, 31))
def test_each_item_belongs_to_one_subscale(item: int) -> None:
    (scale,) = [name for name, items in SUBSCALES.items() if item in items]
    result = scored("meq30", {**all_at(0, 30), str(item): 5})
    assert {key for key, value in result.subscales.items() if value} == {scale, "mean"}
    assert result.subscales[scale] == pytest.approx(100 / len(SUBSCALES[scale]))


def test_per_cent_and_mean_say_the_same() -> None:
    result = scored("meq30", all_at(3, 30))
    assert (result.total, result.subscales["mean"]) == (60, 3)


@pytest.mark.parametrize("item", range(1, 31))
def test_a_blank_means_no_total_and_no_result(item: int) -> None:
    result = scored("meq30", without(all_at(5, 30), str(item)))
    assert_no_total(result, str(item))
    assert result.algorithms == {"complete_mystical_experience": None}
