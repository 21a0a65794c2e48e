"""The life of an alert: open, taken on by somebody, closed with what was done. Pure."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum


class AlertState(StrEnum):
    """Where an alert stands."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    CLOSED = "closed"
    SETTLED = "settled"  # answers to a screen came in time and took its place


class AlertEvent(StrEnum):
    """What a person does with it."""

    ACKNOWLEDGE = "acknowledge"
    CLOSE = "close"


NEXT: dict[tuple[AlertState, AlertEvent], AlertState] = {
    (AlertState.OPEN, AlertEvent.ACKNOWLEDGE): AlertState.ACKNOWLEDGED,
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


def after(state: AlertState, event: AlertEvent) -> AlertState | None:
    """Where it stands afterwards; None where that can't be done any more."""
    return NEXT.get((state, event))
