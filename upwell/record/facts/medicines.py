"""Medicines on record: what was ordered, and what is said to be taken."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import F

from upwell.base.codes import NOT_TO_BE_GIVEN
from upwell.record.facts.conditions import coded
from upwell.record.facts.entry import Entry, Frame, named
from upwell.record.models import MedicationRequest, MedicationStatement

NOT_TAKEN = ("completed", "stopped", "cancelled", "not-taken", "entered-in-error")
TAKEN = "active"
_SHARED = ("practice_id", "compartment", "source", "code_system", "code", "display", "status", "dosage_text")


def medicines_on_record(ids: list[UUID], frame: Frame) -> tuple[Entry, ...]:
    """Orders and statements together, those that may be taken now first, the newest first."""
    orders = MedicationRequest.objects.filter(patient_id__in=ids, entered_in_error=False)
    told = MedicationStatement.objects.filter(patient_id__in=ids, entered_in_error=False)
    newest_orders = orders.exclude(intent=NOT_TO_BE_GIVEN).order_by(
        F("authored_at").desc(nulls_last=True), "id"
    )
    newest_told = told.order_by(F("effective_at").desc(nulls_last=True), "id")
    rows = [
        {**row, "begins_at": row["authored_at"], "begins_text": row["authored_text"], "ended_at": None}
        for row in newest_orders.values(*_SHARED, "authored_at", "authored_text")
    ] + [
        {**row, "begins_at": row["effective_at"], "begins_text": row["effective_text"]}
        for row in newest_told.values(*_SHARED, "effective_at", "effective_text", "ended_at")
    ]
    found = [_medicine(row, frame) for row in rows]
    return tuple(sorted(found, key=lambda one: not one.is_current))


def _medicine(row: Mapping[str, Any], frame: Frame) -> Entry:
    ended = row["ended_at"] is not None and row["ended_at"] <= frame.at
    taken = row["status"] not in NOT_TAKEN and not ended
    fact: dict[str, Any] = {
        **coded(row),
        "dose": row["dosage_text"] or None,
        "source": frame.elsewhere(row) or None,
    }
    # Neither said to be taken nor to be stopped (on hold, draft, not known): unknown, and rules take it as taken.
    fact["active"] = False if not taken else True if row["status"] == TAKEN else None
    return Entry(
        title=named(row),
        code_system=row["code_system"],
        code=row["code"],
        begins_at=row["begins_at"],
        begins_text=row["begins_text"],
        ends_at=row["ended_at"],
        ends_text="",
        status=row["status"],
        verification="",
        dose=row["dosage_text"],
        origin=frame.origin(row),
        compartment=row["compartment"],
        is_current=taken,
        fact={key: value for key, value in fact.items() if value is not None},
    )
