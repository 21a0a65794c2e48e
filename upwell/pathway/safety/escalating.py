"""An alert that nobody took on in time: from then on everybody sees it, and that it came to this is on record."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid5

from upwell.audit.actions import record_once
from upwell.base.actor import Actor
from upwell.record.models import Alert

ESCALATED = "alert.escalated"


def note_unheard(by: Actor, at: datetime) -> None:
    """Note each one once, with the moment at which it escalated; asked again and again by the watcher."""
    unheard = Alert.objects.paging(at).filter(
        practice=by.practice_id, acknowledged_at__isnull=True, escalates_at__lte=at
    )
    for one in unheard.only("id", "patient_id", "escalates_at"):
        record_once(
            ESCALATED,
            entry_id=uuid5(one.id, f"{ESCALATED} {one.escalates_at.isoformat()}"),
            by=by,
            patient_id=one.patient_id,
            object_type="alert",
            object_id=one.id,
            escalated_at=one.escalates_at.isoformat(),
        )
