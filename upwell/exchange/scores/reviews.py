"""Imported answers to a question about suicide: one task to look at them for each patient, never an alert."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db import connection

from upwell.base.clock import now
from upwell.base.ids import new_id
from upwell.exchange import bulk
from upwell.knowledge.instrument import Instrument
from upwell.record.models import Task
from upwell.record.rules import SUICIDE_ITEM, kind_of, safety_flags

KIND = "review-imported-item-9"
_FOUND = """
SELECT patient_id, count(*), max(effective_at) FROM record_assessment
WHERE patient_id = ANY(%s) AND instrument = %s AND origin = 'history' AND flags && %s AND NOT entered_in_error
GROUP BY patient_id
"""


def reviewed_flags(instrument: Instrument) -> list[str]:
    """The flags that say that a question about suicide was answered with more than no."""
    return [flag.id for flag in safety_flags(instrument) if kind_of(flag) == SUICIDE_ITEM]


def ask_for_review(
    *, practice_id: UUID, patients: Collection[UUID], instrument: Instrument, account_id: UUID | None
) -> int:
    """Raise or bring up to date the one task of each of these patients; how many were raised.

    A task that was finished is opened again if there is more to look at than whoever finished it could see;
    what they wrote stays in its detail.
    """
    flags = reviewed_flags(instrument)
    if not (flags and patients):
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_FOUND, [list(patients), instrument.id, flags])
        found = {
            patient: {"count": count, "latest": last.isoformat()}
            for patient, count, last in cursor.fetchall()
        }
    known = {task.patient_id: task for task in Task.objects.filter(kind=KIND, patient_id__in=list(found))}
    _raise_new(
        practice_id, instrument, account_id, {who: it for who, it in found.items() if who not in known}
    )
    renewed = (_renewed(task, found[patient], account_id) for patient, task in known.items())
    bulk.update(Task, [row for row in renewed if row is not None])
    return len(found) - len(known)


def _raise_new(
    practice_id: UUID, instrument: Instrument, account_id: UUID | None, found: dict[UUID, dict[str, Any]]
) -> None:
    common = {
        "practice_id": practice_id,
        "kind": KIND,
        "created_by_id": account_id,
        "updated_by_id": account_id,
    }
    rows = [
        common | {"id": new_id(), "patient_id": patient, "detail": facts | {"instrument": instrument.id}}
        for patient, facts in found.items()
    ]
    bulk.insert(Task, rows)


def _renewed(task: Task, facts: dict[str, Any], account_id: UUID | None) -> dict[str, Any] | None:
    """The task with what is known now; None where that is what it says already."""
    before = {name: task.detail.get(name) for name in facts}
    if before == facts:
        return None
    moment = now()
    row = {
        "id": task.id,
        "detail": task.detail | facts,
        "raised_at": task.raised_at,
        "done_at": task.done_at,
        "done_by_id": task.done_by_id,
        "outcome": task.outcome,
        "updated_at": moment,
        "updated_by_id": account_id,
    }
    if task.done_at is None or facts["count"] <= (before["count"] or 0):
        return row
    closed = {"done_at": task.done_at.isoformat(), "done_by": str(task.done_by_id), "outcome": task.outcome}
    detail = row["detail"] | {"earlier": [*task.detail.get("earlier", []), closed]}
    return row | {"detail": detail, "raised_at": moment, "done_at": None, "done_by_id": None, "outcome": ""}
