"""AUDIT-C as a clinician reads it: men 4 or more, women 3 or more. Source: Bush 1998 (Arch Intern Med 158:1789)."""

from __future__ import annotations

import pytest

from tests.spec.forms import assert_no_total, digits, scored
from upwell.knowledge.loader import load_instrument

TABLE = [
    # answers  sex        positive
    ("011", "male", False),
    ("011", "female", False),
    ("111", "male", False),
    ("111", "female", True),
    ("211", "male", True),
    ("211", "female", True),
    ("311", "male", True),
    ("000", "male", False),
    ("444", "female", True),
    ("011", "other", False),
    ("111", "other", None),
    ("111", "unknown", None),
    ("211", "unknown", True),
    ("011", None, False),
    ("111", None, None),
    ("211", None, True),
]


@pytest.mark.parametrize(("written", "sex", "positive"), TABLE)
def test_the_cut_off_depends_on_the_sex(written: str, sex: str | None, positive: bool | None) -> None:
    result = scored("audit-c", digits(written), sex=sex)
    assert (result.status, result.total) == ("complete", sum(map(int, written)))
    assert result.algorithms == {"positive": positive}
    assert ("sex-needed" in result.flags) == (positive is None)


FROM_ITEM_1 = [("000", False), ("100", True), ("400", True), ("410", False), ("401", False), ("011", False)]


@pytest.mark.parametrize(("written", "flagged"), FROM_ITEM_1)
def test_all_points_from_item_1_ask_for_a_review(written: str, flagged: bool) -> None:
    result = scored("audit-c", digits(written), sex="female")
    assert ("points-from-item-1" in result.flags) == flagged


@pytest.mark.parametrize(("written", "missing"), [("-44", "1"), ("4-4", "2"), ("44-", "3")])
def test_a_blank_means_no_total(written: str, missing: str) -> None:
    result = scored("audit-c", digits(written), sex="male")
    assert_no_total(result, missing)
    assert result.algorithms == {"positive": None}


@pytest.mark.parametrize(
    ("form", "total"), [({"1": 0}, 0), ({"1": 0, "3": 2}, 2), ({"1": 1}, None), ({}, None)]
)
def test_who_never_drinks_is_not_asked_how_much(form: dict[str, int], total: int | None) -> None:
    assert scored("audit-c", form, sex="female").total == total


def test_codes() -> None:
    audit_c = load_instrument("audit-c")
    assert audit_c.loinc_panel
    assert audit_c.loinc_total
    assert (audit_c.loinc_panel.code, audit_c.loinc_total.code) == ("72109-2", "75626-2")
