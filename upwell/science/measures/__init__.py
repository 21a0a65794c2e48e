"""Measures over a course of care: what is asked when, when relief came, and when it was lost. Pure."""

from __future__ import annotations

from upwell.science.measures.plan import Answer, Dose, Phase, Planned, due_measures, part_of

__all__ = ["Answer", "Dose", "Phase", "Planned", "due_measures", "part_of"]
