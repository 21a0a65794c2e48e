"""ISI as a clinician reads it: seven items 0 to 4. Sources: Bastien 2001, Morin 2011; change: Yang 2009."""

from __future__ import annotations

import pytest

from tests.spec.forms import adding_up_to, all_at, assert_no_total, scored, without
from upwell.knowledge.loader import load_instrument

BANDS = [
    (0, "none"),
    (7, "none"),
    (8, "subthreshold"),
    (9, "subthreshold"),
    (14, "subthreshold"),
    (15, "moderate"),
    (16, "moderate"),
    (21, "moderate"),
    (22, "severe"),
    (28, "severe"),
]


@pytest.mark.parametrize(("total", "band"), BANDS, ids=[f"total-{row[0]}" for row in BANDS])
def test_total_and_band(total: int, band: str) -> None:
    result = scored("isi", adding_up_to(total, items=7, highest=4))
    assert (result.status, result.total, result.band) == ("complete", total, band)


@pytest.mark.parametrize("item", range(1, 8))
def test_a_blank_means_no_total(item: int) -> None:
    assert_no_total(scored("isi", without(all_at(4, 7), str(item))), str(item))


def test_remission_and_change() -> None:
    change = load_instrument("isi").change
    assert (change.remission.below, change.mcid.at_least) == (8, 6)
    assert [(of, limit.at_least) for of, limit in change.variants] == [("response", 8.4)]
