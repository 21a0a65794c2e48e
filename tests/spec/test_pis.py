"""PIS: six insight lines and one on change of behaviour, 0 to 100. Source: Peill 2022 (M): the mean of the six."""

from __future__ import annotations

import pytest

from tests.spec.forms import all_at, assert_no_total, scored, without

TABLE = [
    ([0, 0, 0, 0, 0, 0, 0], 0, 0),
    ([100, 100, 100, 100, 100, 100, 0], 100, 0),
    ([0, 0, 0, 0, 0, 0, 100], 0, 100),
    ([10, 20, 30, 40, 50, 60, 70], 35, 70),
]


@pytest.mark.parametrize(("lines", "insight", "behaviour"), TABLE)
def test_insight_and_change_of_behaviour(lines: list[int], insight: int, behaviour: int) -> None:
    result = scored("pis", {str(n): line for n, line in enumerate(lines, start=1)})
    assert result.total == insight
    assert result.subscales == {"insight": insight, "behaviour_change": behaviour}


@pytest.mark.parametrize("item", range(1, 8))
def test_a_blank_means_no_total(item: int) -> None:
    assert_no_total(scored("pis", without(all_at(50, 7), str(item))), str(item))
