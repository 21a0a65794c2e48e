"""The life of a REMS monitoring form: due, complete, submitted. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class State(StrEnum):
    """Where a form stands."""

    DUE = "due"
    COMPLETE = "complete"
    SUBMITTED = "submitted"


class Event(StrEnum):
    """What happens to it."""

    LACKS = "lacks"  # something is missing
    FILLED = "filled"  # nothing is
    SUBMIT = "submit"
    REOPEN = "reopen"


NEXT: Mapping[tuple[State, Event], State] = {
    (State.DUE, Event.LACKS): State.DUE,
    (State.DUE, Event.FILLED): State.COMPLETE,
    (State.DUE, Event.SUBMIT): State.SUBMITTED,
    (State.COMPLETE, Event.LACKS): State.DUE,
    (State.COMPLETE, Event.FILLED): State.COMPLETE,
    (State.COMPLETE, Event.SUBMIT): State.SUBMITTED,
    (State.SUBMITTED, Event.REOPEN): State.DUE,
}


def after(state: State, event: Event) -> State | None:
    """Where it stands afterwards; None where that can't be."""
    return NEXT.get((state, event))
