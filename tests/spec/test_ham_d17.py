"""HAM-D17 as a clinician reads it. Source: Hamilton 1960: nine items 0 to 4, eight items 0 to 2, 52 in all."""

from __future__ import annotations

from typing import Any

import pytest

from tests.spec.forms import assert_no_total, scored, without
from upwell.base.errors import BadInput
from upwell.knowledge.loader import load_instrument
from upwell.science.scoring import score

TO_4 = (1, 2, 3, 7, 8, 9, 10, 11, 15)
TO_2 = (4, 5, 6, 12, 13, 14, 16, 17)
HIGHEST = {n: 4 if n in TO_4 else 2 for n in range(1, 18)}


def form(total: int) -> dict[str, Any]:
    """A form that adds up to ``total``."""
    given: dict[str, Any] = {}
    for item, highest in HIGHEST.items():
        given[str(item)] = min(total, highest)
        total -= given[str(item)]
    return given


BANDS = [
    (0, "none"),
    (7, "none"),
    (8, "mild"),
    (9, "mild"),
    (13, "mild"),
    (14, "moderate"),
    (15, "moderate"),
    (18, "moderate"),
    (19, "severe"),
    (22, "severe"),
    (23, "very-severe"),
    (24, "very-severe"),
    (52, "very-severe"),
]


@pytest.mark.parametrize(("total", "band"), BANDS, ids=[f"total-{row[0]}" for row in BANDS])
def test_total_and_band(total: int, band: str) -> None:
    result = scored("ham-d17", form(total))
    assert (result.status, result.total, result.band) == ("complete", total, band)


@pytest.mark.parametrize("item", range(1, 18))
def test_each_item_has_its_own_highest_rating(item: int) -> None:
    highest = HIGHEST[item]
    assert scored("ham-d17", {**form(0), str(item): highest}).total == highest
    with pytest.raises(BadInput) as refused:
        score(load_instrument("ham-d17"), {str(item): highest + 1})
    assert refused.value.path == str(item)


@pytest.mark.parametrize("item", range(1, 18))
def test_a_blank_means_no_total(item: int) -> None:
    assert_no_total(scored("ham-d17", without(form(20), str(item))), str(item))


@pytest.mark.parametrize(
    ("rating", "flags"),
    [(0, ()), (1, ("suicide-item",)), (4, ("suicide-item",)), (None, ("suicide-item-unanswered",))],
)
def test_item_3_asks_for_a_c_ssrs(rating: int | None, flags: tuple[str, ...]) -> None:
    assert scored("ham-d17", {**form(0), "3": rating}).flags == flags


def test_response_and_remission() -> None:
    change = load_instrument("ham-d17").change
    assert (change.response.percent_fall_at_least, change.remission.at_most) == (50, 7)
