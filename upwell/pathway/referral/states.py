"""The life of a referral, as a table: from where, by what, to where, by whom. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class State(StrEnum):
    """Where a referral stands."""

    AWAITING_PATIENT = "awaiting-patient"
    SENT = "sent"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"


class Event(StrEnum):
    """What moves a referral on."""

    ASK = "ask"  # the person is asked on their own phone
    SEND = "send"  # the person agreed, in person or on their phone
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    ACCEPT = "accept"
    DECLINE = "decline"


class Side(StrEnum):
    """Who takes a step: the practice that refers, the person, or the practice that is asked."""

    REFERRING = "referring"
    PATIENT = "patient"
    ASKED = "asked"


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the table."""

    event: Event
    sources: frozenset[State | None]
    to: State
    sides: frozenset[Side]
    label: str | Promise
    needs_reason: bool = False


TABLE: tuple[Step, ...] = (
    Step(
        Event.ASK,
        frozenset({None}),
        State.AWAITING_PATIENT,
        frozenset({Side.REFERRING}),
        _("Ask on their phone"),
    ),
    Step(
        Event.SEND,
        frozenset({None, State.AWAITING_PATIENT}),
        State.SENT,
        frozenset({Side.REFERRING, Side.PATIENT}),
        _("Agree and send"),
    ),
    Step(
        Event.REFUSE,
        frozenset({State.AWAITING_PATIENT, State.SENT}),
        State.REFUSED,
        frozenset({Side.PATIENT}),
        _("Do not agree"),
    ),
    Step(
        Event.WITHDRAW,
        frozenset({State.AWAITING_PATIENT, State.SENT}),
        State.WITHDRAWN,
        frozenset({Side.REFERRING}),
        _("Withdraw the referral"),
        needs_reason=True,
    ),
    Step(Event.ACCEPT, frozenset({State.SENT}), State.ACCEPTED, frozenset({Side.ASKED}), _("Accept")),
    Step(
        Event.DECLINE,
        frozenset({State.SENT}),
        State.DECLINED,
        frozenset({Side.ASKED}),
        _("Decline"),
        needs_reason=True,
    ),
)
STEPS_BY_EVENT: dict[Event, Step] = {step.event: step for step in TABLE}
OPEN = frozenset({State.AWAITING_PATIENT, State.SENT})

STATE_WORDS: dict[State, str | Promise] = {
    State.AWAITING_PATIENT: _("Waits for the person to agree"),
    State.SENT: _("Sent, waits for an answer"),
    State.ACCEPTED: _("Accepted"),
    State.DECLINED: _("Declined"),
    State.WITHDRAWN: _("Withdrawn"),
    State.REFUSED: _("The person did not agree"),
}


# The same as something that happened, and as the person reads it on their own page.
HAPPENED: dict[State, str | Promise] = {
    State.AWAITING_PATIENT: _("The person is asked whether they agree to a referral"),
    State.SENT: _("Referral agreed to, and sent"),
    State.ACCEPTED: _("Referral accepted"),
    State.DECLINED: _("Referral declined"),
    State.WITHDRAWN: _("Referral taken back"),
    State.REFUSED: _("The person did not agree to the referral"),
}
OWN_WORDS: dict[State, str | Promise] = {
    State.AWAITING_PATIENT: _("Waits for your answer"),
    State.SENT: _("Sent, waits for the practice"),
    State.ACCEPTED: _("They said yes"),
    State.DECLINED: _("They said no"),
    State.WITHDRAWN: _("Taken back by your care team"),
    State.REFUSED: _("You did not agree"),
}


class Agreed(StrEnum):
    """How the person agreed to what is shared."""

    PHONE = "phone"
    ORAL = "oral"
    PAPER = "paper"


AGREED_WORDS: dict[Agreed, str | Promise] = {
    Agreed.PHONE: _("on their own phone"),
    Agreed.ORAL: _("in words, in person"),
    Agreed.PAPER: _("on signed paper"),
}


def step_from(state: State | None, event: Event) -> Step | None:
    """The line of the table for an event in a state; None where that can't happen."""
    step = STEPS_BY_EVENT[event]
    return step if state in step.sources else None
