"""What is to be done now in a session, in one sentence, and the page where it is done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import time_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from upwell.science.session import State

ORDER, GATE, LEAVE, HOME = "session_order", "session_gate", "session_leave", "session_instructions"
CHECK = "session_check"
MAY_BE_DOSED = frozenset({State.PLANNED, State.ORDERED, State.ARRIVED, State.READY, State.DOSING})


@dataclass(frozen=True, slots=True)
class NextStep:
    """A sentence that begins with what to do; ``page`` is where, if it is not here."""

    words: str
    page: str = ""
    button: str = ""


def next_step(
    state: State,
    *,
    leave_at: datetime | None,
    at: datetime,
    consent: bool | None = None,
    unchecked: bool = False,
    further: str = "",
    to_ward: bool = False,
) -> NextStep:
    """What whoever stands at the chair does now. ``consent`` is whether one is in force, where that is known."""
    if consent is False and state in MAY_BE_DOSED:
        return NextStep(
            _(
                "Give no dose: no consent is in force. Talk with the person; without a dose, end the session as"
                " “No dose was given”."
            )
        )
    if unchecked and (further or state in {State.ORDERED, State.ARRIVED, State.READY}):
        words = _("A second person checks the order and its arithmetic, before the dose is drawn up.")
        return NextStep(words, CHECK, _("Check the order"))
    if further == "ordered":
        return NextStep(
            _(
                "A further dose is ordered. Measure, then the prescriber decides at the gate before it is given."
            ),
            GATE,
            _("Before the dose"),
        )
    if further == "released":
        return NextStep(_("Give the further dose as ordered, and write it down here."))
    if state is State.OBSERVING:
        return _watching(leave_at, at, to_ward=to_ward)
    known = {
        State.PLANNED: NextStep(
            _("The prescriber orders the dose. The checklist can be begun meanwhile."), ORDER, _("Order")
        ),
        State.ORDERED: NextStep(_("Note it here when the person comes.")),
        State.ARRIVED: NextStep(
            _("Go through the checklist before the dose; then the prescriber decides."),
            GATE,
            _("Before the dose"),
        ),
        State.READY: NextStep(_("Give the dose as ordered, and write it down here.")),
        State.DOSING: NextStep(_("Go on with the dose as ordered, and measure what is due.")),
        State.READY_TO_LEAVE: NextStep(_("The person may go home: discharge them."), LEAVE, _("Going home")),
        State.DISCHARGED: NextStep(_("Hand over what they take home."), HOME, _("What they take home")),
        State.ENDED: NextStep(_("This session is over.")),
    }
    return known[state]


def _watching(leave_at: datetime | None, at: datetime, *, to_ward: bool) -> NextStep:
    if leave_at is not None and leave_at <= at:
        if to_ward:
            words = _("The shortest time has passed. Assess whether the person may go back to the ward.")
            return NextStep(words, LEAVE, _("Back to the ward"))
        words = _("The shortest time has passed. Assess whether the person may go home.")
        return NextStep(words, LEAVE, _("Going home"))
    if leave_at is None:
        return NextStep(_("Watch over the person, and measure what is due."))
    words = (
        _("Watch over the person, and measure what is due. Back to the ward at %(time)s at the earliest.")
        if to_ward
        else _("Watch over the person, and measure what is due. Home at %(time)s at the earliest.")
    )
    return NextStep(words % {"time": time_format(localtime(leave_at), "H:i")})
