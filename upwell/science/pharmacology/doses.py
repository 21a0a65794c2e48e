"""What is given: a dose by a route, in one or several devices, at once or over minutes; and courses of doses."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from upwell.base.errors import BadInput
from upwell.knowledge.pharmacology import Model, load_facts, models_for
from upwell.knowledge.pharmacology.model import Route
from upwell.science.pharmacology.number import moment, number, whole


@dataclass(frozen=True, slots=True)
class Dose:
    """One dose. ``dose_mg`` is the total over its devices, as base; ``at_min`` when its first part is given.

    ``infusion_min`` None means at once; ``devices`` None means as many as the dose needs.
    """

    route: str
    dose_mg: float
    at_min: float = 0.0
    infusion_min: float | None = None
    devices: int | None = None
    device_interval_min: float | None = None


def check_dose(model: Model, dose: Dose, *, path: str = "") -> Dose:
    """The dose with nothing left open; raises ``BadInput`` for what the model or common sense refuses."""
    route = check_route(model, dose.route, path=path)
    checked = replace(
        dose,
        dose_mg=number(dose.dose_mg, "dose_mg", path=path),
        at_min=moment(dose.at_min, f"{path}at_min"),
        infusion_min=_infusion(model, route, dose, path),
    )
    return _devices(model, route, checked, path)


def check_route(model: Model, route: str, *, path: str = "") -> Route:
    """The model's route; where it has none, the models that do, or what was observed instead."""
    facts = load_facts()
    place = f"{path}route"
    if route not in facts.routes:
        raise BadInput(f"“{route}” is no route. Known: {', '.join(facts.routes)}.", path=place)
    if route in model.routes:
        return model.routes[route]
    fitting = [one.id for one in models_for(model.substance, route)]
    covered = ", ".join(model.routes)
    if fitting:
        raise BadInput(
            f"{model.id} does not cover “{route}” (it covers: {covered}). Models of"
            f" {facts.substances[model.substance]} that do: {', '.join(fitting)}.",
            path=place,
        )
    raise BadInput(
        f"{model.id} does not cover “{route}” (it covers: {covered}). {unmodelled(model.substance, route)}",
        path=place,
    )


def unmodelled(substance: str, route: str) -> str:
    """What is said of a route without a published model: no curve, but what was observed."""
    facts = load_facts()
    said = f"There is no published model of {facts.substances[substance]} {facts.routes[route]}, so no curve."
    observed = [one.sentence() for one in facts.observed_for(substance, route)]
    return f"{said} Observed: {'; '.join(observed)}." if observed else f"{said} No observed values on file."


def check_substance(model: Model, substance: str | None) -> str:
    """The substance of the dose; a racemic dose is never halved for a model of one enantiomer."""
    facts = load_facts()
    if substance is None:
        return model.substance
    if substance not in facts.substances:
        known = ", ".join(facts.substances)
        raise BadInput(f"“{substance}” is no substance that a model knows: {known}.", path="substance")
    if substance != model.substance:
        raise BadInput(
            f"{model.id} is a model of {facts.substances[model.substance]}; a dose of"
            f" {facts.substances[substance]} is not converted for it. Choose a model of that substance.",
            path="substance",
        )
    return substance


def repeated(dose: Dose, count: int, every_min: float) -> list[Dose]:
    """A course: the same dose ``count`` times, every so many minutes."""
    return [replace(dose, at_min=dose.at_min + place * every_min) for place in range(count)]


def check_doses(model: Model, doses: Sequence[Dose]) -> list[Dose]:
    """All doses of a course, checked; an error names the place of the dose."""
    maximum = int(load_facts().limits["doses"].maximum)
    if not 0 < len(doses) <= maximum:
        raise BadInput(f"{len(doses)} doses: give 1 to {maximum}.", path="doses")
    if len(doses) == 1:
        return [check_dose(model, doses[0])]
    return [check_dose(model, one, path=f"doses.{place}.") for place, one in enumerate(doses)]


def _infusion(model: Model, route: Route, dose: Dose, path: str) -> float | None:
    if dose.infusion_min is None:
        return None
    if not route.takes_infusion:
        raise BadInput(f"In {model.id} a dose “{route.id}” has no infusion time.", path=f"{path}infusion_min")
    return number(dose.infusion_min, "infusion_min", path=path, above_minimum=True)


def _devices(model: Model, route: Route, dose: Dose, path: str) -> Dose:
    if route.device_mg is None:
        for what in ("devices", "device_interval_min"):
            if getattr(dose, what) is not None:
                raise BadInput(f"In {model.id} a dose “{route.id}” has no devices.", path=f"{path}{what}")
        return replace(dose, devices=1, device_interval_min=0.0)
    limit = load_facts().limits["devices"]
    needed = min(max(1, math.ceil(dose.dose_mg / route.device_mg)), int(limit.maximum))
    count = needed if dose.devices is None else whole(dose.devices, "devices", path=path)
    interval = dose.device_interval_min
    gap = route.device_interval_min or 0.0
    if interval is not None:
        gap = number(interval, "device_interval_min", path=path)
    return replace(dose, devices=count, device_interval_min=gap)
