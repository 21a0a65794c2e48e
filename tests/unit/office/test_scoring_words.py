"""What the library says of skips and conditions, in words that a clinician reads."""

from __future__ import annotations

import pytest

from upwell.knowledge.loader import load_instrument
from upwell.office.knowledge.scoring_words import condition_words, skip_words

SKIPS = [
    ("phq-9", []),
    ("audit", [
        "Item 2, item 3: asked only when item 1 ≥ 1; otherwise it counts as 0",
        "Items 4 to 8: asked only when item 1 ≥ 1 and (item 2 ≥ 1 or item 3 ≥ 1); otherwise it counts as 0",
    ]),
    ("ssi", ["Items 6 to 19: asked only when item 4 ≥ 1 or item 5 ≥ 1; otherwise it counts as 0"]),
    ("c-ssrs-screener-since-last", ["Items 3 to 5: asked only when item 2 = yes"]),
    ("qids-sr16", ["Only one of item 6, item 7 is answered", "Only one of item 8, item 9 is answered"]),
    ("asq", [
        "Item 5: asked only when one of items 1 to 4 = yes or one of items 1 to 4 = refused or item 5 is answered"
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "words"), SKIPS)
def test_what_is_skipped(name, words):
    assert skip_words(load_instrument(name)) == words


@pytest.mark.parametrize(
    ("name", "flag", "words"),
    [
        ("phq-9", "item-9", "item 9 ≥ 1"),
        ("phq-9", "item-9-unanswered", "item 9 is not answered"),
        ("audit", "answers-after-never", "item 1 ≤ 0 and (one of items 2 to 8 ≥ 1)"),
        ("qids-sr16", "both-6-and-7", "item 6 is answered and item 7 is answered"),
    ],
)
def test_when_a_flag_is_raised(name, flag, words):
    found = next(one for one in load_instrument(name).flags if one.id == flag)
    assert condition_words(found.when) == words
