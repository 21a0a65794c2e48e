"""What a trajectory chart is made of: scores over time, bands, lines to reach, words."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Band = tuple[str, float, float]
LEVELS = 5  # the palette has five soft band colours, mild to severe


@dataclass(frozen=True, slots=True)
class TrajectoryPoint:
    """One assessment. ``total`` is None where no score could be had; ``label`` says what the point was."""

    at: datetime
    total: float | None
    band: str
    status: str
    label: str = ""

    @property
    def scored(self) -> bool:
        return self.total is not None and math.isfinite(self.total)


def _english_date(moment: datetime, detail: str) -> str:
    shapes = {
        "time": "{d} {m} {t}",
        "day": "{d} {m}",
        "month": "{m} {y}",
        "year": "{y}",
        "full": "{d} {m} {y}",
    }
    return shapes[detail].format(
        d=moment.day, m=moment.strftime("%b"), y=f"{moment.year:04d}", t=moment.strftime("%H:%M")
    )


@dataclass(frozen=True, slots=True)
class Words:
    """Everything the chart says, so that a page can say it in its own language."""

    none_yet: str = "No scores yet."
    scores: Callable[[int], str] = lambda n: f"{n} score" if n == 1 else f"{n} scores"
    between: str = "{scores} from {first} to {last}."
    on: str = "{scores} on {first}."
    latest: str = "Latest: {value}."
    first: str = "First: {value}."
    range: str = "Lowest {low}, highest {high}, out of {maximum}."
    unscored: str = "{n} could not be scored."
    not_scorable: str = "could not be scored"
    missing_key: str = "Could not be scored"
    dose_key: str = "Dosing day"
    date: Callable[[datetime, str], str] = _english_date
    band: Callable[[str], str] = str


@dataclass(frozen=True, slots=True)
class Trajectory:
    """One instrument's totals over time. ``bands`` are (name, low, high), mildest first."""

    title: str
    maximum: float
    bands: Sequence[Band] = ()
    points: Sequence[TrajectoryPoint] = ()
    reference_lines: Sequence[tuple[str, float]] = ()
    doses: Sequence[datetime] = ()
    higher_is_worse: bool = True
    words: Words = field(default_factory=Words)

    @property
    def ordered(self) -> list[TrajectoryPoint]:
        return sorted(self.points, key=lambda point: point.at)

    @property
    def scored(self) -> list[TrajectoryPoint]:
        return [point for point in self.ordered if point.scored]


def band_level(name: str, bands: Sequence[Any], *, higher_is_worse: bool = True) -> int:
    """0 (mildest) to 4 (most severe): which of the five soft colours belongs to a band."""
    names = [band if isinstance(band, str) else str(band[0]) for band in bands]
    if name not in names or len(names) == 1:
        return 0
    place = names.index(name) if higher_is_worse else len(names) - 1 - names.index(name)
    return round(place * (LEVELS - 1) / (len(names) - 1))


def number(value: float | None) -> str:
    """A total as people write it: 12, or 12.5 where there is a half."""
    if value is None or not math.isfinite(value):
        return "–"
    return str(int(value)) if float(value).is_integer() else f"{value:.1f}"
