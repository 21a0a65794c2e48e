"""When the next dose falls by the protocol's frequency (clinical reference, section 4). Day 0 is the first dose."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upwell.knowledge.protocols import known_protocols, load_protocol
from upwell.science.measures import Window, next_dose, too_early, weeks_since_last_dose

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
    ("esketamine-trd", "maintenance", [0, 3, 7, 10, 14, 17], 20, 28, 28),  # week 5 begins with day 28
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
    found = window("iv-dep", "induction", [], on=5)
    assert (found.earliest, found.latest, found.protocol) == (day(5), day(5), "iv-dep")
    assert found.rule is not None
    assert found.rule.words.startswith("Two or three times a week")


WHICH_PROTOCOL = [
    ("iv-dep", "induction", [0], "iv-dep"),
    ("iv-dep", "maintenance", [0], "iv-maint"),  # the protocol that follows it
    ("iv-dep", "induction", [0, 3, 7, 10, 14, 17, 20], "iv-dep"),  # its series is over
    ("oral", "induction", [0], "oral"),  # it prints none
]


@pytest.mark.parametrize(("protocol", "phase", "doses", "named"), WHICH_PROTOCOL)
def test_a_window_names_the_protocol_that_it_comes_from(
    protocol: str, phase: str, doses: list[int], named: str
) -> None:
    assert window(protocol, phase, doses, on=doses[-1]).protocol == named


def test_a_phase_without_a_dose_in_it_begins_with_the_next_one() -> None:
    """Day 14 begins maintenance: the first weekly dose comes a week after the last one, whatever week that is."""
    found = window("iv-dep", "maintenance", [0, 2, 4, 7, 9, 20], on=21, began=21)
    assert (found.earliest, found.latest) == (day(27), day(27))


def test_the_last_day_of_a_series_still_counts() -> None:
    """Weeks 1 to 3 end with day 20."""
    assert window("iv-dep", "induction", [0, 3, 7, 10, 14, 19], on=19).earliest == day(20)
    assert window("iv-dep", "induction", [0, 3, 7, 10, 14, 17, 18, 19], on=19).why_not == "series-over"


EVERY = [0, 3, 7, 10, 14, 17, 21, 24]
TOO_EARLY = [
    # protocol, phase, doses, the phase began, the day of the next dose, and the line by which it is too early
    ("esketamine-trd", "induction", [], 0, 0, None),
    ("esketamine-trd", "induction", [0], 0, 0, "Twice a week"),  # twice on one day
    ("esketamine-trd", "induction", [0], 0, 1, None),
    ("esketamine-trd", "induction", [0, 3], 0, 6, "Twice a week"),
    ("esketamine-trd", "induction", [0, 3], 0, 7, None),
    ("esketamine-trd", "induction", EVERY, 0, 27, "Twice a week"),  # the last day of week 4
    ("esketamine-trd", "induction", [0, 3, 7, 10, 14, 17, 24], 0, 27, None),
    ("esketamine-trd", "induction", [0, 3, 7, 10, 14, 17, 24], 0, 28, "Once a week, weeks 5"),  # in any phase
    ("esketamine-trd", "maintenance", EVERY, 25, 30, "Once a week, weeks 5"),
    ("esketamine-trd", "maintenance", EVERY, 25, 31, None),
    ("esketamine-trd", "maintenance", [*EVERY, 49], 25, 55, "Once a week, weeks 5"),  # the last day of week 8
    ("esketamine-trd", "maintenance", [*EVERY, 50], 25, 56, "Once a week or every 2"),  # the first of week 9
    ("esketamine-trd", "maintenance", [*EVERY, 49], 25, 56, None),
    ("iv-dep", "induction", [0, 2, 4], 0, 6, "Two or three"),
    ("iv-dep", "induction", [0, 2, 4], 0, 7, None),
    ("iv-dep", "induction", [0, 2, 4], 0, 40, None),  # no line for week 6 of the series
    ("iv-dep", "maintenance", [0, 2, 4, 7, 9, 11], 14, 17, "Weekly"),  # none in this phase yet: its first week
    ("iv-dep", "maintenance", [0, 2, 4, 7, 9, 11], 14, 18, None),
    ("iv-dep", "maintenance", [0, 11, 18, 25, 32], 14, 38, "Weekly"),  # counted from day 18, the first of the phase
    ("iv-dep", "maintenance", [0, 11, 18, 25, 32], 14, 39, None),
    ("iv-dep", "maintenance", [0, 11, 14, 21, 28, 35], 14, 42, "As needed"),  # a dose on the day the phase began
    ("iv-dep", "maintenance", [0, 11, 14, 21, 28, 35], 14, 48, "As needed"),
    ("iv-dep", "maintenance", [0, 11, 14, 21, 28, 35], 14, 49, None),
    ("oral", "induction", [0], 0, 1, None),  # nothing is printed
]  # fmt: skip


@pytest.mark.parametrize(
    ("protocol", "phase", "doses", "began", "on", "line"),
    TOO_EARLY,
    ids=[f"{row[0]}-{row[1]}-{row[4]}-{row[5]}" for row in TOO_EARLY],
)
def test_what_comes_too_early(
    protocol: str, phase: str, doses: list[int], began: int, on: int, line: str | None
) -> None:
    found = too_early(load_protocol(protocol), phase, [day(one) for one in doses], day(on), day(began))
    assert (found is None) is (line is None)
    if found is not None and line is not None:
        assert found.words.startswith(line)
    later = [day(one) for one in (*doses, on + 3)]  # a dose after that day says nothing about it
    assert too_early(load_protocol(protocol), phase, later, day(on), day(began)) == found


def test_a_window_with_one_end_is_unknown() -> None:
    assert Window(earliest=day(1)).stands(day(2)) == Window(latest=day(1)).stands(day(2)) == "unknown"


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
