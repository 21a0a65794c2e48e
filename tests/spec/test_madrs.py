"""MADRS as a clinician reads it: ten items, 0 to 6.

Source: Montgomery & Åsberg 1979 (Br J Psychiatry 134:382); bands (M) vary between sources.
"""

from __future__ import annotations

import pytest

from tests.spec.forms import adding_up_to, all_at, assert_no_total, scored, without
from upwell.base.errors import BadInput
from upwell.knowledge.loader import load_instrument
from upwell.science.scoring import score

BANDS = [
    (0, "none"),
    (6, "none"),
    (7, "mild"),
    (8, "mild"),
    (19, "mild"),
    (20, "moderate"),
    (21, "moderate"),
    (34, "moderate"),
    (35, "severe"),
    (36, "severe"),
    (60, "severe"),
]


@pytest.mark.parametrize(("total", "band"), BANDS, ids=[f"total-{row[0]}" for row in BANDS])
def test_total_and_band(total: int, band: str) -> None:
    result = scored("madrs", adding_up_to(total, items=10, highest=6))
    assert (result.status, result.total, result.band) == ("complete", total, band)


def test_odd_ratings_between_the_anchors_count() -> None:
    assert scored("madrs", all_at(1, 10)).total == 10


@pytest.mark.parametrize("item", range(1, 11))
def test_a_blank_means_no_total(item: int) -> None:
    assert_no_total(scored("madrs", without(all_at(6, 10), str(item))), str(item))


@pytest.mark.parametrize("rating", [2.5, 7, -1, "2", True])
def test_what_is_no_rating_is_refused(rating: object) -> None:
    with pytest.raises(BadInput) as refused:
        score(load_instrument("madrs"), {"4": rating})
    assert refused.value.path == "4"


@pytest.mark.parametrize(
    ("rating", "flags"),
    [(0, ()), (1, ("suicide-item",)), (6, ("suicide-item",)), (None, ("suicide-item-unanswered",))],
)
def test_item_10_asks_for_a_c_ssrs(rating: int | None, flags: tuple[str, ...]) -> None:
    assert scored("madrs", {**all_at(0, 10), "10": rating}).flags == flags


def test_response_remission_and_change() -> None:
    change = load_instrument("madrs").change
    assert (change.response.percent_fall_at_least, change.remission.at_most) == (50, 10)
    assert (change.mcid.at_least, change.reliable.provenance.confidence) == (1.9, "NR")
    others = {(of, limit.at_most or limit.at_least) for of, limit in change.variants}
    assert others == {("remission", 12), ("remission", 9), ("mcid", 1.6)}
