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
