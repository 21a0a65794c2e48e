"""The run's own row, its place in the audit trail, and the lock that keeps two imports apart."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection

from upwell.audit.actions import record
from upwell.base.actor import Actor
from upwell.base.clock import now
from upwell.base.errors import Unavailable
from upwell.exchange.models import ImportRun
from upwell.exchange.scores.report import ScoresReport

KIND = "scores"
_REFUSALS_KEPT = 1_000  # in the run's row; the report has them all


def lock_key(practice_id: UUID, source: str) -> int:
    """The number by which PostgreSQL knows the imports of scores from one source into one practice."""
    digest = hashlib.sha256(f"import scores {practice_id} {source}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


@dataclass(frozen=True, slots=True)
class Interrupted:
    """A run of the same table with the same options that did not come to its end."""

    stored: int
    start: date | None
    refused: str


class Logbook:
    """Writes down one import. Every call is made inside the transaction of its caller."""

    def __init__(self, report: ScoresReport, actor: Actor, fingerprint: bytes) -> None:
        self._report = report
        self._actor = actor
        self._fingerprint = fingerprint

    def lock(self) -> None:
        """One import of scores at a time from one source into one practice, until the transaction ends."""
        with connection.cursor() as cursor:
            key = lock_key(self._report.practice_id, self._report.source)
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [key])
            if not cursor.fetchone()[0]:
                raise Unavailable(
                    "Another import from this source into this practice is running. Start again when it has ended."
                )

    def interrupted(self) -> Interrupted | None:
        """The run that this one takes up. Others that never ended are closed."""
        runs = ImportRun.objects.filter(
            practice_id=self._report.practice_id, source=self._report.source, kind=KIND
        )
        last = runs.order_by("-started_at", "-id").first()
        runs.filter(status="running").update(status="failed", finished_at=now())
        if last is None or last.status == "done" or bytes(last.fingerprint or b"") != self._fingerprint:
            return None
        start = last.position.get("start")
        return Interrupted(
            stored=int(last.position.get("stored", 0)),
            start=date.fromisoformat(start) if start else None,
            refused=str(last.position.get("refused", "")),
        )

    def begin(self, stored: int = 0) -> ImportRun:
        """Open the run's row."""
        run = ImportRun.objects.create(
            practice_id=self._report.practice_id,
            kind=KIND,
            source=self._report.source,
            label=self._report.label,
            fingerprint=self._fingerprint,
            position=self._position(stored),
            started_by_id=self._actor.account_id,
        )
        self._report.run_id = run.id
        return run

    def note(self, run: ImportRun, stored: int) -> None:
        """Write down how far the run has come, in the transaction that brought it there."""
        run.position = self._position(stored)
        run.counts = self._report.counts.as_json()
        run.save(update_fields=["position", "counts"])

    def finish(self, run: ImportRun, stored: int) -> None:
        """Close the run's row and write the trail."""
        run.status, run.finished_at = "done", now()
        run.refusals = [refusal.as_kept() for refusal in self._report.refusals[:_REFUSALS_KEPT]]
        run.position = self._position(stored)
        run.counts = self._report.counts.as_json()
        run.save(update_fields=["status", "finished_at", "position", "counts", "refusals"])
        record(
            "import.scores",
            by=self._actor,
            object_type="exchange.importrun",
            object_id=run.id,
            source=self._report.source,
            instrument=self._report.instrument,
            counts=self._report.counts.as_json(),
        )

    def refused_lines(self) -> str:
        """A fingerprint of what was refused: only a run that refuses the same can be taken up where it stopped."""
        lines = ",".join(str(line) for line in sorted(refusal.line for refusal in self._report.refusals))
        return hashlib.sha256(lines.encode()).hexdigest()

    def _position(self, stored: int) -> dict[str, str | int | None]:
        start = self._report.start_date
        return {
            "stored": stored,
            "start": start.isoformat() if start else None,
            "refused": self.refused_lines(),
        }
