"""The life of a report: due, drafted, sent, or not needed. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class State(StrEnum):
    """Where a report stands."""

    DUE = "due"
    DRAFTED = "drafted"
    SENT = "sent"
    NOT_NEEDED = "not-needed"


class Event(StrEnum):
    """What is done with it."""

    DRAFT = "draft"
    SEND = "send"
    DROP = "drop"
    REOPEN = "reopen"


NEXT: Mapping[tuple[State, Event], State] = {
    (State.DUE, Event.DRAFT): State.DRAFTED,
    (State.DUE, Event.SEND): State.SENT,
    (State.DUE, Event.DROP): State.NOT_NEEDED,
    (State.DRAFTED, Event.DRAFT): State.DRAFTED,
    (State.DRAFTED, Event.SEND): State.SENT,
    (State.DRAFTED, Event.DROP): State.NOT_NEEDED,
    (State.SENT, Event.REOPEN): State.DRAFTED,
    (State.NOT_NEEDED, Event.REOPEN): State.DUE,
}
OPEN = frozenset({State.DUE, State.DRAFTED})


def after(state: State, event: Event) -> State | None:
    """Where it stands afterwards; None where that can't be done now."""
    return NEXT.get((state, event))
