"""PHQ-2 as a clinician reads it.

Source: Kroenke 2003 (Med Care 41:1284): sum of two items, cut-off 3; 2 is more sensitive.
"""

from __future__ import annotations

import pytest

from tests.spec.forms import assert_no_total, digits, scored
from upwell.knowledge.loader import load_instrument

SCREEN = [
    # answers  total  at 3   at 2
    ("00", 0, False, False),
    ("10", 1, False, False),
    ("11", 2, False, True),
    ("20", 2, False, True),
    ("21", 3, True, True),
    ("03", 3, True, True),
    ("22", 4, True, True),
    ("33", 6, True, True),
]


@pytest.mark.parametrize(("written", "total", "positive", "at_2"), SCREEN, ids=[row[0] for row in SCREEN])
def test_total_and_screen(written: str, total: int, positive: bool, at_2: bool) -> None:
    result = scored("phq-2", digits(written))
    assert (result.status, result.total, result.band) == ("complete", total, None)
    assert result.algorithms == {"positive": positive, "positive_at_2": at_2}


@pytest.mark.parametrize(("written", "missing"), [("-3", ("1",)), ("3-", ("2",)), ("--", ("1", "2"))])
def test_a_blank_means_no_total_and_no_screen(written: str, missing: tuple[str, ...]) -> None:
    result = scored("phq-2", digits(written))
    assert_no_total(result, *missing)
    assert result.algorithms == {"positive": None, "positive_at_2": None}


def test_its_questions_are_the_first_two_of_the_phq_9() -> None:
    assert [item.text for item in load_instrument("phq-2").items] == [
        item.text for item in load_instrument("phq-9").items[:2]
    ]


def test_codes() -> None:
    phq2 = load_instrument("phq-2")
    assert phq2.loinc_panel
    assert phq2.loinc_total
    assert (phq2.loinc_panel.code, phq2.loinc_total.code) == ("55757-9", "55758-7")
