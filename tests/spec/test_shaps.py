"""SHAPS as a clinician reads it: 14 items, scored on the label, never on its position on the form.

Sources: Snaith 1995: either disagreement is 1, more than 2 of 14 is abnormal. Franken 2007: 1 (strongly agree) to 4
(strongly disagree), 14 to 56, higher where more pleasure is lost.
"""

from __future__ import annotations

import pytest

from tests.spec.forms import all_at, assert_no_total, scored, without
from upwell.base.errors import BadInput
from upwell.knowledge.loader import load_instrument
from upwell.science.scoring import score

LABELS = [
    # label                 binary  Likert
    (1, 0, 1),
    ("Strongly agree", 0, 1),
    ("Definitely agree", 0, 1),
    (2, 0, 2),
    ("Agree", 0, 2),
    (3, 1, 3),
    ("Disagree", 1, 3),
    (4, 1, 4),
    ("Strongly disagree", 1, 4),
    ("strongly-disagree", 1, 4),
    ("Definitely disagree", 1, 4),
]


@pytest.mark.parametrize(("label", "binary", "likert"), LABELS, ids=[str(row[0]) for row in LABELS])
def test_the_label_is_what_counts(label: int | str, binary: int, likert: int) -> None:
    result = scored("shaps", all_at(label, 14))
    assert (result.total, result.subscales) == (14 * binary, {"binary": 14 * binary, "likert": 14 * likert})


CUT = [
    (0, False, "normal"),
    (1, False, "normal"),
    (2, False, "normal"),
    (3, True, "abnormal"),
    (14, True, "abnormal"),
]


@pytest.mark.parametrize(("disagreed", "abnormal", "band"), CUT)
def test_more_than_two_are_abnormal(disagreed: int, abnormal: bool, band: str) -> None:
    result = scored("shaps", {str(n): 3 if n <= disagreed else 2 for n in range(1, 15)})
    assert (result.total, result.band, result.algorithms) == (disagreed, band, {"abnormal": abnormal})
    assert result.subscales["likert"] == 28 + disagreed


@pytest.mark.parametrize("item", range(1, 15))
def test_a_blank_means_no_total(item: int) -> None:
    result = scored("shaps", without(all_at(4, 14), str(item)))
    assert_no_total(result, str(item))
    assert result.subscales == {"binary": None, "likert": None}


@pytest.mark.parametrize("answer", [0, 5, 2.5, True, "perhaps"])
def test_what_is_no_label_is_refused(answer: object) -> None:
    with pytest.raises(BadInput) as refused:
        score(load_instrument("shaps"), {"7": answer})
    assert refused.value.path == "7"
