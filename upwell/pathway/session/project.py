"""What the fold said last, kept beside the log for lists."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from upwell.base.updating import update
from upwell.pathway.session.models import Session
from upwell.science.session import CHECKED, SessionState, State

LEVELS = ("amber", "red", "emergency")
BEFORE_THE_DOSE = frozenset({State.PLANNED, State.ORDERED, State.ARRIVED})
PROJECTED = (
    "stands",
    "over_at",
    "ended_as",
    "first_dose_at",
    "given_mg",
    "next_due_at",
    "next_due_what",
    "leave_at",
    "alarms_open",
    "worst_alarm",
    "wants_decision",
    "order_check",
    "ordered_by",
    "events",
    "folded_at",
    "substance",
    "route",
)


def changes(session: Session, state: SessionState) -> dict[str, Any]:
    """What a list would show otherwise: the fields of the row, and what they should say."""
    return {
        name: value for name, value in _projected(session, state).items() if getattr(session, name) != value
    }


def project(session: Session, changed: Mapping[str, Any], state: SessionState, at: datetime) -> None:
    """Write what lists show into the session's row."""
    for name, value in changed.items():
        setattr(session, name, value)
    session.events, session.folded_at = len(state.timeline), at
    update(session, PROJECTED)


def _projected(session: Session, state: SessionState) -> dict[str, Any]:
    waiting = [one for one in state.alarms if one.acknowledged_at is None]
    due = state.next_due[0] if state.next_due else None
    stay = state.gates.stay
    return {
        "stands": str(state.state),
        "over_at": state.over_at,
        "ended_as": state.ended_as or "",
        "first_dose_at": stay.first_dose_at if state.dosed else None,
        "given_mg": state.given_mg,
        "next_due_at": due.at if due else None,
        "next_due_what": due.what if due else "",
        "leave_at": stay.earliest_at if state.dosed else None,
        "alarms_open": len({one.rule for one in waiting}),
        "worst_alarm": max((one.level for one in waiting), key=LEVELS.index, default=""),
        "wants_decision": state.further == "ordered"
        or (state.ordered and state.arrived and state.state in BEFORE_THE_DOSE),
        **second_check(state),
        "substance": state.substance or session.substance,
        "route": state.route or session.route,
    }


def second_check(state: SessionState) -> dict[str, str]:
    """Whether the order in force waits for a second person, before it is given; and who ordered it."""
    order = next((one for one in reversed(state.counting) if one.type == "ordered"), None)
    in_time = state.further or state.state in BEFORE_THE_DOSE | {State.READY}
    if order is None or not in_time or state.order_check != "wanted":
        return {"order_check": "", "ordered_by": ""}
    about = f"{CHECKED}{order.id}"
    said = [one.body for one in state.counting if one.type == "checklist" and one.body["item"] == about]
    disputed = bool(said) and said[-1].get("value") is False
    by = order.author.id if order.author is not None else ""
    return {"order_check": "disputed" if disputed else "wanted", "ordered_by": by}
