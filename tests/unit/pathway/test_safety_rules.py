"""Which answers alert the team, and the life of an alert."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from upwell.knowledge.loader import load_instrument
from upwell.pathway.safety.rules import NEXT, AlertEvent, AlertState, after, state_of
from upwell.record.rules import alert_raised_by, urgent_answers
from upwell.science.scoring import score

PHQ9, GAD7 = load_instrument("phq-9"), load_instrument("gad-7")
ZEROS = {str(item): 0 for item in range(1, 10)}


@pytest.mark.parametrize(
    ("item_9", "kind"),
    [
        (0, None),
        (1, "suicide-item"),
        (2, "suicide-item"),
        (3, "suicide-item"),
        (None, "suicide-item-unanswered"),
    ],
)
def test_item_9_alerts_from_1_on_and_when_it_is_blank(item_9: int | None, kind: str | None) -> None:
    raised = alert_raised_by(PHQ9, score(PHQ9, ZEROS | {"9": item_9}))
    assert (raised.kind if raised else None) == kind
    if raised:
        assert raised.finding.source
        assert raised.is_urgent is (kind == "suicide-item")


def test_item_9_alerts_also_where_nothing_can_be_scored() -> None:
    raised = alert_raised_by(PHQ9, score(PHQ9, {"9": 1}))
    assert raised is not None
    assert raised.kind == "suicide-item"


def test_the_gad_7_asks_nothing_about_suicide() -> None:
    assert alert_raised_by(GAD7, score(GAD7, {"1": 3})) is None
    assert urgent_answers(GAD7) == {}
    assert urgent_answers(PHQ9) == {"9": [1, 2, 3]}


def test_the_life_of_an_alert() -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    assert state_of(None, None) is AlertState.OPEN
    assert state_of(at, None) is AlertState.ACKNOWLEDGED
    assert state_of(None, at) is state_of(at, at) is AlertState.CLOSED
    assert after(AlertState.OPEN, AlertEvent.CLOSE) is AlertState.CLOSED
    assert after(AlertState.ACKNOWLEDGED, AlertEvent.ACKNOWLEDGE) is None
    assert all(after(AlertState.CLOSED, event) is None for event in AlertEvent)
    assert AlertState.OPEN not in NEXT.values()  # nothing that was closed opens again
