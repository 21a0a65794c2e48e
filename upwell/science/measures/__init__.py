"""Measures over a course of care: what is asked when, when relief came, when it was lost, when a dose is next. Pure."""

from __future__ import annotations

from upwell.science.measures.dosing import Window, next_dose, too_early, weeks_since_last_dose
from upwell.science.measures.plan import Answer, Dose, Phase, Planned, due_measures, part_of
from upwell.science.measures.relapse import Relapse, Watch, relapse, watch
from upwell.science.measures.relief import FirstReached, Relief, relief
from upwell.science.measures.scores import Score

__all__ = [
    "Answer", "Dose", "FirstReached", "Phase", "Planned", "Relapse", "Relief", "Score", "Watch", "Window",
    "due_measures", "next_dose", "part_of", "relapse", "relief", "too_early", "watch", "weeks_since_last_dose",
]  # fmt: skip
