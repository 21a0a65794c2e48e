"""The curve that the doses really given make, to stand faintly behind the vital signs. Pure, kept by the doses."""

from __future__ import annotations

from upwell.base.errors import BadInput
from upwell.knowledge.pharmacology import load_facts, models_for
from upwell.knowledge.pharmacology.pages import load_pages
from upwell.pathway.exposure.given import Given, Predicted
from upwell.pathway.exposure.keeping import kept_lately
from upwell.science.pharmacology import Dose, Person, expose

MOST_KEPT = 256


@kept_lately(MOST_KEPT)
def predicted(
    substance: str, route: str, given: tuple[Given, ...], weight_kg: float | None, age_years: float | None
) -> Predicted | None:
    """The curve for a typical person of that weight and age; None where nothing was given or no model covers it."""
    fitting = models_for(substance, route) if given else []
    if not fitting:
        return None
    model, drawing = fitting[0], load_pages().drawing
    one = model.routes[route]
    last = max(one.at_min + (one.over_min or 0.0) for one in given)
    until = int(last) + drawing.bedside_after_min
    try:
        seen = expose(
            model, _doses(route, given, one.device_mg), _person(weight_kg, age_years), _times(until)
        )
    except BadInput:  # a slip in the log is flagged there; here it draws no curve
        return None
    parent = model.analytes[0].id
    scale = (seen.cmax[parent] or 1.0) if one.timing_only else 1.0
    points = tuple(
        (minute, float(value) / scale)
        for minute, value in zip(_times(until), seen.conc_ng_ml[parent], strict=True)
    )
    return Predicted(
        points,
        one.timing_only,
        one.observed,
        model.title,
        model.sampling.site,
        one.approximate or one.timing_only,
    )


def _times(until: int) -> list[float]:
    return [float(minute) for minute in range(until + 1)]


def _person(weight_kg: float | None, age_years: float | None) -> Person:
    """Who is on record; what is not plausible or not known is that of a typical adult."""
    return Person.of(_plausible(weight_kg, "weight_kg"), _plausible(age_years, "age_years"))


def _plausible(value: float | None, what: str) -> float | None:
    limit = load_facts().limits[what]
    return value if value is not None and limit.minimum < value <= limit.maximum else None


def _doses(route: str, given: tuple[Given, ...], device_mg: float | None) -> list[Dose]:
    """Devices of a spray are one dose: the later ones are taken up less. Everything else stands for itself."""
    if device_mg is None:
        return [Dose(route, one.dose_mg, one.at_min, one.over_min) for one in given]
    first, last = min(one.at_min for one in given), max(one.at_min for one in given)
    gap = (last - first) / (len(given) - 1) if len(given) > 1 else None
    total = sum(one.dose_mg for one in given)
    return [Dose(route, total, first, devices=len(given), device_interval_min=gap)]
