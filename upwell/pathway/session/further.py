"""A further dose in a session (a booster): ordered besides what was given, within the day's ceiling, gate and all."""

from __future__ import annotations

from dataclasses import replace

from upwell.pathway.session.earlier import earlier_in_course
from upwell.pathway.session.log import Folded
from upwell.pathway.session.models import Session
from upwell.science.session import State

AFTER_A_DOSE = frozenset({State.OBSERVING, State.READY_TO_LEAVE})


def given_before(log: Folded) -> float:
    """What an order that is signed now would be ordered besides; 0 where it is the order of the whole session."""
    state = log.state
    is_further = state.dosed and state.ordered and state.state in AFTER_A_DOSE
    return state.given_mg if is_further else 0.0


def before_the_order_in_force(log: Folded) -> float:
    """What had been given when the further dose in force was ordered."""
    order = next((one for one in reversed(log.state.counting) if one.type == "ordered"), None)
    if order is None or log.state.ordered_mg is None or not order.body.get("further"):
        return 0.0
    own: float | None = order.body.get("dose_mg")
    return 0.0 if own is None else max(round(log.state.ordered_mg - own, 3), 0.0)


def for_ordering(session: Session, log: Folded) -> Folded:
    """The log with what was given earlier in the course, which an order is held against."""
    if "course" in log.facts or not given_before(log):
        return log
    return replace(log, facts={**log.facts, "course": earlier_in_course(session)})
