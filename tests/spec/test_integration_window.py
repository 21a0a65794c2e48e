"""When an integration visit is proposed: 24 to 72 hours after the last dose, in hours that pass (local policy, C)."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from upwell.knowledge.loader import load_visit_template
from upwell.pathway.integration.rules import Lacking, Timing, is_answered, lacking, proposed

CHICAGO = ZoneInfo("America/Chicago")
WINDOW = load_visit_template().window
DOSE = datetime(2026, 3, 3, 10, 0, tzinfo=CHICAGO)  # a Tuesday


def test_the_window_is_local_policy_and_says_so():
    assert WINDOW.provenance.is_policy
    assert (WINDOW.opens_after, WINDOW.closes_after) == (timedelta(hours=24), timedelta(hours=72))


@pytest.mark.parametrize(
    ("after_the_dose", "timing"),
    [
        (timedelta(0), Timing.EARLY),
        (timedelta(hours=23, minutes=59, seconds=59), Timing.EARLY),
        (timedelta(hours=24), Timing.INSIDE),
        (timedelta(hours=24, seconds=1), Timing.INSIDE),
        (timedelta(hours=71, minutes=59, seconds=59), Timing.INSIDE),
        (timedelta(hours=72), Timing.INSIDE),
        (timedelta(hours=72, seconds=1), Timing.LATE),
        (timedelta(days=14), Timing.LATE),
        (timedelta(days=14, seconds=1), Timing.PAST),
    ],
)
def test_at_below_and_above_each_end(after_the_dose, timing):
    assert proposed(DOSE, WINDOW).timing(DOSE + after_the_dose) is timing


@pytest.mark.parametrize(
    ("dose", "opens", "closes"),
    [
        # clocks go forward in the night to 8 March 2026: a day later by the sun is 11:00 on the wall
        ("2026-03-07T10:00", "2026-03-08T11:00", "2026-03-10T11:00"),
        # clocks go back in the night to 1 November 2026
        ("2026-10-31T10:00", "2026-11-01T09:00", "2026-11-03T09:00"),
        ("2026-06-02T10:00", "2026-06-03T10:00", "2026-06-05T10:00"),
    ],
)
def test_hours_that_pass_not_hours_on_the_wall(dose, opens, closes):
    when = proposed(datetime.fromisoformat(dose).replace(tzinfo=CHICAGO).astimezone(ZoneInfo("UTC")), WINDOW)
    assert f"{when.opens_at.astimezone(CHICAGO):%Y-%m-%dT%H:%M}" == opens
    assert f"{when.closes_at.astimezone(CHICAGO):%Y-%m-%dT%H:%M}" == closes


@pytest.mark.parametrize(
    ("held_after", "answered"),
    [
        (None, False),
        (timedelta(hours=-1), False),
        (timedelta(0), False),
        (timedelta(hours=18), True),
        (timedelta(days=5), True),
    ],
)
def test_a_visit_belongs_to_the_dose_that_it_follows(held_after, answered):
    assert is_answered(None if held_after is None else DOSE + held_after, DOSE) is answered


@pytest.mark.parametrize(
    ("asked", "answer", "done", "words", "missing"),
    [
        (True, "none", "", ["Calm."], []),
        (True, "present", "Called the crisis line together.", ["Calm."], []),
        (True, "present", " ", ["Calm."], [Lacking.DONE]),
        (True, "unclear", "", ["Calm."], [Lacking.DONE]),
        (True, "", "", ["Calm."], [Lacking.ANSWER]),
        (False, "", "", ["Calm."], [Lacking.DONE]),
        (False, "", "No time left; calls tomorrow at nine.", ["Calm."], []),
        (None, "", "", ["Calm."], [Lacking.ASKED]),
        (True, "none", "", ["", "  "], [Lacking.WORDS]),
    ],
)
def test_what_a_note_lacks_before_it_is_signed(asked, answer, done, words, missing):
    assert lacking(asked, answer, done, words) == missing
