"""Writing the trail. It runs in the transaction of what it reports: both are there, or neither is."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from upwell.audit.models import AuditEntry
from upwell.base.actor import Actor


def record(
    action: str,
    *,
    by: Actor,
    patient_id: UUID | None = None,
    object_type: str = "",
    object_id: UUID | None = None,
    **detail: Any,
) -> AuditEntry:
    """Write one audit row. ``detail`` takes ids, counts and names of fields, never what a field says."""
    return AuditEntry.objects.create(
        actor_kind=by.kind.value,
        account_id=by.account_id,
        actor_name=by.name,
        roles=sorted(by.roles),
        practice_id=by.practice_id,
        patient_id=patient_id,
        purpose=by.purpose,
        action=action,
        object_type=object_type,
        object_id=object_id,
        detail=detail,
    )
