"""Writing the trail. It runs in the transaction of what it reports: both are there, or neither is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from uuid import UUID

from upwell.audit.models import AuditEntry
from upwell.base.actor import Actor
from upwell.base.clock import now
from upwell.base.ids import new_id
from upwell.base.inserting import as_document, as_list, columns_of, insert_values

_collected: ContextVar[list[list[Any]] | None] = ContextVar("upwell_audit_collected", default=None)


@contextmanager
def written_together() -> Iterator[None]:
    """Write the rows of what runs inside as one statement at its end, the last in the same transaction.

    An exception inside leaves nothing: it undoes what the rows would have reported.
    """
    rows: list[list[Any]] = []
    token = _collected.set(rows)
    try:
        yield
    finally:
        _collected.reset(token)
    if rows:
        insert_values(AuditEntry, rows, last=True)


def record(
    action: str,
    *,
    by: Actor,
    patient_id: UUID | None = None,
    object_type: str = "",
    object_id: UUID | None = None,
    **detail: Any,
) -> None:
    """Write one audit row. ``detail`` takes ids, counts and names of fields, never what a field says."""
    entry = _entry(new_id(), action, by, patient_id, object_type, object_id, detail)
    rows = _collected.get()
    if rows is None:
        insert_values(AuditEntry, [entry])
    else:
        rows.append(entry)


def record_once(
    action: str,
    *,
    entry_id: UUID,
    by: Actor,
    patient_id: UUID | None = None,
    object_type: str = "",
    object_id: UUID | None = None,
    **detail: Any,
) -> bool:
    """Write a row of what is noticed again and again: the first time it is written, afterwards it is there already."""
    entry = _entry(entry_id, action, by, patient_id, object_type, object_id, detail)
    return bool(insert_values(AuditEntry, [entry], once=True))


def _entry(
    entry_id: UUID,
    action: str,
    by: Actor,
    patient_id: UUID | None,
    object_type: str,
    object_id: UUID | None,
    detail: dict[str, Any],
) -> list[Any]:
    """A row as the driver takes it: every click writes one, and a model would cost more than the insert."""
    told = {
        "id": entry_id,
        "at": now(),
        "actor_kind": by.kind.value,
        "account_id": by.account_id,
        "actor_name": by.name,
        "roles": as_list(sorted(by.roles)),
        "practice_id": by.practice_id,
        "patient_id": patient_id,
        "purpose": by.purpose,
        "action": action,
        "object_type": object_type,
        "object_id": object_id,
        "detail": as_document(detail),
    }
    return [told[field.attname] for field, _ in columns_of(AuditEntry)]
