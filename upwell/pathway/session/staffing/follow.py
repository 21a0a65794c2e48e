"""What a changed log means for the lists: who watches, how many staff are in the room."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from upwell.base.actor import Actor
from upwell.base.clock import now
from upwell.pathway.session.log import Folded
from upwell.pathway.session.models import Session
from upwell.pathway.session.staffing.actions import place_of

ABOUT_THE_TEAM = frozenset({"setting", "correction"})


def follow_team(by: Actor, session: Session, log: Folded, types: Collection[str]) -> None:
    """Keep the index beside the log."""
    if not ABOUT_THE_TEAM & set(types):
        return
    team = log.state.team
    place = place_of(session, by)
    monitor = _uuid(team.monitor_id)
    name = team.monitor or monitor_name(log)
    wanted = (monitor, name, team.staff_in_room)
    if wanted == (place.monitor_id, place.monitor_name, place.staff_in_room):
        return
    place.monitor_id, place.monitor_name, place.staff_in_room = wanted
    place.updated_by_id, place.updated_at = by.account_id, now()
    place.save(update_fields=["monitor_id", "monitor_name", "staff_in_room", "updated_by_id", "updated_at"])


def monitor_name(log: Folded) -> str:
    """The name under which whoever watches wrote it down."""
    for event in reversed(log.state.counting):
        if event.type == "setting" and event.body.get("watches") is True:
            row = log.rows.get(event.id)
            return row.author_name if row is not None else ""
    return ""


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
