"""Pure rules of registration: joining charts, life dates, two people at one form."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upwell.base.one_line import tidy
from upwell.office.patients.rules import ChartFacts, merge_refusal, receiver
from upwell.office.patients.stale import rebased
from upwell.office.patients.words import LIFE_DATES, LIKENESS, MERGES
from upwell.people.duplicates import weights
from upwell.people.rules import age_years, life_date_problems, possible_ages, possible_birth_dates

A, B, HERE, THERE, ONE, TWO = (UUID(int=n) for n in range(1, 7))
KEPT, MERGED = ChartFacts(A, HERE), ChartFacts(B, HERE)


@pytest.mark.parametrize(
    ("kept", "merged", "refusal"),
    [
        (KEPT, MERGED, None),
        (KEPT, KEPT, "same-chart"),
        (KEPT, replace(MERGED, practice_id=THERE), "other-practice"),
        (KEPT, replace(MERGED, merged_into_id=TWO), "merged-is-merged"),
        (replace(KEPT, merged_into_id=TWO), MERGED, "kept-is-merged"),
        (KEPT, replace(MERGED, entered_in_error=True), "in-error"),
        (replace(KEPT, entered_in_error=True), MERGED, "in-error"),
        (replace(KEPT, log_ins=frozenset({ONE})), replace(MERGED, log_ins=frozenset({TWO})), "two-log-ins"),
        (replace(KEPT, log_ins=frozenset({ONE})), replace(MERGED, log_ins=frozenset({ONE})), None),
        (replace(KEPT, log_ins=frozenset({ONE})), MERGED, None),
    ],
)
def test_merge_refusal(kept, merged, refusal):
    assert merge_refusal(kept, merged) == refusal


def test_which_chart_receives_the_log_in():
    with_log_in = {"log_ins": frozenset({ONE})}
    assert receiver(replace(KEPT, **with_log_in), MERGED) == MERGED
    assert receiver(KEPT, replace(MERGED, **with_log_in)) == KEPT
    assert receiver(KEPT, MERGED) is None
    assert receiver(replace(KEPT, **with_log_in), replace(MERGED, **with_log_in)) is None


TODAY = date(2026, 6, 15)


@pytest.mark.parametrize(
    ("born", "precision", "deceased", "died", "problems"),
    [
        (date(2026, 6, 15), "day", False, None, []),
        (date(2026, 6, 16), "day", False, None, ["birth-in-future"]),
        (date(2026, 6, 1), "month", False, None, []),
        (date(2026, 7, 1), "month", False, None, ["birth-in-future"]),
        (date(2026, 12, 1), "year", False, None, []),
        (date(1890, 1, 1), "day", False, None, []),
        (date(1889, 12, 31), "day", False, None, ["birth-too-early"]),
        (date(1890, 1, 1), "year", False, None, []),
        (None, "day", False, None, []),
        (None, "day", True, None, []),
        (date(1980, 5, 2), "day", True, date(1980, 5, 2), []),
        (date(1980, 5, 2), "day", True, date(1980, 5, 1), ["death-before-birth"]),
        (date(1980, 5, 2), "year", True, date(1980, 1, 1), []),
        (date(1980, 5, 2), "day", False, date(2000, 1, 1), ["death-date-of-living"]),
        (date(1980, 5, 2), "day", True, date(2026, 6, 15), []),
        (date(1980, 5, 2), "day", True, date(2026, 6, 16), ["death-in-future"]),
    ],
)
def test_life_dates(born, precision, deceased, died, problems):
    assert [p.code for p in life_date_problems(born, precision, deceased, died, TODAY)] == problems


@given(
    st.dates(date(1890, 1, 1), TODAY),
    st.sampled_from(["day", "month", "year"]),
    st.dates(TODAY, date(2060, 1, 1)),
)
def test_ages_hold_whatever_day_it_was(born, precision, at):
    lowest, highest = possible_ages(born, precision, at)
    assert 0 <= highest - lowest <= 1
    assert lowest <= age_years(born, at) <= highest
    first, last = possible_birth_dates(born, precision)
    assert first <= born <= last


@given(st.text(max_size=200))
def test_tidy_leaves_nothing_unseen(text):
    tidied = tidy(text)
    assert tidy(tidied) == tidied
    assert "\x00" not in tidied
    assert "\u202e" not in tidied
    assert tidied == tidied.strip()


def test_own_entries_stay_and_untouched_fields_follow_the_record():
    values = ["a", "b", "c"]
    for base, current, entered in product(values, values, values):
        result = rebased({"x": entered}, {"x": base}, {"x": current})["x"]
        assert result == (current if entered == base else entered)
    assert rebased({"x": "a"}, {}, {"x": "b"}) == {"x": "a"}


def test_every_reason_of_a_likeness_is_collected_for_translation():
    reasons = {weight.reason for table in weights().values() for weight in table.values() if weight.reason}
    assert reasons == set(LIKENESS)


def test_every_refusal_has_its_words():
    refusals = {
        "same-chart",
        "other-practice",
        "in-error",
        "merged-is-merged",
        "kept-is-merged",
        "two-log-ins",
    }
    assert refusals == set(MERGES)
    assert {
        "birth-in-future",
        "birth-too-early",
        "death-before-birth",
        "death-in-future",
        "death-date-of-living",
    } == set(LIFE_DATES)
