"""WSAS as a clinician reads it: five items 0 to 8.

Source: Mundt 2002 (Br J Psychiatry 180:461); change: Zahra 2014 (M).

Work "not applicable": no total and no band, and never read as 0; the sum of the others is shown as partial.
"""

from __future__ import annotations

import pytest

from tests.spec.forms import adding_up_to, all_at, assert_no_total, finding, scored, without
from upwell.base.errors import BadInput
from upwell.knowledge.loader import load_instrument
from upwell.science.scoring import score

BANDS = [
    (0, "low"),
    (9, "low"),
    (10, "significant"),
    (11, "significant"),
    (20, "significant"),
    (21, "severe"),
    (40, "severe"),
]


@pytest.mark.parametrize(("total", "band"), BANDS, ids=[f"total-{row[0]}" for row in BANDS])
def test_total_and_band(total: int, band: str) -> None:
    result = scored("wsas", adding_up_to(total, items=5, highest=8))
    assert (result.status, result.total, result.band) == ("complete", total, band)
    assert result.partial is None


@pytest.mark.parametrize("item", range(1, 6))
def test_a_blank_means_no_total(item: int) -> None:
    result = scored("wsas", without(all_at(8, 5), str(item)))
    assert_no_total(result, str(item))
    assert result.partial is None


def test_work_not_applicable_gives_a_partial_sum_without_a_band() -> None:
    result = scored("wsas", {"1": "na", "2": 8, "3": 8, "4": 8, "5": 8})
    assert (result.status, result.total, result.band) == ("not-scorable", None, None)
    assert (result.not_applicable, result.missing) == (("1",), ())
    assert result.as_json()["partial"] == {"total": 32, "maximum": 32, "items": ["2", "3", "4", "5"]}
    assert "not read as 0" in finding(result, "not-applicable").message
    assert "artial" in result.plain["clinician"]


def test_work_not_applicable_and_another_blank() -> None:
    result = scored("wsas", {"1": "na", "2": 3, "3": 3, "4": 3})
    assert_no_total(result, "5")
    assert (result.not_applicable, result.partial) == (("1",), None)


def test_only_work_can_be_not_applicable() -> None:
    with pytest.raises(BadInput) as refused:
        score(load_instrument("wsas"), {"2": "na"})
    assert refused.value.path == "2"
