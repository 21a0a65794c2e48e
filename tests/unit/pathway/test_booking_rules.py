"""What can be booked when: at, below and above each bound of the house, on days that have 23 or 25 hours."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from upwell.base.errors import BadInput, RefusedByRule
from upwell.pathway.calendar.rules import (
    MAY_BOOK_DOSING,
    day_of,
    free_times,
    house,
    instant_of,
    missing_for_dosing,
    nearest,
    refuse_dosing,
    refuse_impossible,
)
from upwell.pathway.course.states import State

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
CHICAGO = ZoneInfo("America/Chicago")
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def test_the_house_is_as_its_file_says() -> None:
    found = house()
    assert (found.step, found.shortest, found.longest) == (30 * MINUTE, 5 * MINUTE, 14 * HOUR)
    assert (found.opens, found.closes, found.furthest) == (time(8), time(18), timedelta(days=730))
    assert found.usual_minutes["dosing"] == 180


@pytest.mark.parametrize(
    ("starts", "lasts", "path"),
    [
        (HOUR, HOUR, None),
        (HOUR, 5 * MINUTE, None),
        (HOUR, 4 * MINUTE, "minutes"),
        (HOUR, -HOUR, "minutes"),
        (HOUR, 14 * HOUR, None),
        (HOUR, 14 * HOUR + MINUTE, "minutes"),
        (-HOUR, HOUR, "day"),  # over at this very moment
        (-HOUR, HOUR + MINUTE, None),
        (timedelta(days=730), HOUR, None),
        (timedelta(days=730) + MINUTE, HOUR, "day"),
    ],
)
def test_a_time_that_nobody_can_keep_is_refused(
    starts: timedelta, lasts: timedelta, path: str | None
) -> None:
    if path is None:
        refuse_impossible(AT + starts, AT + starts + lasts, AT)
        return
    with pytest.raises(BadInput) as told:
        refuse_impossible(AT + starts, AT + starts + lasts, AT)
    assert told.value.path == path


@pytest.mark.parametrize("state", [*State, None])
def test_a_dosing_session_is_booked_from_preparation_on(state: State | None) -> None:
    assert {str(one) for one in MAY_BOOK_DOSING} == {"preparation", "induction", "maintenance"}
    if state in MAY_BOOK_DOSING:
        refuse_dosing(state)
        return
    with pytest.raises(RefusedByRule) as told:
        refuse_dosing(state)
    assert told.value.path == "kind"


@pytest.mark.parametrize(
    ("state", "facts", "count"),
    [
        (State.INDUCTION, {"consent.in_force": True}, 0),
        (State.INDUCTION, {"consent.in_force": False}, 1),
        (State.INDUCTION, {}, 1),  # not known is not in force
        (State.PREPARATION, {"consent.in_force": True}, 1),
        (State.PREPARATION, {}, 2),
        (State.MAINTENANCE, {"consent.in_force": True}, 0),
    ],
)
def test_what_a_booked_session_still_lacks_is_said(state: State, facts: dict[str, bool], count: int) -> None:
    assert len(missing_for_dosing(state, facts)) == count


def test_a_time_that_the_clock_jumps_over_is_refused_and_one_that_comes_twice_is_the_first() -> None:
    with pytest.raises(BadInput, match="02:30") as told:
        instant_of(date(2026, 3, 8), time(2, 30), CHICAGO)
    assert told.value.path == "time"
    with pytest.raises(BadInput, match="Nobody lives in that year"):
        instant_of(date.max, time(23, 59), CHICAGO)
    assert instant_of(date(2026, 11, 1), time(1, 30), CHICAGO) == datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
    for day, hours in ((date(2026, 3, 8), 23), (date(2026, 11, 1), 25), (date(2026, 3, 2), 24)):
        start, end = day_of(day, CHICAGO)
        assert end - start == hours * HOUR


def test_free_times_touch_what_is_booked_and_never_overlap_it() -> None:
    within = (AT, AT + 4 * HOUR)
    busy = [(AT + HOUR, AT + 2 * HOUR)]
    assert free_times(busy, within, HOUR, AT) == [AT, AT + 2 * HOUR, AT + 2.5 * HOUR, AT + 3 * HOUR]
    assert free_times([], within, 4 * HOUR, AT) == [AT]
    assert free_times([], within, 4 * HOUR + MINUTE, AT) == []
    assert free_times([], within, 3 * HOUR, AT + 20 * MINUTE) == [AT + HOUR / 2, AT + HOUR]


def test_the_nearest_few_are_offered_in_order() -> None:
    times = [AT + n * HOUR for n in range(6)]
    assert nearest(times, None, 2) == times[:2]
    assert nearest(times, AT + 3 * HOUR + MINUTE, 3) == [times[2], times[3], times[4]]
