"""The life of a course of care, as a table: from where, by what, to where, by whom, under which guard. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class State(StrEnum):
    """Where a course stands."""

    INQUIRY = "inquiry"
    REFERRAL = "referral"
    SCREENING = "screening"
    PREPARATION = "preparation"
    INDUCTION = "induction"
    MAINTENANCE = "maintenance"
    CLOSED = "closed"


class ClosedAs(StrEnum):
    """How a course ended."""

    COMPLETED = "completed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    TRANSFERRED = "transferred"


class Event(StrEnum):
    """What moves a course on."""

    INQUIRE = "inquire"
    REFER = "refer"
    BEGIN_SCREENING = "begin-screening"
    DECLINE = "decline"
    BEGIN_PREPARATION = "begin-preparation"
    SCREEN_AGAIN = "screen-again"
    BEGIN_INDUCTION = "begin-induction"
    BEGIN_MAINTENANCE = "begin-maintenance"
    RESUME_INDUCTION = "resume-induction"
    COMPLETE = "complete"
    WITHDRAW = "withdraw"
    TRANSFER = "transfer"


class Guard(StrEnum):
    """What must hold before a step is taken; ``course.guards`` says why it does not."""

    MAY_START = "may-start"  # an adult who is alive
    FOUND_ELIGIBLE = "found-eligible"
    CONSENT_IN_FORCE = "consent-in-force"
    DOSE_GIVEN = "dose-given"
    RELAPSE_RULE_DECLARED = "relapse-rule-declared"
    NO_OPEN_SESSION = "no-open-session"
    NO_OPEN_REFERRAL = "no-open-referral"


CLINICIANS = frozenset({"prescriber", "therapist"})
PRESCRIBER = frozenset({"prescriber"})


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the table. ``owners`` are the roles that may take it; the system takes it where a rule does."""

    event: Event
    sources: frozenset[State | None]
    to: State
    owners: frozenset[str]
    label: str | Promise
    guards: tuple[Guard, ...] = ()
    closed_as: ClosedAs | None = None
    needs_reason: bool = True
    by_hand: bool = True  # offered as a button on the course page; else another step's decision brings it


OPEN = frozenset(State) - {State.CLOSED}
BEFORE_DOSES = frozenset({State.INQUIRY, State.REFERRAL, State.SCREENING, State.PREPARATION})
UNDER_TREATMENT = frozenset({State.INDUCTION, State.MAINTENANCE})

TABLE: tuple[Step, ...] = (
    Step(
        Event.INQUIRE, frozenset({None}), State.INQUIRY, CLINICIANS, _("Start an inquiry"), (Guard.MAY_START,)
    ),
    Step(
        Event.REFER,
        frozenset({None, State.INQUIRY}),
        State.REFERRAL,
        CLINICIANS,
        _("Refer to the prescriber"),
        (Guard.MAY_START,),
        by_hand=False,
    ),
    Step(
        Event.BEGIN_SCREENING,
        frozenset({State.INQUIRY, State.REFERRAL}),
        State.SCREENING,
        PRESCRIBER,
        _("Begin screening"),
        (Guard.NO_OPEN_REFERRAL, Guard.MAY_START),
        needs_reason=False,
    ),
    Step(
        Event.DECLINE,
        BEFORE_DOSES,
        State.CLOSED,
        PRESCRIBER,
        _("Decline"),
        (Guard.NO_OPEN_REFERRAL,),
        closed_as=ClosedAs.DECLINED,
    ),
    Step(
        Event.BEGIN_PREPARATION,
        frozenset({State.SCREENING}),
        State.PREPARATION,
        PRESCRIBER,
        _("Begin preparation"),
        (Guard.MAY_START, Guard.FOUND_ELIGIBLE),
        by_hand=False,
    ),
    Step(
        Event.SCREEN_AGAIN,
        frozenset({State.PREPARATION, State.INDUCTION, State.MAINTENANCE}),
        State.SCREENING,
        PRESCRIBER,
        _("Screen again"),
        (Guard.NO_OPEN_SESSION,),
    ),
    Step(
        Event.BEGIN_INDUCTION,
        frozenset({State.PREPARATION}),
        State.INDUCTION,
        PRESCRIBER,
        _("Begin induction"),
        (Guard.MAY_START, Guard.FOUND_ELIGIBLE, Guard.CONSENT_IN_FORCE),
        needs_reason=False,
    ),
    Step(
        Event.BEGIN_MAINTENANCE,
        frozenset({State.INDUCTION}),
        State.MAINTENANCE,
        PRESCRIBER,
        _("Begin maintenance"),
        (Guard.DOSE_GIVEN, Guard.RELAPSE_RULE_DECLARED, Guard.NO_OPEN_SESSION),
    ),
    Step(
        Event.RESUME_INDUCTION,
        frozenset({State.MAINTENANCE}),
        State.INDUCTION,
        PRESCRIBER,
        _("Go back to induction"),
        (Guard.MAY_START, Guard.CONSENT_IN_FORCE),
    ),
    Step(
        Event.COMPLETE,
        UNDER_TREATMENT,
        State.CLOSED,
        PRESCRIBER,
        _("Complete the course"),
        (Guard.NO_OPEN_SESSION,),
        closed_as=ClosedAs.COMPLETED,
    ),
    Step(
        Event.WITHDRAW,
        OPEN,
        State.CLOSED,
        CLINICIANS | {"patient"},
        _("End the course at the person's wish"),
        (Guard.NO_OPEN_REFERRAL, Guard.NO_OPEN_SESSION),
        closed_as=ClosedAs.WITHDRAWN,
    ),
    Step(
        Event.TRANSFER,
        OPEN,
        State.CLOSED,
        PRESCRIBER,
        _("Hand over to another practice"),
        (Guard.NO_OPEN_REFERRAL, Guard.NO_OPEN_SESSION),
        closed_as=ClosedAs.TRANSFERRED,
    ),
)
STEPS_BY_EVENT: dict[Event, Step] = {step.event: step for step in TABLE}

STATE_WORDS: dict[State, str | Promise] = {
    State.INQUIRY: _("Inquiry"),
    State.REFERRAL: _("Referral"),
    State.SCREENING: _("Screening"),
    State.PREPARATION: _("Preparation"),
    State.INDUCTION: _("Induction"),
    State.MAINTENANCE: _("Maintenance"),
    State.CLOSED: _("Closed"),
}
CLOSED_WORDS: dict[ClosedAs, str | Promise] = {
    ClosedAs.COMPLETED: _("completed"),
    ClosedAs.DECLINED: _("declined"),
    ClosedAs.WITHDRAWN: _("ended at the person's wish"),
    ClosedAs.TRANSFERRED: _("handed over to another practice"),
}


def step_from(state: State | None, event: Event) -> Step | None:
    """The line of the table for an event in a state; None where that can't happen."""
    step = STEPS_BY_EVENT[event]
    return step if state in step.sources else None


def steps_for(state: State, roles: Collection[str]) -> list[Step]:
    """What a person in these roles may do by hand from here, in the order of the table."""
    return [one for one in TABLE if one.by_hand and state in one.sources and one.owners & set(roles)]
