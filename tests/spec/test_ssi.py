"""SSI as a clinician reads it: 19 items 0 to 2; with items 4 and 5 both 0, items 6 to 19 are skipped.

Sources: Beck 1979; above 2 is elevated (Brown 2000); 4 or more as trial entry (Grunebaum 2018, M).
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.spec.forms import all_at, assert_no_total, finding, scored, without

SCREEN_ONLY = {"4": 0, "5": 0}

CUTS = [
    # what                        answers                                             total  elevated  entry
    ("nothing", {"1": 0, "2": 0, "3": 0, **SCREEN_ONLY}, 0, False, False),
    ("two, skipped", {"1": 1, "2": 1, "3": 0, **SCREEN_ONLY}, 2, False, False),
    ("three, skipped", {"1": 1, "2": 1, "3": 1, **SCREEN_ONLY}, 3, True, False),
    ("four, skipped", {"1": 2, "2": 1, "3": 1, **SCREEN_ONLY}, 4, True, True),
    ("all items", {**all_at(1, 19)}, 19, True, True),
    ("highest", {**all_at(2, 19)}, 38, True, True),
    ("item 4 opens the rest", {**all_at(0, 19), "4": 1}, 1, False, False),
    ("item 5 opens the rest", {**all_at(0, 19), "5": 2}, 2, False, False),
    ("items 20 and 21 do not count", {**all_at(0, 19), "4": 1, "20": 2, "21": 2}, 1, False, False),
]


@pytest.mark.parametrize(("what", "form", "total", "elevated", "entry"), CUTS, ids=[row[0] for row in CUTS])
def test_total_and_cuts(what: str, form: dict[str, Any], total: int, elevated: bool, entry: bool) -> None:
    result = scored("ssi", form)
    assert (result.status, result.total, result.missing) == ("complete", total, ())
    assert result.algorithms == {"elevated": elevated, "trial_entry": entry}
    assert result.level_at_least == ("elevated" if elevated else "not-elevated")


INCOMPLETE = [
    ("nothing answered", {}, None, ("1", "2", "3", "4", "5")),
    ("item 5 blank", {"1": 0, "2": 0, "3": 0, "4": 0}, None, ("5",)),
    ("item 5 blank, three already", {"1": 1, "2": 1, "3": 1, "4": 0}, "elevated", ("5",)),
    ("opened, the rest blank", {**all_at(0, 5), "4": 1}, None, tuple(str(n) for n in range(6, 20))),
    ("opened, one blank, two so far", without({**all_at(0, 19), "4": 2}, "9"), None, ("9",)),
    ("opened, one blank, three so far", without({**all_at(0, 19), "4": 2, "5": 1}, "9"), "elevated", ("9",)),
]


@pytest.mark.parametrize(
    ("what", "form", "at_least", "missing"), INCOMPLETE, ids=[row[0] for row in INCOMPLETE]
)
def test_a_gap_is_incomplete_and_never_a_negative_result(
    what: str, form: dict[str, Any], at_least: str | None, missing: tuple[str, ...]
) -> None:
    result = scored("ssi", form)
    assert_no_total(result, *missing)
    assert result.level_at_least == at_least
    assert result.algorithms["elevated"] is (True if at_least else None)


def test_ratings_after_the_skip_count_and_are_flagged() -> None:
    result = scored("ssi", {"1": 0, "2": 0, "3": 0, **SCREEN_ONLY, "6": 2, "7": 1})
    assert (result.status, result.total) == ("complete", 3)
    assert result.flags == ("elevated", "protocol-error")


def test_elevated_is_assessed_today() -> None:
    found = finding(scored("ssi", all_at(1, 19)), "elevated")
    assert (found.severity, found.policy) == ("needs-decision", True)
