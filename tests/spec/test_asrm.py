"""ASRM as a clinician reads it: five items 0 to 4; 6 or more is mania or hypomania probable. Source: Altman 1997."""

from __future__ import annotations

import pytest

from tests.spec.forms import adding_up_to, all_at, assert_no_total, scored, without


@pytest.mark.parametrize(("total", "positive"), [(0, False), (5, False), (6, True), (7, True), (20, True)])
def test_total_and_screen(total: int, positive: bool) -> None:
    result = scored("asrm", adding_up_to(total, items=5, highest=4))
    assert (result.status, result.total, result.band) == ("complete", total, None)
    assert result.algorithms == {"positive": positive}


@pytest.mark.parametrize("item", range(1, 6))
def test_a_blank_means_no_total(item: int) -> None:
    result = scored("asrm", without(all_at(4, 5), str(item)))
    assert_no_total(result, str(item))
    assert result.algorithms == {"positive": None}
