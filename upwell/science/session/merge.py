"""One version of every event: copies are counted, and a second version of the same id is set aside."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from upwell.science.session.events import Event


@dataclass(frozen=True, slots=True)
class Merged:
    """Every event once, in the order of the log; how many copies there were; ids with two versions."""

    events: tuple[Event, ...]
    duplicates: int
    conflicting: tuple[str, ...]


def merge(events: Iterable[Event]) -> Merged:
    """Of the copies of an event the first received counts; of two versions too, whatever came in first here."""
    by_id: dict[str, list[Event]] = {}
    for event in events:
        by_id.setdefault(event.id, []).append(event)
    kept: list[Event] = []
    conflicting: list[str] = []
    duplicates = 0
    for id_, copies in by_id.items():
        if len(copies) == 1:
            kept += copies
            continue
        versions = {copy.content for copy in copies}
        duplicates += len(copies) - len(versions)
        kept.append(min(copies, key=lambda one: (one.received_at, one.content)))
        if len(versions) > 1:
            conflicting.append(id_)
    return Merged(tuple(sorted(kept, key=lambda one: one.order)), duplicates, tuple(sorted(conflicting)))
