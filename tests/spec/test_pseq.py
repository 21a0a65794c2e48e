"""PSEQ as a clinician reads it: ten items 0 to 6, higher is better.

Source: Nicholas 2007 (Eur J Pain 11:153); above 40 high, below 20 low (M).
"""

from __future__ import annotations

import pytest

from tests.spec.forms import adding_up_to, all_at, assert_no_total, scored, without
from upwell.knowledge.loader import load_instrument

BANDS = [
    (0, "low"),
    (19, "low"),
    (20, "between"),
    (21, "between"),
    (40, "between"),
    (41, "high"),
    (60, "high"),
]


@pytest.mark.parametrize(("total", "band"), BANDS, ids=[f"total-{row[0]}" for row in BANDS])
def test_total_and_band(total: int, band: str) -> None:
    result = scored("pseq", adding_up_to(total, items=10, highest=6))
    assert (result.status, result.total, result.band) == ("complete", total, band)


@pytest.mark.parametrize("item", range(1, 11))
def test_a_blank_means_no_total(item: int) -> None:
    assert_no_total(scored("pseq", without(all_at(6, 10), str(item))), str(item))


def test_higher_is_better_and_the_change_that_matters_is_uncertain() -> None:
    pseq = load_instrument("pseq")
    assert pseq.direction == "higher-is-better"
    assert (pseq.change.mcid.at_least, pseq.change.mcid.provenance.confidence) == (8.5, "L")
    assert pseq.change.mcid.provenance.verify
