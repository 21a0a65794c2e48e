"""The row of an import run, how far it came, and what the audit trail says of it."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

from django.db import connection

from upwell.audit.actions import record
from upwell.audit.models import AuditEntry
from upwell.base.clock import now
from upwell.base.errors import Unavailable
from upwell.exchange.fhir.job import Job
from upwell.exchange.models import ImportRun

KIND = "fhir"
_REFUSALS_KEPT = 1_000  # in the run's row; the report has them all


def lock(practice_id: UUID, source: str) -> None:
    """One import at a time from one source into one practice, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [lock_key(practice_id, source)])
        if not cursor.fetchone()[0]:
            raise Unavailable(
                "Another import from this source into this practice is running. Start again after it."
            )


def lock_key(practice_id: UUID, source: str) -> int:
    """The number of that lock."""
    name = f"import {practice_id} {source}".encode()
    return int.from_bytes(hashlib.sha256(name).digest()[:8], "big", signed=True)


def resume_at(job: Job, fingerprint: bytes) -> int:
    """How far the last run came, if it was of the same input and did not end; those that hang are closed."""
    runs = ImportRun.objects.filter(
        practice_id=job.practice.practice_id, source=job.practice.source, kind=KIND
    )
    last = runs.order_by("-started_at", "-id").first()
    runs.filter(status="running").update(status="failed", finished_at=now())
    if last is None or last.status == "done" or bytes(last.fingerprint or b"") != fingerprint:
        return 0
    return int(last.position.get("stored", 0))


class Ledger:
    """Keeps the books of one run."""

    def __init__(self, job: Job, fingerprint: bytes, position: int = 0) -> None:
        self._job = job
        self._audited: set[UUID] = set()
        self._run = ImportRun.objects.create(
            practice_id=job.practice.practice_id,
            kind=KIND,
            source=job.practice.source,
            label=job.report.label,
            fingerprint=fingerprint,
            position={"stored": position},
            started_by_id=job.actor.account_id,
            started_at=job.now,
        )
        job.report.run_id = self._run.id

    def note(self, position: int, touched: set[UUID]) -> None:
        """Write down how far the run has come, in the transaction of what it stored."""
        self._run.position = {"stored": position}
        self._run.counts = self._summary()
        self._run.save(update_fields=["position", "counts"])
        self._audit_charts(touched)

    def close(self, position: int, touched: set[UUID]) -> None:
        """Write down the result."""
        run, report = self._run, self._job.report
        run.status, run.finished_at, run.position = "done", now(), {"stored": position}
        run.counts = self._summary()
        run.refusals = [refusal.as_json() for refusal in report.refusals[:_REFUSALS_KEPT]]
        run.save(update_fields=["status", "finished_at", "position", "counts", "refusals"])
        self._audit_charts(touched)
        record(
            "import.fhir",
            by=self._job.actor,
            object_type="exchange.importrun",
            object_id=run.id,
            source=report.source,
            counts=run.counts,
        )

    def _audit_charts(self, touched: set[UUID]) -> None:
        """One row in the trail of every chart that the import changed."""
        fresh = touched - self._audited
        self._audited |= fresh
        actor = self._job.actor
        rows = [
            AuditEntry(
                actor_kind=actor.kind.value,
                account_id=actor.account_id,
                actor_name=actor.name,
                practice_id=actor.practice_id,
                patient_id=patient_id,
                purpose=actor.purpose,
                action="import.fhir.chart",
                object_type="exchange.importrun",
                object_id=self._run.id,
            )
            for patient_id in sorted(fresh)
        ]
        AuditEntry.objects.bulk_create(rows, batch_size=1000)

    def _summary(self) -> dict[str, Any]:
        report = self._job.report
        return {
            "counts": {kind: counts.as_json() for kind, counts in sorted(report.counts.items())},
            "not_used": report.not_used,
            "read_for_codes": report.read_for_codes,
            "refused": len(report.refusals),
            "unresolved": {target: tally.count for target, tally in report.unresolved.items()},
        }
