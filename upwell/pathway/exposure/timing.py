"""When a dose starts, peaks and passes in the blood, whatever its size: the models are linear. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from upwell.knowledge.pharmacology import Model, models_for
from upwell.knowledge.pharmacology.pages import load_pages
from upwell.pathway.exposure.keeping import kept_lately
from upwell.science.pharmacology import Dose, expose

MOST_KEPT = 64
_DENSE = 1.0


@dataclass(frozen=True, slots=True)
class Timing:
    """Minutes since the dose began, and the curve as parts of its own peak."""

    model: Model
    starts_min: float
    peaks_min: float
    passes_min: float | None  # None: not within the picture
    curve: tuple[tuple[float, float], ...]
    approximate: bool


@kept_lately(MOST_KEPT)
def timing_of(
    substance: str, route: str, infusion_min: float | None = None, devices: int | None = None
) -> Timing | None:
    """The timing by the preferred model for a typical adult; None where no model was published."""
    fitting = models_for(substance, route)
    if not fitting:
        return None
    model, until = fitting[0], load_pages().drawing.patient_until_min
    one = model.routes[route]
    dose = Dose(
        route,
        1.0 if one.device_mg is None else one.device_mg * (devices or 1),
        infusion_min=infusion_min if one.takes_infusion else None,
        devices=devices if one.device_mg is not None else None,
    )
    times = [float(minute) for minute in range(0, until + 1, int(_DENSE))]
    seen = expose(model, [dose], None, times)
    parent = model.analytes[0].id
    peak, when = seen.cmax[parent], seen.tmax_min[parent]
    shares = [float(value) / peak for value in seen.conc_ng_ml[parent]]
    half = load_pages().timing_share
    starts = next((t for t, share in zip(times, shares, strict=True) if share >= half), when)
    passes = next((t for t, share in zip(times, shares, strict=True) if t > when and share <= half), None)
    return Timing(
        model,
        starts,
        when,
        passes,
        tuple(zip(times, shares, strict=True)),
        one.approximate or one.timing_only,
    )
