"""EDI: eight lines 0 to 100; the mean is the score. Source: Nour 2016 (M)."""

from __future__ import annotations

import pytest

from tests.spec.forms import all_at, assert_no_total, scored, without

TABLE = [
    ([0] * 8, 0),
    ([100] * 8, 100),
    ([100, 0, 100, 0, 100, 0, 100, 0], 50),
    ([1, 0, 0, 0, 0, 0, 0, 0], 0.125),
]


@pytest.mark.parametrize(("lines", "mean"), TABLE)
def test_mean(lines: list[int], mean: float) -> None:
    result = scored("edi", {str(n): line for n, line in enumerate(lines, start=1)})
    assert (result.status, result.total, result.band) == ("complete", mean, None)


@pytest.mark.parametrize("item", range(1, 9))
def test_a_blank_means_no_total(item: int) -> None:
    assert_no_total(scored("edi", without(all_at(50, 8), str(item))), str(item))
