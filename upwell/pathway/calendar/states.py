"""The life of an appointment, as a table: from where, by what, to where. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Kind(StrEnum):
    """What an appointment is for."""

    SCREENING = "screening"
    PREPARATION = "preparation"
    DOSING = "dosing"
    INTEGRATION = "integration"
    FOLLOW_UP = "follow-up"


class State(StrEnum):
    """Where an appointment stands."""

    BOOKED = "booked"
    ARRIVED = "arrived"
    DONE = "done"
    CANCELLED = "cancelled"
    MISSED = "missed"


class Event(StrEnum):
    """What happens to an appointment."""

    ARRIVE = "arrive"
    FINISH = "finish"
    CANCEL = "cancel"
    MISS = "miss"
    TAKE_BACK = "take-back"  # the wrong button was pressed, or the person came after all


HOLDING = frozenset({State.BOOKED, State.ARRIVED})  # these keep chair, patient and staff from others

TABLE: Mapping[tuple[State, Event], State] = {
    (State.BOOKED, Event.ARRIVE): State.ARRIVED,
    (State.BOOKED, Event.CANCEL): State.CANCELLED,
    (State.BOOKED, Event.MISS): State.MISSED,
    (State.ARRIVED, Event.FINISH): State.DONE,
    (State.ARRIVED, Event.CANCEL): State.CANCELLED,
    (State.ARRIVED, Event.TAKE_BACK): State.BOOKED,
    (State.DONE, Event.TAKE_BACK): State.ARRIVED,
    (State.MISSED, Event.ARRIVE): State.ARRIVED,
    (State.MISSED, Event.TAKE_BACK): State.BOOKED,
}

KIND_WORDS: dict[Kind, str | Promise] = {
    Kind.SCREENING: _("Screening visit"),
    Kind.PREPARATION: _("Preparation visit"),
    Kind.DOSING: _("Dosing session"),
    Kind.INTEGRATION: _("Integration visit"),
    Kind.FOLLOW_UP: _("Follow-up visit"),
}
STATE_WORDS: dict[State, str | Promise] = {
    State.BOOKED: _("booked"),
    State.ARRIVED: _("here"),
    State.DONE: _("over"),
    State.CANCELLED: _("cancelled"),
    State.MISSED: _("missed"),
}
EVENT_WORDS: dict[Event, str | Promise] = {
    Event.ARRIVE: _("Has arrived"),
    Event.FINISH: _("Is over"),
    Event.CANCEL: _("Cancel"),
    Event.MISS: _("Did not come"),
    Event.TAKE_BACK: _("Take that back"),
}


def after(state: State, event: Event) -> State | None:
    """The state that follows; None where that can't happen."""
    return TABLE.get((state, event))


def events_from(state: State) -> list[Event]:
    """What can happen from here, in the order of the table."""
    return [event for (source, event) in TABLE if source is state]
