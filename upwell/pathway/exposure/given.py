"""What goes into the curve of a session, and what comes out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Given:
    """What was given: mg, from which minute on, over how many minutes (None: at once)."""

    dose_mg: float
    at_min: float
    over_min: float | None = None


@dataclass(frozen=True, slots=True)
class Predicted:
    """The curve: minutes since the first dose, ng/mL. Where only the timing is known, parts of its own peak."""

    points: tuple[tuple[float, float], ...]
    timing_only: bool
    observed: str  # what was observed, where the model's height is not used
    model_title: str
    sampling_site: str
    approximate: bool
