"""C-SSRS screener, since last contact, as a clinician reads it.

Source: Columbia Lighthouse Project: the same triage as the recent one; behaviour since the last contact (item 6) is
high. Answers are written 1 2 345 6: y, n, - for not answered.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.spec.forms import finding, scored
from upwell.base.errors import BadInput
from upwell.knowledge.loader import load_instrument
from upwell.science.scoring import ScoreResult, score

ID = "c-ssrs-screener-since-last"


def form(written: str) -> dict[str, Any]:
    marks = written.replace(" ", "")
    return {item: mark == "y" for item, mark in zip("123456", marks, strict=True) if mark != "-"}


def screen(written: str) -> ScoreResult:
    return scored(ID, form(written))


COMPLETE = [
    ("nothing", "n n --- n", "none", []),
    ("wish to be dead", "y n --- n", "low", []),
    ("non-specific thoughts", "n y nnn n", "low", []),
    ("method", "n y ynn n", "moderate", []),
    ("some intent", "n y nyn n", "high", []),
    ("plan and intent", "n y nny n", "high", []),
    ("behaviour, no thoughts", "n n --- y", "high", []),
    ("behaviour and method", "y y ynn y", "high", []),
    ("intent after a no to 2", "n n -y- n", "high", ["protocol-error"]),
    ("method after a no to 2", "n n y-- n", "moderate", ["protocol-error"]),
    ("no to 3 to 5 after a no to 2", "n n nnn n", "none", ["protocol-error-skip"]),
]


@pytest.mark.parametrize(("what", "written", "level", "flags"), COMPLETE, ids=[row[0] for row in COMPLETE])
def test_complete(what: str, written: str, level: str, flags: list[str]) -> None:
    result = screen(written)
    assert (result.status, result.algorithms["risk"], result.level_at_least) == ("complete", level, level)
    assert [flag for flag in result.flags if not flag.startswith("risk")] == flags
    assert (f"risk-{level}" in result.flags) == (level != "none")


INCOMPLETE = [
    ("nothing answered", "- - --- -", None, ("1", "2", "6")),
    ("no thoughts, behaviour blank", "n n --- -", None, ("6",)),
    ("wish to be dead, behaviour blank", "y n --- -", "low", ("6",)),
    ("method, behaviour blank", "y y ynn -", "moderate", ("6",)),
    ("intent, behaviour blank", "y y nyn -", "high", ("6",)),
    ("behaviour, question 1 blank", "- n --- y", "high", ("1",)),
    ("question 2 blank", "n - --- n", None, ("2",)),
    ("thoughts, 3 to 5 blank", "n y --- n", "low", ("3", "4", "5")),
]


@pytest.mark.parametrize(
    ("what", "written", "at_least", "missing"), INCOMPLETE, ids=[row[0] for row in INCOMPLETE]
)
def test_a_gap_is_incomplete_and_acts_on_what_is_proven(
    what: str, written: str, at_least: str | None, missing: tuple[str, ...]
) -> None:
    result = screen(written)
    assert (result.status, result.algorithms["risk"]) == ("incomplete", "incomplete")
    assert (result.level_at_least, result.missing) == (at_least, missing)
    assert finding(result, "incomplete").severity == "unknown"


def test_the_lifetime_question_is_not_part_of_it() -> None:
    with pytest.raises(BadInput) as refused:
        score(load_instrument(ID), {"6_lifetime": True})
    assert refused.value.path == "6_lifetime"
