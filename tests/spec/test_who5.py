"""WHO-5 as a clinician reads it: five items 0 to 5, raw sum times 4; higher is better. Source: Topp 2015.

50 or below (raw below 13) is low; 28 or below makes depression likely (M).
"""

from __future__ import annotations

import pytest

from tests.spec.forms import adding_up_to, all_at, assert_no_total, scored, without
from upwell.knowledge.loader import load_instrument

BANDS = [
    # raw  score  band                 low
    (0, 0, "likely-depression", True),
    (6, 24, "likely-depression", True),
    (7, 28, "likely-depression", True),
    (8, 32, "low", True),
    (12, 48, "low", True),
    (13, 52, "not-low", False),
    (14, 56, "not-low", False),
    (25, 100, "not-low", False),
]


@pytest.mark.parametrize(("raw", "total", "band", "low"), BANDS, ids=[f"raw-{row[0]}" for row in BANDS])
def test_raw_times_four(raw: int, total: int, band: str, low: bool) -> None:
    result = scored("who-5", adding_up_to(raw, items=5, highest=5))
    assert (result.status, result.total, result.band) == ("complete", total, band)
    assert (result.subscales, result.algorithms) == ({"raw": raw}, {"low_wellbeing": low})


@pytest.mark.parametrize("item", range(1, 6))
def test_a_blank_means_no_total(item: int) -> None:
    result = scored("who-5", without(all_at(5, 5), str(item)))
    assert_no_total(result, str(item))
    assert result.algorithms == {"low_wellbeing": None}


def test_higher_is_better_and_ten_points_matter() -> None:
    who5 = load_instrument("who-5")
    assert (who5.direction, who5.change.mcid.at_least) == ("higher-is-better", 10)
