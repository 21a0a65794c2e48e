"""What an import of scores did, in numbers and places."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any
from uuid import UUID

from upwell.exchange.scores.refusals import Refusal

SHOWN = 20


@dataclass(slots=True)
class Counts:
    """What became of the rows, and of the people in them."""

    rows: int = 0  # in the table
    added: int = 0
    updated: int = 0  # on record with other answers or another date; the former row is kept in its history
    unchanged: int = 0
    repeated: int = 0  # the very same row once more in the table
    without_answers: int = 0  # nothing was answered: nothing to keep
    left_in_error: int = 0  # marked as entered in error here; left as it is
    refused: int = 0
    imputed: int = 0
    not_scorable: int = 0
    totals_checked: int = 0
    patients_created: int = 0
    patients_matched: int = 0
    review_tasks: int = 0

    def as_json(self) -> dict[str, int]:
        """All numbers."""
        return {one.name: getattr(self, one.name) for one in fields(self)}


@dataclass(slots=True)
class ScoresReport:
    """The result of one import."""

    practice_id: UUID
    instrument: str
    source: str
    label: str
    run_id: UUID | None = None
    counts: Counts = field(default_factory=Counts)
    columns: dict[str, Any] = field(default_factory=dict)
    delimiter: str = ""
    start_date: date | None = None
    date_assumed: bool = False
    notices: list[str] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    in_batches: bool = False
    resumed_after: int = 0  # rows that an interrupted run had stored already
    seconds: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """The report as ``--json`` prints it."""
        return {
            "run": str(self.run_id) if self.run_id else None,
            "practice": str(self.practice_id),
            "instrument": self.instrument,
            "source": self.source,
            "input": self.label,
            "counts": self.counts.as_json(),
            "columns": self.columns,
            "delimiter": self.delimiter,
            "start_date": self.start_date.isoformat() if self.start_date else None,
            "date_assumed": self.date_assumed,
            "notices": self.notices,
            "refusals": [refusal.as_json() for refusal in self.refusals],
            "in_batches": self.in_batches,
            "resumed_after": self.resumed_after,
            "seconds": round(self.seconds, 3),
        }

    def in_words(self) -> list[str]:
        """The report as lines for a terminal."""
        counts = self.counts
        lines = [
            f"{counts.rows:,} rows read from {self.label} ({self.seconds:.1f} s): {counts.added:,} added, "
            f"{counts.updated:,} updated, {counts.unchanged:,} unchanged, {counts.refused:,} refused.",
            f"Patients: {counts.patients_created:,} new, {counts.patients_matched:,} already on record.",
        ]
        others = {
            "repeated rows, each taken once": counts.repeated,
            "rows without any answer, left out": counts.without_answers,
            "marked as entered in error here, left as they are": counts.left_in_error,
            "totals prorated because answers are missing": counts.imputed,
            "not scorable because too many answers are missing": counts.not_scorable,
            "stored by an earlier, interrupted run": self.resumed_after,
            "tasks raised to review imported answers": counts.review_tasks,
        }
        lines += [f"{count:,} {words}." for words, count in others.items() if count]
        lines += self.notices
        lines += [f"Refused: {refusal}." for refusal in self.refusals[:SHOWN]]
        if len(self.refusals) > SHOWN:
            lines.append(f"… and {len(self.refusals) - SHOWN:,} more; --json lists them all.")
        return lines
