"""Whether two charts may be joined. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class ChartFacts:
    """What matters of a chart when it is joined with another. ``log_ins`` are those of its whole family."""

    id: UUID
    practice_id: UUID
    merged_into_id: UUID | None = None
    entered_in_error: bool = False
    log_ins: frozenset[UUID] = frozenset()


def merge_refusal(kept: ChartFacts, merged: ChartFacts) -> str | None:
    """Why ``merged`` can't be joined into ``kept``; None where it can. The words stand in ``words.MERGES``."""
    if kept.id == merged.id:
        return "same-chart"
    if kept.practice_id != merged.practice_id:
        return "other-practice"
    if kept.entered_in_error or merged.entered_in_error:
        return "in-error"
    if merged.merged_into_id is not None:
        return "merged-is-merged"
    if kept.merged_into_id is not None:
        return "kept-is-merged"
    return "two-log-ins" if len(kept.log_ins | merged.log_ins) > 1 else None


def receiver(kept: ChartFacts, merged: ChartFacts) -> ChartFacts | None:
    """Which of the two gets the other one's log-in, so that the person sees the whole chart."""
    if kept.log_ins and not merged.log_ins:
        return merged
    if merged.log_ins and not kept.log_ins:
        return kept
    return None
