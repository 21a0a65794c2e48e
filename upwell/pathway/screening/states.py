"""The life of a screening, as a table: open while it is filled in, decided once and for all. Pure."""

from __future__ import annotations

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class State(StrEnum):
    """Where a screening stands."""

    OPEN = "open"
    DECIDED = "decided"


class Event(StrEnum):
    """What happens to it."""

    FILL = "fill"
    DECIDE = "decide"


class Decision(StrEnum):
    """What the prescriber decided."""

    ELIGIBLE = "eligible"
    NOT_NOW = "not-now"
    NO = "no"


TABLE: dict[tuple[State, Event], State] = {
    (State.OPEN, Event.FILL): State.OPEN,
    (State.OPEN, Event.DECIDE): State.DECIDED,
}

STATE_WORDS: dict[State, str | Promise] = {State.OPEN: _("open"), State.DECIDED: _("decided")}
DECISION_WORDS: dict[Decision, str | Promise] = {
    Decision.ELIGIBLE: _("Eligible"),
    Decision.NOT_NOW: _("Not now"),
    Decision.NO: _("Not eligible"),
}
DECISION_TONES: dict[Decision, str] = {
    Decision.ELIGIBLE: "good",
    Decision.NOT_NOW: "caution",
    Decision.NO: "danger",
}


def after(state: State, event: Event) -> State | None:
    """What becomes of it; None where that can't happen."""
    return TABLE.get((state, event))
