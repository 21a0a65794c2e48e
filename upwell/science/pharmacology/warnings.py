"""What must be said beside a curve: the model's own caveats, and what of the input it did not use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from upwell.knowledge.pharmacology import Model, load_facts
from upwell.science.pharmacology.doses import Dose
from upwell.science.pharmacology.person import Person


def warnings_of(model: Model, doses: Sequence[Dose], person: Person) -> tuple[str, ...]:
    """Sentences to show with a result, the disclaimer first."""
    return (load_facts().disclaimer, *_caveats(model, doses, person), *_about(model, doses, person))


def _caveats(model: Model, doses: Sequence[Dose], person: Person) -> Iterator[str]:
    routes = {dose.route for dose in doses}
    for one in model.warnings:
        if one.routes and not routes & set(one.routes):
            continue
        if one.ancestry and person.ancestry not in one.ancestry:
            continue
        yield one.text
    for route in sorted(routes):
        if model.routes[route].observed:
            yield model.routes[route].observed
    if model.no_variability is not None:
        yield model.no_variability.text


def _about(model: Model, doses: Sequence[Dose], person: Person) -> Iterator[str]:
    limits = load_facts().limits
    if person.age_years < limits["age_years"].adult_from:
        yield f"{model.id} was made in adults; it is not valid at {person.age_years:g} years."
    if not model.uses_weight and person.weight_kg != limits["weight_kg"].default:
        yield f"{model.id} has no effect of body weight: {person.weight_kg:g} kg changes nothing."
    if not model.uses_age and person.age_years != limits["age_years"].default:
        yield f"{model.id} has no effect of age: {person.age_years:g} years change nothing."
    if not model.uses_ancestry and person.ancestry is not None:
        yield f"{model.id} has no effect of ancestry: “{person.ancestry}” changes nothing."
    if model.allometry is not None and person.weight_kg != model.reference_weight_kg:
        yield model.allometry.text
    for dose in doses[:1]:
        route = model.routes[dose.route]
        if route.takes_infusion and dose.infusion_min is None:
            yield "No infusion time was given: the dose is taken as given at once."
        if route.device_mg is not None and dose.dose_mg != (dose.devices or 1) * route.device_mg:
            yield (
                f"{dose.dose_mg:g} mg in {dose.devices} device(s) is not {route.device_mg:g} mg each;"
                " it is divided evenly."
            )
