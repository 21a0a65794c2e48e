"""Exposure: which concentrations a dose gives, by published models. Context, never a recommendation of a dose."""

from __future__ import annotations

from upwell.science.pharmacology.api import (
    Simulation,
    compare,
    models,
    observed,
    population,
    show,
    simulate,
)
from upwell.science.pharmacology.bands import Band, band, every_curve
from upwell.science.pharmacology.doses import Dose
from upwell.science.pharmacology.exposure import Exposure, expose
from upwell.science.pharmacology.person import People, Person, read_people
from upwell.science.pharmacology.picture import plot
from upwell.science.pharmacology.steady import steady_state

__all__ = [
    "Band",
    "Dose",
    "Exposure",
    "People",
    "Person",
    "Simulation",
    "band",
    "compare",
    "every_curve",
    "expose",
    "models",
    "observed",
    "plot",
    "population",
    "read_people",
    "show",
    "simulate",
    "steady_state",
]
