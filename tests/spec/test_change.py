"""Response, remission and reliable change, as a clinician reads them.

PHQ-9: response is a fall of 50 % or more, remission below 5, reliable change 6 or more (NHS Talking
Therapies), smallest change that matters 5. GAD-7: 50 %, below 5, reliable change not recovered (NR),
smallest change 4. Nothing is computed inside the 14 days that both questionnaires look back.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from upwell.knowledge.loader import load_instrument
from upwell.science.scoring import Assessment, Point, trajectory

START = datetime(2026, 3, 2, 10, tzinfo=UTC)
PHQ9, GAD7 = load_instrument("phq-9"), load_instrument("gad-7")


def after(days: float, total: int | None, status: str = "complete") -> Assessment:
    return Assessment(START + timedelta(days=days), total, status)


def later(
    instrument: Any, baseline: int, total: int | None, days: float = 28, status: str = "complete"
) -> Point:
    return trajectory(instrument, [after(0, baseline), after(days, total, status)]).points[1]


RESPONSE = [
    # baseline, later, response, remission, reliable, matters
    (20, 11, False, False, "improved", "improved"),
    (20, 10, True, False, "improved", "improved"),
    (20, 9, True, False, "improved", "improved"),
    (9, 5, False, False, "unchanged", "unchanged"),
    (9, 4, True, True, "unchanged", "improved"),
    (10, 5, True, False, "unchanged", "improved"),
    (10, 4, True, True, "improved", "improved"),
    (10, 3, True, True, "improved", "improved"),
    (12, 12, False, False, "unchanged", "unchanged"),
    (12, 16, False, False, "unchanged", "unchanged"),
    (12, 17, False, False, "unchanged", "worsened"),
    (12, 18, False, False, "worsened", "worsened"),
    (12, 19, False, False, "worsened", "worsened"),
    (15, 8, False, False, "improved", "improved"),  # 46.7 %
    (15, 7, True, False, "improved", "improved"),  # 53.3 %
    (4, 4, False, True, "unchanged", "unchanged"),
]


@pytest.mark.parametrize(
    ("baseline", "total", "response", "remission", "reliable", "matters"),
    RESPONSE,
    ids=[f"{row[0]}-to-{row[1]}" for row in RESPONSE],
)
def test_phq9_change(
    baseline: int, total: int, response: bool, remission: bool, reliable: str, matters: str
) -> None:
    point = later(PHQ9, baseline, total)
    assert (point.response, point.remission) == (response, remission)
    assert (point.reliable_change, point.meaningful_change) == (reliable, matters)
    assert point.change == total - baseline
    assert point.why_not is None


@pytest.mark.parametrize(
    ("baseline", "total", "response", "remission", "matters"),
    [
        (14, 11, False, False, "unchanged"),
        (14, 10, False, False, "improved"),
        (14, 7, True, False, "improved"),
        (14, 4, True, True, "improved"),
        (10, 14, False, False, "worsened"),
    ],
)
def test_gad7_change(baseline: int, total: int, response: bool, remission: bool, matters: str) -> None:
    point = later(GAD7, baseline, total)
    assert (point.response, point.remission, point.meaningful_change) == (response, remission, matters)
    assert point.reliable_change is None, "not recovered: unknown, never no"


@pytest.mark.parametrize(
    ("days", "computed"),
    [(1, False), (13, False), (13.99, True), (14, True), (15, True)],
    ids=["1 day", "13 days", "14 calendar days, minutes short", "14 days", "15 days"],
)
def test_nothing_is_computed_inside_the_recall_window(days: float, computed: bool) -> None:
    point = later(PHQ9, 20, 4, days)
    expected = (True, True, "improved", None) if computed else (None, None, None, "inside-recall-window")
    assert (point.response, point.remission, point.reliable_change, point.why_not) == expected


@pytest.mark.parametrize(("total", "status"), [(None, "not-scorable"), (None, "incomplete")])
def test_nothing_is_computed_without_a_total(total: int | None, status: str) -> None:
    point = later(PHQ9, 20, total, status=status)
    assert (point.response, point.remission, point.change) == (None, None, None)
    assert point.why_not == "not-scorable"


def test_the_baseline_is_the_first_that_can_be_scored() -> None:
    course = trajectory(PHQ9, [after(28, 8), after(0, None, "not-scorable"), after(1, 18, "imputed")])
    assert course.baseline == after(1, 18, "imputed")
    assert [point.why_not for point in course.points] == ["not-scorable", "baseline", None]
    assert course.points[2].response is True


def test_a_baseline_can_be_set_later() -> None:
    course = trajectory(
        PHQ9, [after(0, 24), after(30, 20), after(60, 11)], baseline_at=START + timedelta(days=10)
    )
    assert [point.why_not for point in course.points] == ["no-baseline", "baseline", None]
    assert course.points[2].response is False


def test_from_a_baseline_of_zero_there_is_no_response() -> None:
    point = later(PHQ9, 0, 3)
    assert (point.response, point.remission, point.percent_change) == (None, True, None)
    assert point.why_not == "baseline-zero"


def test_a_repeat_inside_the_window_is_marked() -> None:
    course = trajectory(PHQ9, [after(0, 20), after(7, 18), after(21, 15), after(28, 15)])
    assert [point.overlaps_previous for point in course.points] == [False, True, False, True]


def test_an_empty_course() -> None:
    course = trajectory(PHQ9, [])
    assert (course.baseline, course.points, course.latest) == (None, (), None)


WELLBEING = [
    # WHO-5, higher is better: 10 points are a change that can be relied on or that matters; baseline, later
    (40, 52, "improved"),
    (40, 50, "improved"),
    (40, 48, "unchanged"),
    (40, 32, "unchanged"),
    (40, 30, "worsened"),
    (40, 28, "worsened"),
]


@pytest.mark.parametrize(("baseline", "total", "said"), WELLBEING)
def test_where_higher_is_better_a_rise_is_an_improvement(baseline: int, total: int, said: str) -> None:
    point = later(load_instrument("who-5"), baseline, total)
    assert said in (point.reliable_change, point.meaningful_change)
    assert point.remission is None  # no number is known
    assert point.percent_change == 100 * (total - baseline) / baseline


def test_a_point_says_its_band_and_how_many_per_cent() -> None:
    point = later(PHQ9, 16, 11)
    assert (point.band, point.percent_change, point.days_from_baseline) == ("moderate", -31.25, 28)
    assert later(PHQ9, 0, 8).percent_change is None


def test_the_baseline_is_called_so_and_lies_no_days_from_itself() -> None:
    course = trajectory(PHQ9, [after(0, 16), after(28, 11)])
    first = course.points[0]
    assert (first.is_baseline, first.days_from_baseline, first.why_not) == (True, 0, "baseline")
    assert [one.is_baseline for one in course.points] == [True, False]
    assert (course.instrument, course.instrument_version) == ("phq-9", PHQ9.version)


def test_a_total_that_was_not_scored_by_the_rules_is_none() -> None:
    """A number that came with a status of its own (not scorable) is not compared, and no baseline."""
    point = later(PHQ9, 16, 11, status="not-scorable")
    assert (point.total, point.band, point.why_not) == (None, None, "not-scorable")
    alone = trajectory(PHQ9, [after(0, 16, "incomplete")])
    assert (alone.baseline, alone.points[0].why_not) == (None, "not-scorable")


def test_what_lies_between_two_that_count_does_not_end_the_window() -> None:
    """Day 10 can't be scored: day 13 still looks back on days of day 0, and day 14 does not."""
    for days, overlaps in ((13, True), (14, False)):
        course = trajectory(PHQ9, [after(0, 16), after(10, None, "not-scorable"), after(days, 11)])
        assert course.points[2].overlaps_previous is overlaps


def test_a_baseline_that_was_set_counts_from_its_very_moment_and_two_at_once_are_compared() -> None:
    moment = START + timedelta(days=28)
    course = trajectory(PHQ9, [after(0, 20), after(28, 16), after(28, 12)], baseline_at=moment)
    assert course.baseline is not None
    assert course.baseline.total == 16
    assert [one.why_not for one in course.points] == ["no-baseline", "baseline", "inside-recall-window"]


def test_a_course_as_json_has_its_times_and_the_baseline() -> None:
    said = trajectory(PHQ9, [after(0, 16), after(28, 11)]).as_json()
    assert set(said) == {"instrument", "instrument_version", "baseline", "points"}
    assert (said["instrument"], said["instrument_version"]) == ("phq-9", PHQ9.version)
    assert said["baseline"] == {"at": "2026-03-02T10:00:00+00:00", "total": 16, "status": "complete"}
    assert [(one["at"], one["total"], one["band"]) for one in said["points"]] == [
        ("2026-03-02T10:00:00+00:00", 16, "moderately-severe"),
        ("2026-03-30T10:00:00+00:00", 11, "moderate"),
    ]
    assert trajectory(PHQ9, []).as_json()["baseline"] is None
