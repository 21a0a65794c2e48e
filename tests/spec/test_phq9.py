"""PHQ-9 as a clinician reads it: answers in, what the platform says out.

Answers are written as nine digits, items 1 to 9 in the order of the form; ``-`` is an item left blank.
Sources: Kroenke 2001 (J Gen Intern Med 16:606) for sum, bands and algorithm; Kroenke 2010 (PHQ-SADS) for
missing items; local policy (C) for the algorithm on imputed items.
"""

from __future__ import annotations

import pytest

from upwell.knowledge.loader import load_instrument
from upwell.knowledge.schemas import violations
from upwell.science.scoring import ScoreResult, score

PHQ9 = load_instrument("phq-9")


def answered(digits: str) -> dict[str, int]:
    return {str(number): int(digit) for number, digit in enumerate(digits, start=1) if digit != "-"}


def phq9(digits: str) -> ScoreResult:
    result = score(PHQ9, answered(digits))
    assert violations("score-result", result.as_json()) == []
    return result


BANDS = [
    # answers      total  band
    ("000000000", 0, "minimal"),
    ("111100000", 4, "minimal"),
    ("111110000", 5, "mild"),
    ("111111000", 6, "mild"),
    ("111111120", 9, "mild"),
    ("111111130", 10, "moderate"),
    ("222221000", 11, "moderate"),
    ("222222200", 14, "moderate"),
    ("222222210", 15, "moderately-severe"),
    ("222222220", 16, "moderately-severe"),
    ("333333100", 19, "moderately-severe"),
    ("333333200", 20, "severe"),
    ("333333300", 21, "severe"),
    ("333333333", 27, "severe"),
]


@pytest.mark.parametrize(("digits", "total", "band"), BANDS, ids=[f"total-{row[1]}" for row in BANDS])
def test_total_and_band(digits: str, total: int, band: str) -> None:
    result = phq9(digits)
    assert (result.status, result.total, result.band) == ("complete", total, band)
    assert result.missing == ()
    assert result.missing_handling == "none"


# Count the items at 2 or 3; item 9 counts from 1. Major: 5 or more, with item 1 or item 2 at 2 or more.
# Other: 2 to 4, with the same gate.
ALGORITHM = [
    ("nothing", "000000000", "none"),
    ("one symptom, gate item", "200000000", "none"),
    ("two symptoms, gate by item 1", "202000000", "other"),
    ("two symptoms, gate by item 2", "022000000", "other"),
    ("two symptoms without item 1 or 2 at 2", "112200000", "none"),
    ("gate item at 1 is not enough", "112222200", "none"),
    ("four symptoms", "222200000", "other"),
    ("five symptoms, gate by item 1 only", "212222000", "major"),
    ("five symptoms, gate by item 2 only", "122222000", "major"),
    ("five symptoms, no gate", "112222200", "none"),
    ("item 9 at 1 counts as the fifth", "222200001", "major"),
    ("item 9 at 0 does not", "222200000", "other"),
    ("item 9 at 1 counts as the second", "200000001", "other"),
    ("items 3 to 8 at 1 do not count", "221111110", "other"),
    ("six symptoms", "222222000", "major"),
    ("all nearly every day", "333333333", "major"),
]


@pytest.mark.parametrize(("what", "digits", "expected"), ALGORITHM, ids=[row[0] for row in ALGORITHM])
def test_depression_algorithm(what: str, digits: str, expected: str) -> None:
    assert phq9(digits).algorithms["depressive_syndrome"] == expected


# One or two blank: each gets the mean of the answered items; the sum is rounded half up, then banded (M).
PRORATED = [
    ("one blank, whole", "11111111-", ["9"], 9, "mild"),
    ("8 answered sum 4: 4.5 rounds up to 5, into the next band", "-11110000", ["1"], 5, "mild"),
    ("8 answered sum 3: 3.375 rounds down", "-11100000", ["1"], 3, "minimal"),
    ("8 answered sum 12: 13.5 rounds up", "22222200-", ["9"], 14, "moderate"),
    ("8 answered sum 13: 14.625 rounds up, into the next band", "2222221-0", ["8"], 15, "moderately-severe"),
    ("two blank, whole", "1111111--", ["8", "9"], 9, "mild"),
    ("7 answered sum 10: 12.857 rounds up", "--2222200", ["1", "2"], 13, "moderate"),
    ("7 answered sum 4: 5.14 rounds down", "--1111000", ["1", "2"], 5, "mild"),
    ("two blank, all highest", "3333333--", ["8", "9"], 27, "severe"),
    ("two blank, all lowest", "0000000--", ["8", "9"], 0, "minimal"),
]


