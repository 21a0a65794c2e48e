"""Which answers alert the team, and the life of an alert."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from upwell.knowledge.loader import load_instrument
from upwell.knowledge.triage import load_triage
from upwell.pathway.safety.rules import NEXT, AlertEvent, AlertState, after, clock_of, state_of, taking_on
from upwell.record.rules import (
    Standing,
    alert_raised_by,
    changed_words,
    single_answers,
    standing,
    urgent_answers,
)
from upwell.science.rules.suicide import Why
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


@pytest.mark.parametrize(
    ("state", "closes_in_minutes", "event"),
    [
        (AlertState.OPEN, None, AlertEvent.ACKNOWLEDGE),
        (AlertState.ACKNOWLEDGED, None, AlertEvent.ACKNOWLEDGE),  # no time is given: it waits
        (AlertState.ACKNOWLEDGED, 1, AlertEvent.ACKNOWLEDGE),
        (AlertState.ACKNOWLEDGED, 0, AlertEvent.TAKE_OVER),
        (AlertState.ACKNOWLEDGED, -1, AlertEvent.TAKE_OVER),
        (AlertState.CLOSED, -1, AlertEvent.ACKNOWLEDGE),
    ],
)
def test_an_alert_is_taken_over_once_it_is_late(
    state: AlertState, closes_in_minutes: int | None, event: AlertEvent
) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    closes_by = None if closes_in_minutes is None else at + timedelta(minutes=closes_in_minutes)
    assert taking_on(state, closes_by, at) is event
    assert (after(state, event) is not None) is (event is AlertEvent.TAKE_OVER or state is AlertState.OPEN)


@pytest.mark.parametrize(
    ("kind", "level", "which"),
    [
        ("suicide-risk", "high", "high"),
        ("suicide-risk", "low", "low"),
        ("suicide-item", "", "single"),
        ("suicide-item-unanswered", "", "single"),
        ("suicide-told", "", "single"),
        ("call-asked", "", "other"),
        ("relapse", "", "other"),
    ],
)
def test_each_alert_has_the_clock_of_its_level_or_kind(kind: str, level: str, which: str) -> None:
    triage = load_triage()
    clocks = {"single": triage.single_question.clock, "other": triage.other_clock}
    assert clock_of(triage, kind, level) is clocks.get(
        which, triage.levels.get(level, None) and triage.levels[level].clock
    )


@dataclass
class Asked:
    """A request of a questionnaire."""

    opens_at: datetime | None = None
    late_at: datetime | None = None
    closes_at: datetime | None = None
    cancelled_at: datetime | None = None
    followed_up_at: datetime | None = None
    assessment_id: UUID | None = None


NOW = datetime(2026, 1, 1, tzinfo=UTC)
PAST, LATER = NOW - timedelta(minutes=1), NOW + timedelta(minutes=1)
STANDINGS = [
    (Asked(), Standing.OPEN),
    (Asked(assessment_id=UUID(int=1), closes_at=PAST), Standing.ANSWERED),
    (Asked(cancelled_at=PAST, closes_at=PAST), Standing.WITHDRAWN),
    (Asked(closes_at=NOW), Standing.MISSED),
    (Asked(closes_at=NOW, followed_up_at=PAST), Standing.FOLLOWED_UP),
    (Asked(closes_at=LATER), Standing.OPEN),
    (Asked(opens_at=LATER), Standing.LATER),
    (Asked(opens_at=NOW), Standing.OPEN),
    (Asked(late_at=NOW), Standing.LATE),
    (Asked(late_at=LATER), Standing.OPEN),
    (Asked(late_at=PAST, followed_up_at=PAST), Standing.OPEN),
]


@pytest.mark.parametrize(("asked", "stands"), STANDINGS)
def test_where_a_questionnaire_stands(asked: Asked, stands: Standing) -> None:
    assert standing(asked, NOW) is stands


CHECK_IN = load_instrument("check-in")
CALM = {str(item): 0 for item in range(1, 8)}


def test_two_flags_make_one_alert_of_the_worst_with_both_in_it() -> None:
    result = score(CHECK_IN, CALM | {"4": 3, "6": 1, "7": 1})
    said = [one for one in result.findings if one.rule.partition(".")[2] in result.flags]
    raised = alert_raised_by(CHECK_IN, result)
    assert raised is not None
    assert (raised.kind, raised.is_alone, raised.is_urgent) == ("suicide-item", False, True)
    assert raised.finding.rule == "check-in.thoughts"
    assert raised.finding.severity.rank == max(one.severity.rank for one in said)
    assert raised.finding.message.startswith(next(o.message for o in said if o.rule == "check-in.thoughts"))
    for one in said:
        assert one.message in raised.finding.message
        assert set(one.because) <= set(raised.finding.because)
    assert raised.finding.message.count(raised.finding.message[:40]) == 1  # the worst stands there once


def test_two_flags_of_one_kind_are_one_thing_to_act_on() -> None:
    raised = alert_raised_by(CHECK_IN, score(CHECK_IN, CALM | {"4": 3, "6": 1}))
    assert raised is not None
    assert (raised.kind, raised.is_alone, raised.is_urgent) == ("call-asked", True, False)
    assert alert_raised_by(CHECK_IN, score(CHECK_IN, CALM)) is None


def test_the_single_answers_about_suicide_are_those_that_raised_a_flag() -> None:
    assert single_answers(PHQ9, ["item-9"], {"9": 2, "1": 3}) == {"9": 2}
    assert single_answers(PHQ9, [], {"9": 2}) == {}
    assert single_answers(PHQ9, ["item-9"], {"9": None}) == {}


def test_why_an_answer_pages_stands_behind_what_it_says() -> None:
    assert (
        changed_words("It is 1.", Why.RISE) == "It is 1. This is more than in the person's own last answers."
    )
    assert changed_words("It is 1.", Why.USUAL) == "It is 1."
