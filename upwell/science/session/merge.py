"""One version of every event: copies are counted, and a second version of the same id is set aside."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from upwell.science.session.events import Event, in_order


@dataclass(frozen=True, slots=True)
class Merged:
    """Every event once, in the order of the log; how many copies there were; ids with two versions."""

    events: tuple[Event, ...]
    duplicates: int
    conflicting: tuple[str, ...]


def merge(events: Iterable[Event]) -> Merged:
    """Of the copies of an event the first received counts; of two versions too, whatever came in first here."""
    events = list(events)
    if len({event.id for event in events}) == len(events):
        return Merged(tuple(sorted(events, key=in_order)), 0, ())
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
        kept.append(min(copies, key=first_of))
        if len(versions) > 1:
            conflicting.append(id_)
    return Merged(tuple(sorted(kept, key=in_order)), duplicates, tuple(sorted(conflicting)))


def first_of(event: Event) -> tuple[datetime, str, str, str, str]:
    """What was received first; of two that say the same at the same moment, one of them, however it is spelled."""
    spelled = json.dumps(event.body, sort_keys=True, default=str)
    times = (event.observed_at.isoformat(), event.received_at.isoformat())
    return (event.received_at, event.content, *times, spelled)
