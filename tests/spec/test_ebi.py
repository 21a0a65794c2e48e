"""EBI: six lines 0 to 100; the mean is the score, the sum (0 to 600) stands beside it. Source: Roseman 2019 (M)."""

from __future__ import annotations

import pytest

from tests.spec.forms import all_at, assert_no_total, scored, without
from upwell.base.errors import BadInput
from upwell.knowledge.loader import load_instrument
from upwell.science.scoring import score

TABLE = [
    ([0, 0, 0, 0, 0, 0], 0, 0),
    ([100, 100, 100, 100, 100, 100], 100, 600),
    ([10, 20, 30, 40, 50, 60], 35, 210),
    ([72.5, 0, 0, 0, 0, 0.5], 73 / 6, 73),
]


@pytest.mark.parametrize(("lines", "mean", "total"), TABLE)
def test_mean_and_sum(lines: list[float], mean: float, total: float) -> None:
    result = scored("ebi", {str(n): line for n, line in enumerate(lines, start=1)})
    assert result.total == pytest.approx(mean)
    assert result.subscales["sum"] == pytest.approx(total)


@pytest.mark.parametrize("item", range(1, 7))
def test_a_blank_means_no_total(item: int) -> None:
    assert_no_total(scored("ebi", without(all_at(50, 6), str(item))), str(item))


@pytest.mark.parametrize("line", [-1, 100.5, "50", True, float("nan")])
def test_what_is_not_on_the_line_is_refused(line: object) -> None:
    with pytest.raises(BadInput) as refused:
        score(load_instrument("ebi"), {"2": line})
    assert refused.value.path == "2"
    assert "0 to 100" in refused.value.message
