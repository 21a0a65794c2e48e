"""What a session took out of stock: each dose once, and an infusion of which no dose was written down. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from upwell.science.session.events import Event
from upwell.science.session.ledger import Entry
from upwell.science.session.told import tell


@dataclass(frozen=True, slots=True)
class DoseTold:
    """One event by which something was given. Without ``dose_mg``, how much is not on record."""

    event_id: str
    dose_mg: float | None
    lot: str


def doses_told(counting: Iterable[Event], until: datetime) -> list[DoseTold]:
    """The doses among the events that count, in their order; an infusion once it has ended."""
    return [dose for entry in tell(counting).ledger.entries(until) for dose in _of(entry)]


def _of(entry: Entry) -> list[DoseTold]:
    if entry.shots:
        lots = [str(shot.event.body.get("lot") or "").strip() for shot in entry.shots]
        return [
            DoseTold(shot.event.id, shot.dose_mg, lot) for shot, lot in zip(entry.shots, lots, strict=True)
        ]
    if entry.infusion is None or entry.infusion.ended_at is None:
        return []
    return [DoseTold(entry.infusion.event.id, entry.dose_mg, "")]
