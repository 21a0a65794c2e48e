"""C-SSRS screener, recent, as a clinician reads it: answers in, level of risk out.

Source: Columbia Lighthouse Project, screener with triage points. High: question 4 or 5 yes (past month), or behaviour
within 3 months. Moderate: question 3 yes, or behaviour longer ago. Low: question 1 or 2 yes only. None: all no. The
highest counts. Local policy (C): a blank makes the screen incomplete, never "none"; what the answers prove already is
acted upon (``level_at_least``); question 3 to 5 yes after a no to 2 is a protocol error, and the worst reading counts.

Answers are written in the order of the form, 1 2 3 4 5, behaviour ever, within 3 months: y, n, - for not answered.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.spec.forms import finding, scored
from upwell.base.errors import BadInput
from upwell.knowledge.loader import load_instrument
from upwell.science.scoring import ScoreResult, asked_items, score

ID = "c-ssrs-screener-recent"
ITEMS = ("1", "2", "3", "4", "5", "6_lifetime", "6_3_months")


def form(written: str) -> dict[str, Any]:
    marks = written.replace(" ", "")
    return {item: mark == "y" for item, mark in zip(ITEMS, marks, strict=True) if mark != "-"}


def screen(written: str) -> ScoreResult:
    result = scored(ID, form(written))
    assert (result.total, result.minimum, result.maximum, result.band) == (None, None, None, None)
    return result


COMPLETE = [
    # what                                    1 2 345 6     level
    ("nothing", "n n --- n-", "none"),
    ("wish to be dead", "y n --- n-", "low"),
    ("non-specific thoughts", "n y nnn n-", "low"),
    ("wish and thoughts", "y y nnn n-", "low"),
    ("method", "y y ynn n-", "moderate"),
    ("method without a wish to be dead", "n y ynn n-", "moderate"),
    ("behaviour longer ago, no thoughts", "n n --- yn", "moderate"),
    ("behaviour longer ago, wish to be dead", "y n --- yn", "moderate"),
    ("behaviour longer ago and method: a tie", "y y ynn yn", "moderate"),
    ("some intent", "y y nyn n-", "high"),
    ("intent without method", "n y nyn n-", "high"),
    ("plan and intent", "y y nny n-", "high"),
    ("method, intent and plan", "y y yyy n-", "high"),
    ("behaviour within 3 months, no thoughts", "n n --- yy", "high"),
    ("behaviour within 3 months outweighs low thoughts", "y n --- yy", "high"),
    ("intent outweighs behaviour longer ago", "y y nyn yn", "high"),
    ("everything", "y y yyy yy", "high"),
]


@pytest.mark.parametrize(("what", "written", "level"), COMPLETE, ids=[row[0] for row in COMPLETE])
def test_complete(what: str, written: str, level: str) -> None:
    result = screen(written)
    assert (result.status, result.missing) == ("complete", ())
    assert (result.algorithms["risk"], result.level_at_least) == (level, level)
    assert result.flags == (() if level == "none" else (f"risk-{level}",))


INCOMPLETE = [
    # what                                       1 2 345 6     at least    missing
    ("nothing answered", "- - --- --", None, ("1", "2", "6_lifetime")),
    ("no thoughts, behaviour blank", "n n --- --", None, ("6_lifetime",)),
    ("wish to be dead, behaviour blank", "y n --- --", "low", ("6_lifetime",)),
    ("method, behaviour blank", "y y ynn --", "moderate", ("6_lifetime",)),
    ("intent, behaviour blank", "y y nyn --", "high", ("6_lifetime",)),
    ("plan, behaviour blank", "n y nny --", "high", ("6_lifetime",)),
    ("behaviour ever, when is blank", "n n --- y-", "moderate", ("6_3_months",)),
    ("behaviour ever and intent, when is blank", "y y nyn y-", "high", ("6_3_months",)),
    ("not within 3 months, ever is blank", "n n --- -n", None, ("6_lifetime",)),
    ("question 1 blank", "- n --- n-", None, ("1",)),
    ("question 2 blank, the rest no", "n - --- n-", None, ("2",)),
    ("question 2 blank, intent yes", "n - -y- n-", "high", ("2",)),
    ("question 1 blank, intent yes", "- y nyn n-", "high", ("1",)),
    ("thoughts, question 3 blank", "n y -nn n-", "low", ("3",)),
    ("thoughts, question 4 blank", "n y n-n n-", "low", ("4",)),
    ("thoughts, question 5 blank, method yes", "n y yn- n-", "moderate", ("5",)),
    ("thoughts, questions 3 to 5 blank", "y y --- n-", "low", ("3", "4", "5")),
    ("thoughts, all the rest blank", "y y --- --", "low", ("3", "4", "5", "6_lifetime")),
    ("intent, questions 3 and 5 blank", "y y -y- n-", "high", ("3", "5")),
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
    assert result.flags == (() if at_least is None else (f"risk-{at_least}",))
    assert finding(result, "incomplete").policy, "mark C is local policy"
    assert "Not a negative screen" in result.plain["clinician"]


PROTOCOL = [
    # what                                           1 2 345 6   level
    ("method after a no to 2", "n n y-- n-", "moderate", ["protocol-error"]),
    ("intent after a no to 2", "n n -y- n-", "high", ["protocol-error"]),
    ("plan after a no to 2", "y n --y n-", "high", ["protocol-error"]),
    ("all three after a no to 2", "n n yyy n-", "high", ["protocol-error"]),
    ("3 to 5 answered no after a no to 2", "n n nnn n-", "none", ["protocol-error-skip"]),
    ("one of them answered no after a no to 2", "y n n-- n-", "low", ["protocol-error-skip"]),
    ("within 3 months, but not ever", "n n --- ny", "high", ["protocol-error-behaviour"]),
]


@pytest.mark.parametrize(("what", "written", "level", "flags"), PROTOCOL, ids=[row[0] for row in PROTOCOL])
def test_protocol_errors_keep_the_worst_reading(
    what: str, written: str, level: str, flags: list[str]
) -> None:
    result = screen(written)
    assert (result.status, result.algorithms["risk"], result.level_at_least) == ("complete", level, level)
    assert [flag for flag in result.flags if not flag.startswith("risk")] == flags


def test_behaviour_within_3_months_says_that_there_was_any() -> None:
    result = screen("n n --- -y")
    assert (result.status, result.algorithms["risk"], result.missing) == ("complete", "high", ())


ACTIONS = [
    ("y n --- n-", "risk-low", "caution", "safety plan"),
    ("y y ynn n-", "risk-moderate", "needs-decision", "Today"),
    ("y y nyn n-", "risk-high", "needs-decision", "do not leave them alone"),
]


@pytest.mark.parametrize(("written", "rule", "severity", "said"), ACTIONS, ids=[row[1] for row in ACTIONS])
def test_each_level_says_what_to_do(written: str, rule: str, severity: str, said: str) -> None:
    found = finding(screen(written), rule)
    assert (found.severity, found.policy) == (severity, True)
    assert said in found.message
    assert found.because


@pytest.mark.parametrize("value", [0, 1, "yes", "refused", "na"])
def test_answers_are_yes_or_no(value: object) -> None:
    with pytest.raises(BadInput) as refused:
        score(load_instrument(ID), {"4": value})
    assert refused.value.path == "4"


ASKED = [
    ({}, {"3": None, "4": None, "5": None, "6_3_months": None}),
    ({"2": False}, {"3": False, "4": False, "5": False}),
    ({"2": True}, {"3": True, "4": True, "5": True}),
    ({"6_lifetime": False}, {"6_3_months": False}),
    ({"6_lifetime": True}, {"6_3_months": True}),
]


@pytest.mark.parametrize(("given", "expected"), ASKED)
def test_the_form_skips_as_the_scoring_does(given: dict[str, bool], expected: dict[str, bool | None]) -> None:
    asked = asked_items(load_instrument(ID), given)
    assert {item: asked[item] for item in expected} == expected


def test_wording_notice_and_codes() -> None:
    known = load_instrument(ID)
    assert known.text_status == "verbatim"
    assert "Research Foundation for Mental Hygiene" in known.licence.statement
    assert known.loinc_panel
    assert known.loinc_panel.code == "93373-9"
    assert [item.loinc.code if item.loinc else None for item in known.items] == ["93246-7", *[None] * 6]
    assert all(item.safety for item in known.items)


def test_a_skip_not_followed_is_no_alarm() -> None:
    """All no, 3 to 5 among them: told, but it rests on no question about suicide, so nobody is called."""
    found = finding(screen("n n nnn n-"), "protocol-error-skip")
    assert (found.severity, [one.fact for one in found.because]) == ("information", ["score.level"])
