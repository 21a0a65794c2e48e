"""The life of a consent, as a table: offered, understood, signed, taken back, superseded, expired. Pure."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class State(StrEnum):
    """Where a consent stands."""

    OFFERED = "offered"
    UNDERSTOOD = "understood"  # every question answered right
    SIGNED = "signed"
    WITHDRAWN = "withdrawn"  # taken back, or said no to before it was signed
    SUPERSEDED = "superseded"  # a newer one took its place
    EXPIRED = "expired"  # by time alone: no row is changed for it


class Event(StrEnum):
    """What happens to it."""

    UNDERSTAND = "understand"
    SIGN = "sign"
    WITHDRAW = "withdraw"
    SUPERSEDE = "supersede"
    EXPIRE = "expire"


NEXT: dict[tuple[State, Event], State] = {
    (State.OFFERED, Event.UNDERSTAND): State.UNDERSTOOD,
    (State.UNDERSTOOD, Event.SIGN): State.SIGNED,
    (State.OFFERED, Event.WITHDRAW): State.WITHDRAWN,
    (State.UNDERSTOOD, Event.WITHDRAW): State.WITHDRAWN,
    (State.SIGNED, Event.WITHDRAW): State.WITHDRAWN,
    (State.OFFERED, Event.SUPERSEDE): State.SUPERSEDED,
    (State.UNDERSTOOD, Event.SUPERSEDE): State.SUPERSEDED,
    (State.SIGNED, Event.SUPERSEDE): State.SUPERSEDED,
    (State.SIGNED, Event.EXPIRE): State.EXPIRED,
    (State.EXPIRED, Event.SUPERSEDE): State.SUPERSEDED,
}
UNSIGNED = frozenset({State.OFFERED, State.UNDERSTOOD})
STORED = tuple(state for state in State if state is not State.EXPIRED)

STATE_WORDS: dict[State, str | Promise] = {
    State.OFFERED: _("Offered"),
    State.UNDERSTOOD: _("Understood, not signed yet"),
    State.SIGNED: _("Signed"),
    State.WITHDRAWN: _("Taken back"),
    State.SUPERSEDED: _("Replaced by a newer one"),
    State.EXPIRED: _("Expired"),
}


def after(state: State, event: Event) -> State | None:
    """Where it stands afterwards; None where that can't happen any more."""
    return NEXT.get((state, event))


def state_at(stored: str, expires_at: datetime | None, at: datetime) -> State:
    """Where a consent stands at a time: a signature expires by itself."""
    state = State(stored)
    if state is State.SIGNED and expires_at is not None and at >= expires_at:
        return State.EXPIRED
    return state
