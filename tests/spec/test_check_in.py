"""The check-in as a clinician reads it: seven digits, questions 1 to 7 in order; ``-`` is blank.

Our own "right now" questions (C): no total, no band, no cut-off. What must be acted on is acted on: thoughts of not
wanting to live, feeling very unwell, asking for a call.
"""

from __future__ import annotations

import pytest

from tests.spec.forms import digits, scored
from upwell.knowledge.loader import load_instrument
from upwell.record.rules import alert_raised_by, urgent_answers

CHECK_IN = load_instrument("check-in")

TABLE = [
    # answers, flags, alert
    ("0000000", [], None),
    ("3330300", [], None),  # low, hopeless, tense, slept badly: read one by one, no number judges it
    ("0002000", [], None),
    ("0003000", ["very-unwell"], "call-asked"),
    ("0000010", ["call-asked"], "call-asked"),
    ("0000001", ["thoughts"], "suicide-item"),
    ("0000002", ["thoughts"], "suicide-item"),
    ("000000-", ["thoughts-unanswered"], "suicide-item-unanswered"),
    ("0003012", ["thoughts", "very-unwell", "call-asked"], "suicide-item"),
    ("000301-", ["thoughts-unanswered", "very-unwell", "call-asked"], "call-asked"),
    ("000001-", ["thoughts-unanswered", "call-asked"], "suicide-item-unanswered"),
]


@pytest.mark.parametrize(("written", "flags", "alert"), TABLE, ids=[row[0] for row in TABLE])
def test_what_is_acted_on(written: str, flags: list[str], alert: str | None) -> None:
    result = scored("check-in", digits(written))
    assert (result.total, result.band, result.maximum) == (None, None, None)
    assert list(result.flags) == flags
    raised = alert_raised_by(CHECK_IN, result)
    assert (raised.kind if raised else None) == alert
    for flag in flags:
        (said,) = [one.message for one in result.findings if one.rule == f"check-in.{flag}"]
        assert raised is not None
        assert said in raised.finding.message, "nothing that must be acted on is lost"


def test_last_night_may_be_left_out() -> None:
    """Four hours after a dose there was no night yet."""
    assert scored("check-in", digits("0000-00")).status == "complete"


@pytest.mark.parametrize("blank", ["1", "2", "3", "4", "6"])
def test_other_gaps_are_told_and_alert_nobody(blank: str) -> None:
    form = {item: 0 for item in "1234567" if item != blank}
    result = scored("check-in", form)
    assert (result.status, result.missing, result.flags) == ("incomplete", (blank,), ())
    assert alert_raised_by(CHECK_IN, result) is None


def test_the_form_reacts_at_once_to_thoughts_of_not_wanting_to_live() -> None:
    assert urgent_answers(CHECK_IN) == {"7": [1, 2]}


def test_it_is_local_policy_and_not_scored() -> None:
    assert not CHECK_IN.is_scored
    assert CHECK_IN.recall_days == 0
    assert CHECK_IN.text_provenance.is_policy
    assert CHECK_IN.bands == ()
    assert 5 <= len(CHECK_IN.items) <= 7
