"""When relief came, as a clinician reads it. Day 0 is the first dose; PHQ-9 looks back 14 days.

Response: a fall of 50 % or more from the last score before the first dose; remission: below 5. What looks back on days
before the first dose is not judged, so that the PHQ-9 can't show a response at 24 hours.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from upwell.knowledge.loader import load_instrument
from upwell.science.measures import Relief, Score, relief

PHQ9 = load_instrument("phq-9")
FIRST_DOSE = datetime(2026, 3, 2, 10, tzinfo=UTC)


def course(*scores: tuple[float, int | None]) -> Relief:
    made = [
        Score(
            f"s{place}",
            FIRST_DOSE + timedelta(days=day),
            total,
            "complete" if total is not None else "not-scorable",
        )
        for place, (day, total) in enumerate(scores)
    ]
    return relief(PHQ9, made, FIRST_DOSE)


RESPONSE = [
    # scores by day, days to the first response, last day without
    ([(-1, 20), (14, 10)], 14, 0),
    ([(-1, 20), (14, 9)], 14, 0),
    ([(-1, 20), (14, 11), (28, 10)], 28, 14),
    ([(-1, 20), (14, 11), (28, 11), (42, 4)], 42, 28),
    ([(-30, 24), (-1, 20), (14, 10)], 14, 0),  # the last one before the dose is the baseline
    ([(-30, 20), (-1, None), (14, 10)], 14, 0),  # one that could not be scored is none
    ([(-1, 20), (14, 10), (28, 20)], 14, 0),  # lost again later: it was the first all the same
    ([(-1, 15), (14, 8)], None, None),  # 46.7 %
    ([(-1, 15), (14, 7)], 14, 0),  # 53.3 %
]


@pytest.mark.parametrize(("scores", "days", "not_yet"), RESPONSE)
def test_time_to_first_response(
    scores: list[tuple[float, int | None]], days: int | None, not_yet: int | None
) -> None:
    found = course(*scores)
    if days is None:
        assert found.response is None
        assert found.why_no_response == "not-reached"
        return
    assert found.response is not None
    assert (found.response.days, found.response.days_before) == (days, not_yet)
    assert found.why_no_response == ""


WINDOW = [
    # day after the first dose, judged
    (1, False),
    (13, False),
    (14, True),
    (15, True),
]


@pytest.mark.parametrize(("day", "judged"), WINDOW)
def test_a_score_that_looks_back_past_the_dose_is_not_judged(day: float, judged: bool) -> None:
    """The first response at 24 hours can't come from the PHQ-9: at day 1 it looks back on 13 days without a dose."""
    found = course((-20, 20), (day, 2))
    assert (found.response is not None) is judged
    assert found.why_no_response == ("" if judged else "nothing-judged-yet")
    assert found.recall_days == 14
    assert found.now is not None, "it is shown all the same"


def test_days_are_those_of_the_practices_clock() -> None:
    """Given at nine in the morning in Chicago, answered there at seven in the evening of the 14th day after."""
    chicago = ZoneInfo("America/Chicago")
    dose = datetime(2026, 11, 26, 9, tzinfo=chicago)
    scores = [
        Score("a", dose - timedelta(days=1), 24, "complete"),
        Score("b", datetime(2026, 12, 10, 19, tzinfo=chicago), 0, "complete"),
    ]
    found = relief(PHQ9, scores, dose.astimezone(UTC)).response
    assert found is not None
    assert found.days == 14


def test_without_a_baseline_nothing_is_judged() -> None:
    found = course((1, 20), (15, 4), (29, 3))
    assert (found.baseline, found.response, found.remission) == (None, None, None)
    assert found.why_no_response == "no-baseline", "a score after the dose is no baseline"


def test_nothing_asked_yet_is_not_no() -> None:
    found = course((-1, 20))
    assert (found.why_no_response, found.why_no_remission) == ("nothing-judged-yet", "nothing-judged-yet")


def test_from_a_baseline_of_zero_response_is_not_known() -> None:
    found = course((-1, 0), (14, 3))
    assert (found.response, found.why_no_response) == (None, "not-known")
    assert found.remission is not None


REMISSION = [(4, True), (5, False), (6, False)]


@pytest.mark.parametrize(("total", "reached"), REMISSION)
def test_first_remission(total: int, reached: bool) -> None:
    found = course((-1, 20), (14, total))
    assert (found.remission is not None) is reached


def test_best_and_now() -> None:
    found = course((-1, 20), (3, 1), (14, 12), (28, 6), (42, 6), (56, 9))
    assert found.best is not None
    assert (found.best.total, found.best.id) == (6, "s3"), (
        "the first of equals; day 3 looks back past the dose"
    )
    assert found.now is not None
    assert found.now.total == 9
    assert found.now_point is not None
    assert (found.now_point.response, found.now_point.reliable_change) == (True, "improved")


def test_reliable_change_is_not_judged_without_a_number() -> None:
    gad7 = load_instrument("gad-7")
    made = [Score("a", FIRST_DOSE, 14), Score("b", FIRST_DOSE + timedelta(days=14), 7)]
    found = relief(gad7, made, FIRST_DOSE)
    assert found.response is not None
    assert found.now_point is not None
    assert found.now_point.reliable_change is None


def test_it_says_of_what_and_from_when_it_speaks() -> None:
    found = course((-1, 20), (14, 11), (28, 10))
    assert (found.instrument, found.first_dose_at) == ("phq-9", FIRST_DOSE)
    assert found.baseline is not None
    assert found.baseline.id == "s0"
    assert found.response is not None
    assert found.response.not_yet is not None
    assert (found.response.score.id, found.response.not_yet.id) == ("s2", "s1")
