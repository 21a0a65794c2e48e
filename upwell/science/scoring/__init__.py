"""Scoring: answers in, total, band, flags and plain sentences out. One engine; instruments are data."""

from __future__ import annotations

from upwell.science.scoring.answers import split_context
from upwell.science.scoring.change import Assessment, Point, Trajectory, trajectory
from upwell.science.scoring.engine import score
from upwell.science.scoring.result import ScoreResult

__all__ = ["Assessment", "Point", "ScoreResult", "Trajectory", "score", "split_context", "trajectory"]
