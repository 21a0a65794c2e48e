"""Scoring: answers in, total, band, flags and plain sentences out. One engine; instruments are data.

``upwell.science.scoring.table`` scores a whole table at once; it needs numpy, which a single form does not."""

from __future__ import annotations

from upwell.science.scoring.answers import split_context
from upwell.science.scoring.change import Assessment, Point, Trajectory, trajectory
from upwell.science.scoring.engine import score
from upwell.science.scoring.form import asked_items
from upwell.science.scoring.result import ScoreResult

__all__ = [
    "Assessment",
    "Point",
    "ScoreResult",
    "Trajectory",
    "asked_items",
    "score",
    "split_context",
    "trajectory",
]
