"""BPRS+ as a clinician reads it: four items, rated 0 to 6 or 1 to 7; which of the two is stored.

Sources: Overall & Gorham 1962; esketamine trials: 3 or more of 24 is notable. With anchors of 1 to 7 that is 7 of 28
(local policy, C).
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.spec.forms import assert_no_total, digits, scored
from upwell.base.errors import BadInput
from upwell.knowledge.loader import load_instrument
from upwell.science.scoring import score

TABLE = [
    # ratings  anchors   total  stored        notable
    ("0000", "0-6", 0, "0-6", False),
    ("1100", "0-6", 2, "0-6", False),
    ("1110", "0-6", 3, "0-6", True),
    ("1111", "0-6", 4, "0-6", True),
    ("6666", "0-6", 24, "0-6", True),
    ("1111", "1-7", 4, "1-7", False),
    ("1122", "1-7", 6, "1-7", False),
    ("1222", "1-7", 7, "1-7", True),
    ("7777", "1-7", 28, "1-7", True),
    ("0020", None, 2, "0-6", False),
    ("0030", None, 3, "0-6", True),
    ("7111", None, 10, "1-7", True),
    ("1111", None, 4, "not-stated", None),
    ("1122", None, 6, "not-stated", None),
    ("1222", None, 7, "not-stated", True),
]


@pytest.mark.parametrize(("written", "anchors", "total", "stored", "notable"), TABLE)
def test_total_anchors_and_what_is_notable(
    written: str, anchors: str | None, total: int, stored: str, notable: bool | None
) -> None:
    result = scored("bprs-plus", {**digits(written), "anchor_base": anchors})
    assert (result.status, result.total) == ("complete", total)
    assert result.algorithms == {"anchor_base": stored, "notable": notable}
    assert ("anchor-base-not-stated" in result.flags) == (stored == "not-stated")
    assert ("notable" in result.flags) == (notable is True)


CONTRADICTIONS: list[dict[str, Any]] = [
    {"1": 7, "anchor_base": "0-6"},
    {"4": 0, "anchor_base": "1-7"},
    {"1": 0, "2": 7},
]


@pytest.mark.parametrize("form", CONTRADICTIONS)
def test_ratings_that_no_anchors_allow_are_refused(form: dict[str, Any]) -> None:
    with pytest.raises(BadInput) as refused:
        score(load_instrument("bprs-plus"), form)
    assert refused.value.path == "anchor_base"


@pytest.mark.parametrize(("written", "missing"), [("-000", "1"), ("00-0", "3"), ("000-", "4")])
def test_a_blank_means_no_total(written: str, missing: str) -> None:
    assert_no_total(scored("bprs-plus", digits(written)), missing)
