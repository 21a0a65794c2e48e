"""When the next dose falls by the protocol's frequency (clinical reference, section 4). Day 0 is the first dose."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upwell.knowledge.protocols import known_protocols, load_protocol
from upwell.science.measures import Window, next_dose, weeks_since_last_dose

START = date(2026, 3, 2)


def day(number: int) -> date:
    return START + timedelta(days=number)


def window(protocol: str, phase: str, doses: list[int], *, on: int, began: int = 0) -> Window:
    return next_dose(load_protocol(protocol), phase, [day(one) for one in doses], day(on), day(began))


TABLE = [
    # protocol, phase, doses, the phase began, first day, last day
    ("esketamine-trd", "induction", [0], 0, 1, 4),
    ("esketamine-trd", "induction", [0, 3], 0, 7, 7),
    ("esketamine-trd", "induction", [0, 3, 7], 0, 10, 11),
    ("esketamine-trd", "induction", [0, 3, 7, 10, 14, 17, 21], 0, 24, 25),
    ("esketamine-trd", "maintenance", [0, 3, 7, 10, 14, 17, 21, 24], 25, 31, 31),  # weekly from week 5
    ("esketamine-trd", "maintenance", [0, 24, 31, 38], 25, 45, 45),
    ("esketamine-trd", "maintenance", [0, 24, 31, 38, 45, 52], 25, 59, 66),  # week 9: 1 or 2 weeks
    ("esketamine-trd", "maintenance", [0, 24, 31, 38, 45, 52, 66], 25, 73, 80),
    ("iv-dep", "induction", [0], 0, 1, 4),
    ("iv-dep", "induction", [0, 2, 4], 0, 7, 8),  # never a fourth within 7 days
    ("iv-dep", "maintenance", [0, 2, 4, 7, 9, 11], 14, 18, 18),  # IV-MAINT follows: weekly
    ("iv-maint", "maintenance", [0, 11, 18, 25, 32], 14, 39, 39),
    ("iv-maint", "maintenance", [0, 11, 18, 25, 32, 39], 14, 53, 81),  # then every 2 to 6 weeks
    ("sc", "induction", [0, 3, 7], 0, 10, 11),
    ("oral-titrated", "induction", [0, 3], 0, 6, 6),
    ("intranasal-racemic", "induction", [0, 3], 0, 7, 10),
]


@pytest.mark.parametrize(
    ("protocol", "phase", "doses", "began", "first", "last"),
    TABLE,
    ids=[f"{row[0]}-{len(row[2])}" for row in TABLE],
)
def test_the_window(protocol: str, phase: str, doses: list[int], began: int, first: int, last: int) -> None:
    found = window(protocol, phase, doses, on=doses[-1], began=began)
    assert (found.earliest, found.latest) == (day(first), day(last))
    assert found.rule is not None
    assert found.rule.words
    assert found.stands(day(first - 1)) == "early"
    assert found.stands(day(first)) == "open"
    assert found.stands(day(last)) == "open"
    assert found.stands(day(last + 1)) == "late"


NOTHING_PRINTED = [
    ("oral", "induction", [0], "not-printed"),
    ("im", "maintenance", [0], "not-printed"),
    ("sc", "maintenance", [0], "not-printed"),
    ("esketamine-mdsi", "maintenance", [0], "not-printed"),
    ("esketamine-mdsi", "induction", [0, 3, 7, 10, 14, 17, 21, 24], "series-over"),
    ("iv-dep", "induction", [0, 3, 7, 10, 14, 17], None),
    ("iv-dep", "induction", [0, 3, 7, 10, 14, 17, 20], "series-over"),
    ("iv-dep", "screening", [0], "not-printed"),
]


@pytest.mark.parametrize(("protocol", "phase", "doses", "why"), NOTHING_PRINTED)
def test_where_nothing_is_printed_nothing_is_invented(
    protocol: str, phase: str, doses: list[int], why: str | None
) -> None:
    found = window(protocol, phase, doses, on=doses[-1])
    assert found.why_not == (why or "")
    assert (found.earliest is None) is (why is not None)
    if why:
        assert found.stands(day(40)) == "unknown"


def test_before_the_first_dose_today_is_the_day() -> None:
    assert window("iv-dep", "induction", [], on=5).earliest == day(5)


@pytest.mark.parametrize(("days", "weeks"), [(0, 0), (6, 0), (7, 1), (13, 1), (14, 2), (365, 52)])
def test_weeks_since_the_last_dose(days: int, weeks: int) -> None:
    assert weeks_since_last_dose([day(-30), day(0)], day(days)) == weeks
    assert weeks_since_last_dose([], day(days)) is None


@given(
    st.sampled_from(known_protocols()),
    st.sampled_from(["induction", "maintenance"]),
    st.lists(st.integers(0, 300), min_size=1, max_size=15, unique=True),
    st.integers(0, 200),
)
def test_a_window_opens_after_the_last_dose_and_closes_after_it_opens(
    protocol: str, phase: str, doses: list[int], began: int
) -> None:
    found = window(protocol, phase, doses, on=max(doses), began=began)
    if found.earliest is not None:
        assert found.latest is not None
        assert day(max(doses)) < found.earliest <= found.latest
        assert found == window(protocol, phase, doses[::-1], on=max(doses), began=began)
