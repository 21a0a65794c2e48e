"""PTGI-SF: ten items 0 to 5, in five pairs (M). Source: Cann 2010."""

from __future__ import annotations

import pytest

from tests.spec.forms import all_at, assert_no_total, scored, without

PAIRS = {
    "appreciation": (1, 2),
    "new_possibilities": (3, 6),
    "strength": (7, 9),
    "spiritual": (4, 8),
    "relating": (5, 10),
}


@pytest.mark.parametrize(("answer", "total"), [(0, 0), (1, 10), (5, 50)])
def test_total(answer: int, total: int) -> None:
    result = scored("ptgi-sf", all_at(answer, 10))
    assert (result.status, result.total, result.band) == ("complete", total, None)
    assert set(result.subscales.values()) == {2 * answer}


@pytest.mark.parametrize("item", range(1, 11))
def test_each_item_belongs_to_one_pair(item: int) -> None:
    (pair,) = [name for name, items in PAIRS.items() if item in items]
    result = scored("ptgi-sf", {**all_at(0, 10), str(item): 3})
    assert {key: value for key, value in result.subscales.items() if value} == {pair: 3}


@pytest.mark.parametrize("item", range(1, 11))
def test_a_blank_means_no_total(item: int) -> None:
    assert_no_total(scored("ptgi-sf", without(all_at(5, 10), str(item))), str(item))
