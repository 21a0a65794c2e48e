"""A person's scores on one instrument, seen from the first dose: the baseline before it, and what came after."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from uuid import UUID

from upwell.knowledge.instrument import Instrument


@dataclass(frozen=True, slots=True)
class Score:
    """One assessment: which, when, its total (None: none could be had)."""

    id: UUID | str
    at: datetime
    total: int | float | None
    status: str = "complete"


@dataclass(frozen=True, slots=True)
class FromDose:
    """``baseline``: the last score that could be had before the first dose. ``after``: all scored later ones.

    ``judged``: those of them that look back on no day before the first dose.
    """

    baseline: Score | None
    after: tuple[Score, ...]
    judged: tuple[Score, ...]


def from_first_dose(instrument: Instrument, scores: Iterable[Score], first_dose_at: datetime) -> FromDose:
    """The scores, parted by the first dose."""
    scored = sorted((one for one in scores if one.total is not None), key=attrgetter("at"))
    before = [one for one in scored if one.at <= first_dose_at]
    after = [one for one in scored if one.at > first_dose_at]
    judged = [one for one in after if days_between(first_dose_at, one.at) >= instrument.recall_days]
    return FromDose(before[-1] if before else None, tuple(after), tuple(judged))


def days_between(earlier: datetime, later: datetime) -> int:
    """Calendar days from one to the other, on the later one's clock: an evening in Chicago is no new day yet."""
    return (later.date() - earlier.astimezone(later.tzinfo).date()).days


def improvement(instrument: Instrument, start: int | float, total: int | float) -> int | float:
    """Points better (positive) or worse (negative) than the start."""
    return start - total if instrument.direction == "higher-is-worse" else total - start


def best_of(instrument: Instrument, scores: Sequence[Score]) -> Score | None:
    """The best of them; the first, where several are equal."""
    ordered = sorted(scores, key=attrgetter("at"))
    if instrument.direction == "higher-is-worse":
        return min(ordered, key=lambda one: one.total or 0, default=None)
    return max(ordered, key=lambda one: one.total or 0, default=None)
