"""What the fold said last, kept beside the log for lists."""

from __future__ import annotations

from datetime import datetime

from upwell.pathway.session.models import Session
from upwell.science.session import SessionState, State

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
    "events",
    "folded_at",
    "substance",
    "route",
)


def project(session: Session, state: SessionState, at: datetime) -> None:
    """Write what lists show into the session's row."""
    waiting = [] if state.over_at else [one for one in state.alarms if one.acknowledged_at is None]
    due = state.next_due[0] if state.next_due else None
    clock = state.discharge.get("clock") or {}
    session.stands = str(state.state)
    session.over_at = state.over_at
    session.ended_as = state.ended_as or ""
    session.first_dose_at = _moment(clock.get("from_first_dose_at")) if state.dosed else None
    session.given_mg = state.given_mg
    session.next_due_at = due.at if due else None
    session.next_due_what = due.what if due else ""
    session.leave_at = _moment(state.discharge.get("earliest_at")) if state.dosed else None
    session.alarms_open = len(waiting)
    session.worst_alarm = max((one.level for one in waiting), key=LEVELS.index, default="")
    session.wants_decision = state.ordered and state.arrived and state.state in BEFORE_THE_DOSE
    session.events = len(state.timeline)
    session.folded_at = at
    session.substance = state.substance or session.substance
    session.route = state.route or session.route
    session.save(update_fields=PROJECTED)


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
