"""GAD-7 as a clinician reads it. Answers are seven digits, items 1 to 7 in order; ``-`` is blank.

Sources: Spitzer 2006 (Arch Intern Med 166:1092) for sum, bands and the screening cut-off. No missing-item
rule is printed, so any blank item means no total.
"""

from __future__ import annotations

import pytest

from upwell.knowledge.loader import load_instrument
from upwell.knowledge.schemas import violations
from upwell.science.scoring import ScoreResult, score

GAD7 = load_instrument("gad-7")


def gad7(digits: str) -> ScoreResult:
    answers = {str(number): int(digit) for number, digit in enumerate(digits, start=1) if digit != "-"}
    result = score(GAD7, answers)
    assert violations("score-result", result.as_json()) == []
    return result


BANDS = [
    # answers    total band      screen at 10
    ("0000000", 0, "minimal", False),
    ("1111000", 4, "minimal", False),
    ("1111100", 5, "mild", False),
    ("1111110", 6, "mild", False),
    ("2222100", 9, "mild", False),
    ("2222200", 10, "moderate", True),
    ("2222210", 11, "moderate", True),
    ("2222222", 14, "moderate", True),
    ("3333300", 15, "severe", True),
    ("3333310", 16, "severe", True),
    ("3333333", 21, "severe", True),
]


@pytest.mark.parametrize(
    ("digits", "total", "band", "positive"), BANDS, ids=[f"total-{row[1]}" for row in BANDS]
)
def test_total_band_and_screen(digits: str, total: int, band: str, positive: bool) -> None:
    result = gad7(digits)
    assert (result.status, result.total, result.band) == ("complete", total, band)
    assert result.algorithms["positive"] is positive
    assert result.flags == ()
    assert result.findings == ()


@pytest.mark.parametrize("item", range(1, 8))
def test_any_blank_item_means_no_total(item: int) -> None:
    digits = "".join("-" if number == item else "3" for number in range(1, 8))
    result = gad7(digits)
    assert (result.status, result.total, result.band) == ("incomplete", None, None)
    assert result.missing == (str(item),)
    assert result.missing_handling == "none"
    assert result.algorithms["positive"] is None
    (finding,) = result.findings
    assert finding.rule == "gad-7.incomplete"
    assert f"item {item}" in finding.message


def test_all_blank() -> None:
    result = gad7("-------")
    assert (result.status, list(result.missing)) == ("incomplete", list("1234567"))


def test_no_code_is_guessed() -> None:
    assert [item.loinc for item in GAD7.items] == [None] * 7
    assert all(one.loinc is None for item in GAD7.items for one in item.responses)
    assert GAD7.loinc_panel
    assert GAD7.loinc_panel.code == "69737-5"
    assert GAD7.loinc_total
    assert GAD7.loinc_total.code == "70274-6"
