"""QIDS-SR16 as a clinician reads it: 16 items in nine domains.

Source: Rush 2003 (Biol Psychiatry 54:573): sleep is the highest of items 1 to 4, appetite and weight the highest
of 6 to 9, restlessness the highest of 15 and 16; items 5 and 10 to 14 count on their own. Of 6 and 7 only one is
answered, and of 8 and 9. No missing-item rule was recovered: the highest of what was answered within a domain, no
total where a domain is blank (local policy, C).
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.spec.forms import assert_no_total, finding, scored, without

ZERO = {str(n): 0 for n in range(1, 17) if n not in (7, 9)}


def form(**worse: int) -> dict[str, Any]:
    """A form at 0 (items 7 and 9 blank, as they should be) but for the items named: ``i5=3``."""
    return {**ZERO, **{item.removeprefix("i"): value for item, value in worse.items()}}


BANDS = [
    (0, {}, "none"),
    (5, {"i5": 3, "i10": 2}, "none"),
    (6, {"i5": 3, "i10": 3}, "mild"),
    (7, {"i5": 3, "i10": 3, "i11": 1}, "mild"),
    (10, {"i5": 3, "i10": 3, "i11": 3, "i13": 1}, "mild"),
    (11, {"i5": 3, "i10": 3, "i11": 3, "i13": 2}, "moderate"),
    (15, {"i5": 3, "i10": 3, "i11": 3, "i13": 3, "i14": 3}, "moderate"),
    (16, {"i5": 3, "i10": 3, "i11": 3, "i13": 3, "i14": 3, "i1": 1}, "severe"),
    (20, {"i5": 3, "i10": 3, "i11": 3, "i13": 3, "i14": 3, "i1": 3, "i6": 2}, "severe"),
    (21, {"i5": 3, "i10": 3, "i11": 3, "i13": 3, "i14": 3, "i1": 3, "i6": 3}, "very-severe"),
    (27, {**{f"i{n}": 3 for n in range(1, 17) if n not in (7, 9)}}, "very-severe"),
]


@pytest.mark.parametrize(("total", "worse", "band"), BANDS, ids=[f"total-{row[0]}" for row in BANDS])
def test_total_and_band(total: int, worse: dict[str, int], band: str) -> None:
    result = scored("qids-sr16", form(**worse))
    assert (result.status, result.total, result.band) == ("complete", total, band)
    assert result.missing == ()


DOMAINS = [
    ("one item of sleep", {"i3": 2}, 2),
    ("all items of sleep count once", {"i1": 1, "i2": 2, "i3": 3, "i4": 1}, 3),
    ("a tie within sleep", {"i1": 2, "i4": 2}, 2),
    ("appetite and weight count once", {"i6": 2, "i8": 3}, 3),
    ("restlessness counts once", {"i15": 1, "i16": 3}, 3),
    ("item 5 counts beside sleep", {"i1": 3, "i5": 3}, 6),
    ("items 10 to 14 count each", {"i10": 1, "i11": 1, "i12": 1, "i13": 1, "i14": 1}, 5),
]


@pytest.mark.parametrize(("what", "worse", "total"), DOMAINS, ids=[row[0] for row in DOMAINS])
def test_a_domain_counts_with_its_highest_item(what: str, worse: dict[str, int], total: int) -> None:
    assert scored("qids-sr16", form(**worse)).total == total


ONE_OF = [
    ("6 and 8", ("7", "9")),
    ("6 and 9", ("7", "8")),
    ("7 and 8", ("6", "9")),
    ("7 and 9", ("6", "8")),
]


@pytest.mark.parametrize(("answered", "blank"), ONE_OF, ids=[row[0] for row in ONE_OF])
def test_of_6_and_7_and_of_8_and_9_one_is_enough(answered: str, blank: tuple[str, str]) -> None:
    full = {str(n): 2 for n in range(1, 17)}
    result = scored("qids-sr16", without(full, *blank))
    assert (result.status, result.total, result.missing) == ("complete", 18, ())
    assert not [flag for flag in result.flags if flag.startswith("both")]


def test_both_of_a_pair_are_a_slip_the_higher_counts_and_it_is_flagged() -> None:
    result = scored("qids-sr16", {**ZERO, "6": 1, "7": 3, "9": 0})
    assert (result.status, result.total, result.flags) == ("complete", 3, ("both-6-and-7", "both-8-and-9"))
    assert finding(result, "both-6-and-7").severity == "caution"


BLANKS = [
    ("one of sleep", ("2",), "imputed", 9, ("2",)),
    ("three of sleep", ("1", "2", "3"), "imputed", 9, ("1", "2", "3")),
    ("all of sleep", ("1", "2", "3", "4"), "incomplete", None, ("1", "2", "3", "4")),
    ("one of restlessness", ("16",), "imputed", 9, ("16",)),
    ("both of restlessness", ("15", "16"), "incomplete", None, ("15", "16")),
    ("neither 6 nor 7, but 8", ("6",), "imputed", 9, ("6", "7")),
    ("neither 6, 7, 8 nor 9", ("6", "8"), "incomplete", None, ("6", "7", "8", "9")),
    ("item 5, a domain of its own", ("5",), "incomplete", None, ("5",)),
    ("item 10, a domain of its own", ("10",), "incomplete", None, ("10",)),
    ("item 14, a domain of its own", ("14",), "incomplete", None, ("14",)),
]


@pytest.mark.parametrize(
    ("what", "blank", "status", "total", "missing"), BLANKS, ids=[row[0] for row in BLANKS]
)
def test_blanks(
    what: str, blank: tuple[str, ...], status: str, total: int | None, missing: tuple[str, ...]
) -> None:
    ones = dict.fromkeys(ZERO, 1)
    result = scored("qids-sr16", without(ones, *blank))
    assert (result.status, result.total, result.missing) == (status, total, missing)
    assert result.missing_handling == ("max-over-answered" if status == "imputed" else "none")
    if status == "imputed":
        assert finding(result, "blank-in-domain").policy, "mark C is local policy"
    else:
        assert_no_total(result, *missing)


ITEM_12 = [(0, ()), (1, ("suicide-item",)), (3, ("suicide-item",)), (None, ("suicide-item-unanswered",))]


@pytest.mark.parametrize(("answer", "flags"), ITEM_12)
def test_item_12_asks_for_a_c_ssrs_and_a_blank_is_never_0(answer: int | None, flags: tuple[str, ...]) -> None:
    result = scored("qids-sr16", {**ZERO, "12": answer})
    assert result.flags == flags
