"""The life of an alert: open, taken on by somebody, closed with what was done. Pure."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from upwell.knowledge.triage import Clock, Triage
from upwell.record.rules import SUICIDE_ITEM, SUICIDE_ITEM_UNANSWERED, SUICIDE_TOLD

ASKED_ABOUT = frozenset({SUICIDE_ITEM, SUICIDE_ITEM_UNANSWERED, SUICIDE_TOLD})


class AlertState(StrEnum):
    """Where an alert stands."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    CLOSED = "closed"
    SETTLED = "settled"  # answers to a screen came in time and took its place


class AlertEvent(StrEnum):
    """What a person does with it."""

    ACKNOWLEDGE = "acknowledge"
    TAKE_OVER = "take-over"  # whoever was on it has not closed it in time
    CLOSE = "close"


NEXT: dict[tuple[AlertState, AlertEvent], AlertState] = {
    (AlertState.OPEN, AlertEvent.ACKNOWLEDGE): AlertState.ACKNOWLEDGED,
    (AlertState.ACKNOWLEDGED, AlertEvent.TAKE_OVER): AlertState.ACKNOWLEDGED,
    (AlertState.OPEN, AlertEvent.CLOSE): AlertState.CLOSED,
    (AlertState.ACKNOWLEDGED, AlertEvent.CLOSE): AlertState.CLOSED,
}


def state_of(
    acknowledged_at: datetime | None, closed_at: datetime | None, settled_at: datetime | None = None
) -> AlertState:
    """Where an alert stands, from what is on record."""
    if closed_at is not None:
        return AlertState.CLOSED
    if settled_at is not None:
        return AlertState.SETTLED
    return AlertState.OPEN if acknowledged_at is None else AlertState.ACKNOWLEDGED


def taking_on(state: AlertState, closes_by: datetime | None, at: datetime) -> AlertEvent:
    """What it is to take an alert on now: for the first time, or over from somebody who has not closed it in time."""
    is_late = state is AlertState.ACKNOWLEDGED and closes_by is not None and closes_by <= at
    return AlertEvent.TAKE_OVER if is_late else AlertEvent.ACKNOWLEDGE


def clock_of(triage: Triage, kind: str, level: str) -> Clock:
    """The clock of an alert: that of its level, of a question about suicide, or of every other one."""
    if level in triage.levels:
        return triage.levels[level].clock
    return triage.single_question.clock if kind in ASKED_ABOUT else triage.other_clock


def after(state: AlertState, event: AlertEvent) -> AlertState | None:
    """Where it stands afterwards; None where that can't be done any more."""
    return NEXT.get((state, event))
