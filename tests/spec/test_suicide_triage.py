"""Suicide-risk triage, as a clinician reads it: answers, the level they prove, and whether somebody is paged.

Source of the levels: C-SSRS screener triage points (Columbia Lighthouse Project), ASQ toolkit (NIMH); clinical
reference 2.2. Who acts and by when is local policy (C), unless
the file marks it otherwise (``upwell/knowledge/triage/triage.toml``).
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upwell.knowledge.loader import load_instrument
from upwell.knowledge.triage import load_triage
from upwell.science.rules.suicide import Why, highest, read_screen, triage_of, why_paged, why_single_paged
from upwell.science.scoring import score

RECENT, SINCE, ASQ = "c-ssrs-screener-recent", "c-ssrs-screener-since-last", "asq"
ORDER = ["none", "low", "moderate", "high", "acute"]
NO = {"1": False, "2": False, "6_lifetime": False}
TRIAGE = load_triage()


def level_of(instrument: str, answers: dict[str, Any]) -> tuple[str | None, bool]:
    result = score(load_instrument(instrument), answers).as_json()
    screen = read_screen(instrument, result, TRIAGE)
    assert screen is not None
    return (None if screen.level is None else screen.level.id), screen.is_complete


@pytest.mark.parametrize(
    ("answers", "level", "complete"),
    [
        # every question answered with no
        ({**NO}, "none", True),
        # wish to be dead only; thoughts without method
        ({**NO, "1": True}, "low", True),
        ({**NO, "2": True, "3": False, "4": False, "5": False}, "low", True),
        # a method; behaviour, but longer ago than three months
        ({**NO, "2": True, "3": True, "4": False, "5": False}, "moderate", True),
        ({**NO, "6_lifetime": True, "6_3_months": False}, "moderate", True),
        # some intent; a plan; behaviour in the last three months
        ({**NO, "2": True, "3": False, "4": True, "5": False}, "high", True),
        ({**NO, "2": True, "3": False, "4": False, "5": True}, "high", True),
        ({**NO, "6_lifetime": True, "6_3_months": True}, "high", True),
        # the highest answer wins
        ({"1": True, "2": True, "3": True, "4": True, "5": False, "6_lifetime": False}, "high", True),
        # with gaps: what is proven counts, and never "none"
        ({"1": False, "2": False}, None, False),
        ({"1": True}, "low", False),
        ({"1": True, "2": True, "4": True}, "high", False),
        ({"6_lifetime": True}, "moderate", False),
        ({}, None, False),
    ],
)
def test_c_ssrs(answers: dict[str, Any], level: str | None, complete: bool) -> None:
    assert level_of(RECENT, answers) == (level, complete)


@pytest.mark.parametrize(
    ("answers", "level", "complete"),
    [
        ({"1": False, "2": False, "6": False}, "none", True),
        ({"1": True, "2": False, "6": False}, "low", True),
        ({"1": False, "2": True, "3": True, "4": False, "5": False, "6": False}, "moderate", True),
        ({"1": False, "2": False, "6": True}, "high", True),
    ],
)
def test_c_ssrs_since_last_contact(answers: dict[str, Any], level: str, complete: bool) -> None:
    assert level_of(SINCE, answers) == (level, complete)


@pytest.mark.parametrize(
    ("answers", "level", "complete"),
    [
        ({"1": False, "2": False, "3": False, "4": False}, "none", True),
        ({"1": True, "2": False, "3": False, "4": False, "5": False}, "moderate", True),
        ({"1": "refused", "2": False, "3": False, "4": False, "5": False}, "moderate", True),
        ({"1": True, "2": False, "3": False, "4": False, "5": True}, "acute", True),
        # question 5 open after a positive screen: as acute until it is answered
        ({"1": True, "2": False, "3": False, "4": False}, "acute", False),
        ({"1": True, "2": False, "3": False, "4": False, "5": "refused"}, "acute", False),
        ({"1": False, "2": False}, None, False),
    ],
)
def test_asq(answers: dict[str, Any], level: str | None, complete: bool) -> None:
    assert level_of(ASQ, answers) == (level, complete)


def test_the_complete_result_counts_where_no_lower_bound_is_told() -> None:
    """An imported result may have its outcome alone."""
    for risk, level in (("none", "none"), ("moderate", "moderate"), ("high", "high")):
        screen = read_screen(RECENT, {"status": "complete", "algorithms": {"risk": risk}}, TRIAGE)
        assert screen is not None
        assert screen.level is not None
        assert (screen.level.id, screen.is_complete) == (level, True)
    bare = read_screen(RECENT, {"status": "complete"}, TRIAGE)
    assert bare is not None
    assert bare.level is not None
    assert bare.level.id == "none"
    worse = {"status": "complete", "level_at_least": "high", "algorithms": {"risk": "low"}}
    both = read_screen(RECENT, worse, TRIAGE)
    assert both is not None
    assert both.level is not None
    assert both.level.id == "high"  # the higher of the two


def test_what_a_level_asks_for_stands_with_the_result() -> None:
    high = score(load_instrument(RECENT), {**NO, "2": True, "3": False, "4": True, "5": False}).as_json()
    level = TRIAGE.levels["high"]
    assert triage_of(RECENT, high, TRIAGE) == {
        "level": "high",
        "title": level.title,
        "action": level.action,
        "owner": level.owner,
        "clock": level.clock.words,
        "pages": True,
        "policy": True,
        "knowledge_version": TRIAGE.version,
    }
    nothing = score(load_instrument(RECENT), {}).as_json()
    assert triage_of(RECENT, nothing, TRIAGE) == {"level": None, "knowledge_version": TRIAGE.version}
    assert triage_of("gad-7", {"status": "complete"}, TRIAGE) is None


@pytest.mark.parametrize(
    ("level", "baseline", "why"),
    [
        ("none", None, Why.NOTHING),
        ("none", "high", Why.NOTHING),
        # low pages only as a change from the person's own baseline
        ("low", "low", Why.USUAL),
        ("low", "high", Why.USUAL),
        ("low", "none", Why.RISE),
        ("low", None, Why.NO_BASELINE),
        # moderate and above always page, however usual they are for this person
        ("moderate", "moderate", Why.LEVEL),
        ("high", "acute", Why.LEVEL),
        ("acute", "acute", Why.LEVEL),
    ],
)
def test_who_is_paged(level: str, baseline: str | None, why: Why) -> None:
    before = TRIAGE.levels[baseline] if baseline else None
    assert why_paged(TRIAGE.levels[level], before, TRIAGE) is why


@pytest.mark.parametrize(
    ("now", "before", "why"),
    [
        (1, None, Why.NO_BASELINE),  # never asked here before
        (1, 0, Why.RISE),
        (3, 2, Why.RISE),
        (2, 2, Why.USUAL),
        (1, 3, Why.USUAL),
    ],
)
def test_item_9_against_the_persons_own_last_answer(now: int, before: int | None, why: Why) -> None:
    assert why_single_paged({"9": now}, None if before is None else {"9": before}) is why


def test_an_item_left_blank_before_is_no_baseline() -> None:
    assert why_single_paged({"9": 1}, {}) is Why.NO_BASELINE


def test_each_level_says_what_is_done_by_whom_and_by_when() -> None:
    assert list(TRIAGE.levels) == ORDER
    for level in TRIAGE.levels.values():
        assert level.action
        assert level.owner
        assert level.clock.words
        assert level.sources
    assert [level.id for level in TRIAGE.levels.values() if level.pages] == ["moderate", "high", "acute"]
    acute = TRIAGE.levels["acute"]
    assert "Do not leave the person alone" in acute.action
    assert acute.clock.escalates_after_minutes == 0


def test_the_graver_the_level_the_sooner_everybody_sees_it() -> None:
    clocks = [level.clock.escalates_after_minutes for level in TRIAGE.levels.values()]
    assert clocks == sorted(clocks, reverse=True)


def test_who_acts_and_by_when_is_never_shown_as_a_guideline() -> None:
    assert all(level.clock.provenance.is_policy for level in TRIAGE.levels.values())


LEVELS = st.sampled_from(ORDER)


@given(LEVELS, LEVELS)
def test_of_two_answers_the_higher_wins(one: str, other: str) -> None:
    found = highest([TRIAGE.levels[one], TRIAGE.levels[other]])
    assert found is not None
    assert found.rank == max(ORDER.index(one), ORDER.index(other))


@given(LEVELS, st.one_of(st.none(), LEVELS))
def test_a_higher_level_never_pages_less(level: str, baseline: str | None) -> None:
    before = TRIAGE.levels[baseline] if baseline else None
    paged = [
        why_paged(one, before, TRIAGE) in (Why.LEVEL, Why.RISE, Why.NO_BASELINE)
        for one in TRIAGE.levels.values()
    ]
    assert paged == sorted(paged)


@given(st.dictionaries(st.sampled_from(["1", "2", "3", "4", "5", "6_lifetime", "6_3_months"]), st.booleans()))
def test_one_more_yes_never_makes_it_milder(answers: dict[str, bool]) -> None:
    def rank(given: dict[str, bool]) -> int:
        level, _ = level_of(RECENT, given)
        return -1 if level is None else ORDER.index(level)

    before = rank(answers)
    for item in ("4", "5", "6_3_months"):
        assert rank({**answers, item: True}) >= before
