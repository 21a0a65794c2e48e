"""AUDIT as a clinician reads it: items 1 to 8 are 0 to 4, items 9 and 10 are 0, 2 or 4. Source: Babor 2001 (WHO)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.spec.forms import adding_up_to, all_at, assert_no_total, scored, without
from upwell.base.errors import BadInput
from upwell.knowledge.loader import load_instrument
from upwell.science.scoring import score

REST = {"9": 0, "10": 0}
FULL = all_at(4, 10)

BANDS = [
    (0, "low-risk"),
    (7, "low-risk"),
    (8, "hazardous"),
    (9, "hazardous"),
    (15, "hazardous"),
    (16, "harmful"),
    (17, "harmful"),
    (19, "harmful"),
    (20, "possible-dependence"),
    (21, "possible-dependence"),
]


@pytest.mark.parametrize(("total", "band"), BANDS, ids=[f"total-{row[0]}" for row in BANDS])
def test_total_and_band(total: int, band: str) -> None:
    result = scored("audit", {**adding_up_to(total, items=8, highest=4), **REST})
    assert (result.status, result.total, result.band) == ("complete", total, band)


def test_highest() -> None:
    result = scored("audit", FULL)
    assert (result.total, result.band, result.subscales) == (40, "possible-dependence", {"consumption": 12})


@pytest.mark.parametrize("item", ["9", "10"])
@pytest.mark.parametrize(("answer", "total"), [(0, 0), (2, 2), (4, 4)])
def test_items_9_and_10_are_0_2_or_4(item: str, answer: int, total: int) -> None:
    assert scored("audit", {**all_at(0, 10), item: answer}).total == total


@pytest.mark.parametrize(("item", "answer"), [("9", 1), ("9", 3), ("10", 1), ("10", 3), ("1", 5), ("8", 2.5)])
def test_what_is_not_offered_is_refused(item: str, answer: Any) -> None:
    with pytest.raises(BadInput) as refused:
        score(load_instrument("audit"), {item: answer})
    assert refused.value.path == item


@pytest.mark.parametrize("item", range(1, 11))
def test_a_blank_means_no_total(item: int) -> None:
    assert_no_total(scored("audit", without(FULL, str(item))), str(item))


SKIPS = [
    # what                                   answers                                   total  missing
    ("never: 9 and 10 are asked", {"1": 0}, None, "9 10"),
    ("never, and nothing else", {"1": 0, **REST}, 0, ""),
    ("never, but harm years ago", {"1": 0, "9": 2, "10": 4}, 6, ""),
    ("2 and 3 both 0", {"1": 2, "2": 0, "3": 0, **REST}, 2, ""),
    ("2 above 0", {"1": 2, "2": 1, "3": 0, **REST}, None, "4 5 6 7 8"),
    ("3 above 0", {"1": 2, "2": 0, "3": 1, **REST}, None, "4 5 6 7 8"),
    ("1 blank: nothing is known to be skipped", {"2": 0, "3": 0, **REST}, None, "1"),
    ("2 blank", {"1": 2, "3": 0, **REST}, None, "2"),
    ("once a month is not never", {"1": 1, **REST}, None, "2 3"),
]


@pytest.mark.parametrize(("what", "form", "total", "missing"), SKIPS, ids=[row[0] for row in SKIPS])
def test_never_and_nothing_skip_to_items_9_and_10(
    what: str, form: dict[str, Any], total: int | None, missing: str
) -> None:
    """The manual prints it: after item 1 and after item 3. What is skipped counts as 0."""
    result = scored("audit", form)
    assert (result.total, set(missing.split()) <= set(result.missing)) == (total, True)
    assert result.status == ("incomplete" if missing else "complete")


def test_what_is_answered_after_never_counts_and_is_flagged() -> None:
    result = scored("audit", {"1": 0, "5": 3, **REST})
    assert (result.total, result.flags) == (3, ("answers-after-never",))
    assert scored("audit", {**all_at(0, 10)}).flags == ()
    assert scored("audit", {"1": 1, "2": 1, **{str(n): 0 for n in range(3, 11)}}).flags == ()


def test_codes() -> None:
    audit = load_instrument("audit")
    assert audit.loinc_panel
    assert audit.loinc_total
    assert (audit.loinc_panel.code, audit.loinc_total.code) == ("72110-0", "75624-7")
