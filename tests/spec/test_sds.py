"""SDS as a clinician reads it: work, social life, family, 0 to 10 each. Source: Sheehan 1996 (M).

Any item at 5 or more is impairment; remission is each at 2 or less. Work may be skipped: no total, a partial sum.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.spec.forms import assert_no_total, scored
from upwell.base.errors import BadInput
from upwell.knowledge.loader import load_instrument
from upwell.science.scoring import score

TABLE = [
    # work, social, family   total  impairment  each 2 or less
    ((0, 0, 0), 0, False, True),
    ((2, 2, 2), 6, False, True),
    ((3, 2, 1), 6, False, False),
    ((4, 4, 4), 12, False, False),
    ((5, 0, 0), 5, True, False),
    ((0, 5, 0), 5, True, False),
    ((0, 0, 6), 6, True, False),
    ((10, 10, 10), 30, True, False),
]


@pytest.mark.parametrize(
    ("areas", "total", "impairment", "each_low"), TABLE, ids=[str(row[0]) for row in TABLE]
)
def test_total_impairment_and_remission(
    areas: tuple[int, int, int], total: int, impairment: bool, each_low: bool
) -> None:
    result = scored("sds", dict(zip("123", areas, strict=True)))
    assert (result.status, result.total, result.band) == ("complete", total, None)
    assert result.algorithms == {"impairment": impairment, "remission_each": each_low}


def test_days_lost_and_underproductive_are_kept_not_scored() -> None:
    result = scored("sds", {"1": 1, "2": 1, "3": 1, "4": 7, "5": 3})
    assert (result.total, result.unscored) == (3, {"4": 7, "5": 3})


SKIPPED: list[tuple[dict[str, Any], int, bool, bool]] = [
    ({"1": "na", "2": 2, "3": 2}, 4, False, True),
    ({"1": "na", "2": 3, "3": 2}, 5, False, False),
    ({"1": "na", "2": 5, "3": 0}, 5, True, False),
]


@pytest.mark.parametrize(("form", "partial", "impairment", "each_low"), SKIPPED)
def test_work_skipped(form: dict[str, Any], partial: int, impairment: bool, each_low: bool) -> None:
    result = scored("sds", form)
    assert (result.status, result.total, result.missing) == ("not-scorable", None, ())
    assert result.as_json()["partial"] == {"total": partial, "maximum": 20, "items": ["2", "3"]}
    assert result.algorithms == {"impairment": impairment, "remission_each": each_low}


def test_a_blank_means_no_total_but_an_area_at_5_is_impairment_all_the_same() -> None:
    settled, open_ = scored("sds", {"2": 5, "3": 1}), scored("sds", {"2": 1, "3": 1})
    assert_no_total(settled, "1")
    assert_no_total(open_, "1")
    assert settled.algorithms == {"impairment": True, "remission_each": False}
    assert open_.algorithms == {"impairment": None, "remission_each": None}


@pytest.mark.parametrize(("item", "value"), [("1", 11), ("2", "na"), ("3", 2.5), ("4", 8)])
def test_what_can_not_be_is_refused(item: str, value: Any) -> None:
    with pytest.raises(BadInput) as refused:
        score(load_instrument("sds"), {item: value})
    assert refused.value.path == item
