"""What stands in the way of declaring a relapse rule, and from when a declared one counts. Pure."""

from __future__ import annotations

from datetime import datetime

from upwell.pathway.course.states import State


def may_declare(state: State) -> bool:
    """As long as the course is open: before maintenance begins, or changed while it lasts."""
    return state is not State.CLOSED


def needs_reason(state: State, has_rule: bool) -> bool:
    """Whoever changes the rule while its scores come in says why."""
    return has_rule and state is State.MAINTENANCE


def counts_from(maintenance_began: datetime, declared_at: datetime) -> datetime:
    """A rule looks at scores from the beginning of maintenance on, and never at those from before it was declared."""
    return max(maintenance_began, declared_at)
