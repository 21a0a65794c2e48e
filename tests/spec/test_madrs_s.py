"""MADRS-S as a clinician reads it: nine items, 0 to 6, half steps allowed. Sources: Svanborg & Åsberg 1994, 2001 (M).

Bands are printed for whole totals; a half step belongs to the band below it.
"""

from __future__ import annotations

import pytest

from tests.spec.forms import adding_up_to, all_at, assert_no_total, scored, without
from upwell.base.errors import BadInput
from upwell.knowledge.loader import load_instrument
from upwell.science.scoring import score

BANDS = [
    (0, "none"),
    (12, "none"),
    (12.5, "none"),
    (13, "mild"),
    (13.5, "mild"),
    (19, "mild"),
    (19.5, "mild"),
    (20, "moderate"),
    (34, "moderate"),
    (34.5, "moderate"),
    (35, "severe"),
    (54, "severe"),
]


@pytest.mark.parametrize(("total", "band"), BANDS, ids=[f"total-{row[0]}" for row in BANDS])
def test_total_and_band(total: float, band: str) -> None:
    result = scored("madrs-s", adding_up_to(total, items=9, highest=6))
    assert (result.status, result.total, result.band) == ("complete", total, band)


def test_half_steps_add_up_to_a_whole() -> None:
    result = scored("madrs-s", {**all_at(0, 9), "1": 2.5, "2": 0.5})
    assert (result.total, type(result.total)) == (3, int)


@pytest.mark.parametrize("rating", [0.25, 6.5, -0.5, 2.3])
def test_other_steps_are_refused(rating: float) -> None:
    with pytest.raises(BadInput) as refused:
        score(load_instrument("madrs-s"), {"3": rating})
    assert refused.value.path == "3"


@pytest.mark.parametrize("item", range(1, 10))
def test_a_blank_means_no_total(item: int) -> None:
    assert_no_total(scored("madrs-s", without(all_at(1.5, 9), str(item))), str(item))


@pytest.mark.parametrize(
    ("rating", "flags"),
    [
        (0, ()),
        (0.5, ()),
        (1, ("suicide-item",)),
        (6, ("suicide-item",)),
        (None, ("suicide-item-unanswered",)),
    ],
)
def test_item_9_asks_for_a_c_ssrs(rating: float | None, flags: tuple[str, ...]) -> None:
    assert scored("madrs-s", {**all_at(0, 9), "9": rating}).flags == flags
