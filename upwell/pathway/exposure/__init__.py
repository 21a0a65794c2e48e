"""Exposure on pages: which concentrations published models give for a dose. Context, never a recommendation."""

from __future__ import annotations

from collections.abc import Sequence

from upwell.pathway.exposure.given import Given, Predicted

__all__ = ["Given", "Predicted", "predicted_for_session"]


def predicted_for_session(
    substance: str, route: str, given: Sequence[Given], weight_kg: float | None, age_years: float | None
) -> Predicted | None:
    """The curve that the doses really given make, by the preferred model; None where there is no published model."""
    from upwell.pathway.exposure.bedside import predicted

    return predicted(substance, route, tuple(given), weight_kg, age_years)