@pytest.mark.parametrize(
    ("what", "digits", "missing", "total", "band"), PRORATED, ids=[row[0] for row in PRORATED]
)
def test_one_or_two_blank_are_prorated(
    what: str, digits: str, missing: list[str], total: int, band: str
) -> None:
    result = phq9(digits)
    assert (result.status, result.total, result.band) == ("imputed", total, band)
    assert list(result.missing) == missing
    assert result.missing_handling == "mean-substitution"
    assert result.prorated
    assert "prorated" in result.plain["clinician"]
    assert "estimate" in result.plain["patient"]


@pytest.mark.parametrize("item", range(1, 10))
def test_any_single_blank_is_prorated_and_named(item: int) -> None:
    digits = "".join("-" if number == item else "2" for number in range(1, 10))
    result = phq9(digits)
    assert (result.status, result.total, result.missing) == ("imputed", 18, (str(item),))


@pytest.mark.parametrize("digits", ["22222222-", "2222222--", "-22222221", "000000-00"])
def test_algorithm_is_never_run_on_imputed_items(digits: str) -> None:
    result = phq9(digits)
    assert result.algorithms["depressive_syndrome"] is None
    (finding,) = [one for one in result.findings if one.rule == "phq-9.algorithm-not-computed"]
    assert finding.policy, "mark C is local policy"


NOT_SCORABLE = [
    ("three blank", "222222---", ["7", "8", "9"]),
    ("three blank, first items", "---222220", ["1", "2", "3"]),
    ("four blank", "2222-2---", ["5", "7", "8", "9"]),
    ("all blank", "---------", list("123456789")),
]


@pytest.mark.parametrize(("what", "digits", "missing"), NOT_SCORABLE, ids=[row[0] for row in NOT_SCORABLE])
def test_three_or_more_blank_are_not_scorable(what: str, digits: str, missing: list[str]) -> None:
    result = phq9(digits)
    assert (result.status, result.total, result.band) == ("not-scorable", None, None)
    assert list(result.missing) == missing
    assert result.algorithms["depressive_syndrome"] is None
    assert result.missing_handling == "none"


ITEM_9 = [
    ("not at all", "222222220", []),
    ("several days", "222222221", ["item-9"]),
    ("more than half the days", "000000002", ["item-9"]),
    ("nearly every day", "000000003", ["item-9"]),
    ("several days, the form not scorable", "2------21", ["item-9"]),
    ("several days, another item blank", "-22222221", ["item-9"]),
    ("blank", "22222222-", ["item-9-unanswered"]),
    ("blank, everything else at zero", "00000000-", ["item-9-unanswered"]),
    ("blank, the form not scorable", "2--------", ["item-9-unanswered"]),
]


@pytest.mark.parametrize(("what", "digits", "flags"), ITEM_9, ids=[row[0] for row in ITEM_9])
def test_item_9(what: str, digits: str, flags: list[str]) -> None:
    assert list(phq9(digits).flags) == flags


def test_item_9_asks_for_a_c_ssrs_the_same_day_and_says_why() -> None:
    finding = phq9("000000001").findings[0]
    assert finding.rule == "phq-9.item-9"
    assert "C-SSRS the same day" in finding.message
    assert "not itself a risk level" in finding.message
    assert [(one.fact, one.value) for one in finding.because] == [("answers.9", "1 (Several days)")]
    assert [source.confidence for source in finding.source] == ["H"]


def test_item_9_blank_is_asked_the_same_day() -> None:
    finding = phq9("00000000-").findings[0]
    assert finding.rule == "phq-9.item-9-unanswered"
    assert "suicide item not answered" in finding.message.lower()
    assert "same day" in finding.message
    assert finding.severity == "unknown"


@pytest.mark.parametrize("digits", ["000000000", "222222221", "22222222-", "---------"])
def test_the_patient_is_told_that_this_is_not_a_diagnosis(digits: str) -> None:
    assert "This is not a diagnosis." in phq9(digits).plain["patient"]


@pytest.mark.parametrize("difficulty", [0, 1, 2, 3, None])
def test_item_10_is_kept_and_never_scored(difficulty: int | None) -> None:
    result = score(PHQ9, {**answered("111111110"), "10": difficulty})
    assert (result.status, result.total) == ("complete", 8)
    assert dict(result.unscored) == ({} if difficulty is None else {"10": difficulty})


def test_codes_are_those_of_the_reference() -> None:
    codes = [item.loinc.code if item.loinc else None for item in PHQ9.items]
    assert codes == [
        *("44250-9", "44255-8", "44259-0", "44254-1", "44251-7", "44258-2", "44252-5", "44253-3", "44260-8"),
        None,
    ]
    assert PHQ9.loinc_panel
    assert PHQ9.loinc_panel.code == "44249-1"
    assert PHQ9.loinc_total
    assert PHQ9.loinc_total.code == "44261-6"
    answers = [one.loinc.code for one in PHQ9.items[0].responses if one.loinc]
    assert answers == ["LA6568-5", "LA6569-3", "LA6570-1", "LA6571-9"]
