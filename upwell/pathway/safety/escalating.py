"""An alert that nobody took on, or closed, in time: from then on everybody sees it, and that is on record."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid5

from upwell.audit.actions import record_once
from upwell.base.actor import Actor
from upwell.record.models import Alert

ESCALATED = "alert.escalated"


def note_unheard(by: Actor, at: datetime) -> None:
    """Note each one once, with the moment at which it escalated; asked again and again by the watcher."""
    unheard = Alert.objects.unheard(at).filter(practice=by.practice_id)
    for one in unheard.only("id", "patient_id", "escalates_at", "closes_by"):
        since = one.closes_by or one.escalates_at
        record_once(
            ESCALATED,
            entry_id=uuid5(one.id, f"{ESCALATED} {since.isoformat()}"),
            by=by,
            patient_id=one.patient_id,
            object_type="alert",
            object_id=one.id,
            escalated_at=since.isoformat(),
            taken_on=one.closes_by is not None,
        )
