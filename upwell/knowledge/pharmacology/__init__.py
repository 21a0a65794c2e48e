"""What is published about exposure to ketamine: models as data, observed values, limits of the input."""

from __future__ import annotations

from upwell.knowledge.pharmacology.facts import Facts, Observed, load_facts
from upwell.knowledge.pharmacology.loader import known_models, load_model, models_for, parse_model
from upwell.knowledge.pharmacology.model import Model

__all__ = [
    "Facts",
    "Model",
    "Observed",
    "known_models",
    "load_facts",
    "load_model",
    "models_for",
    "parse_model",
]
