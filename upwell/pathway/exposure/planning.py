"""What the planning page computes: routes side by side, clearances, weights. Pure, and kept while it is asked again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from upwell.knowledge.arithmetic import PERCENT
from upwell.knowledge.pharmacology import Model, load_facts, load_model, models_for
from upwell.knowledge.pharmacology.facts import Observed
from upwell.knowledge.pharmacology.pages import load_pages
from upwell.pathway.exposure.keeping import kept_lately
from upwell.science.pharmacology import Dose, Person, Simulation, expose, simulate
from upwell.science.pharmacology.describe import derived

MOST_KEPT = 64


@dataclass(frozen=True, slots=True)
class Wanted:
    """One dose by one route, as the page asks for it."""

    route: str
    dose_mg: float
    infusion_min: float | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """One curve of the page: what was asked, by which model."""

    wanted: Wanted
    model: Model
    seen: Simulation

    @property
    def timing_only(self) -> bool:
        return self.model.routes[self.wanted.route].timing_only

    @property
    def title(self) -> str:
        return f"{self.wanted.dose_mg:g} mg {load_facts().routes[self.wanted.route]}"


@dataclass(frozen=True, slots=True)
class Cleared:
    """One clearance: of a model or as published."""

    litres_per_hour: float
    text: str
    mark: str
    sources: tuple[str, ...]
    model: str = ""


@dataclass(frozen=True, slots=True)
class Heavier:
    """The same mg per kg at another weight."""

    weight_kg: float
    dose_mg: float
    cmax: float
    auc: float
    auc_percent: float  # of that at the first weight
    curve: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """All that the page shows."""

    cases: tuple[Case, ...]
    without_model: tuple[tuple[str, tuple[Observed, ...]], ...]  # route, what was observed
    clearances: tuple[Cleared, ...]
    heavier: tuple[Heavier, ...]
    heavier_model: Model | None
    mg_per_kg: float | None
    warnings: tuple[str, ...]


@kept_lately(MOST_KEPT)
def plan(substance: str, wanted: tuple[Wanted, ...], person: Person) -> Plan:
    """The routes of one substance for one person; raises ``BadInput`` with the field in ``path``."""
    cases = tuple(case for one in wanted for case in _cases(substance, one, person))
    vein = next((one for one in cases if one.wanted.route == "iv"), None)
    heavier_model, heavier = _heavier(vein, person) if vein else (None, ())
    return Plan(
        cases=cases,
        without_model=_without_model(substance),
        clearances=tuple(_clearances(substance, cases, person)),
        heavier=heavier,
        heavier_model=heavier_model,
        mg_per_kg=vein.wanted.dose_mg / person.weight_kg if vein else None,
        warnings=tuple(dict.fromkeys(text for one in cases for text in one.seen.exposure.warnings[1:])),
    )


def _cases(substance: str, wanted: Wanted, person: Person) -> Iterable[Case]:
    """The preferred model; where none has a published band, all that there are: they disagree."""
    fitting = models_for(substance, wanted.route)
    if any(one.has_variability for one in fitting):
        fitting = fitting[:1]
    for model in fitting:
        yield Case(wanted, model, _simulated(model.id, wanted, person))


@kept_lately(MOST_KEPT)
def _simulated(model_id: str, wanted: Wanted, person: Person) -> Simulation:
    """One curve with its band, kept for itself: whoever changes one dose waits for that one alone."""
    model, drawing = load_model(model_id), load_pages().drawing
    many = drawing.band_people if model.has_variability else None
    return simulate(
        model,
        route=wanted.route,
        dose_mg=wanted.dose_mg,
        infusion_min=wanted.infusion_min,
        weight_kg=person.weight_kg,
        age_years=person.age_years,
        ancestry=person.ancestry,
        times_min=_grid(),
        n=many,
        seed=drawing.band_seed if many else None,
    )


def _grid() -> list[float]:
    drawing = load_pages().drawing
    return [float(one) for one in range(0, drawing.until_min + 1, drawing.step_min)]


def _without_model(substance: str) -> tuple[tuple[str, tuple[Observed, ...]], ...]:
    facts = load_facts()
    routes = [route for route in facts.routes if not models_for(substance, route)]
    return tuple((route, tuple(facts.observed_for(substance, route))) for route in routes)


def _clearances(substance: str, cases: Iterable[Case], person: Person) -> Iterable[Cleared]:
    """Those that were published, then those of every model of the substance, each where it has one."""
    for one in load_pages().clearances:
        if one.substance == substance:
            yield Cleared(
                one.litres_per_hour, one.text, str(one.provenance.confidence), _titles(one.provenance)
            )
    models = {model.id: model for route in load_facts().routes for model in models_for(substance, route)}
    for model in sorted(models.values(), key=lambda one: one.id):
        if found := derived(model, person).get("clearance"):
            mark, sources = str(model.structure.confidence), _titles(model.structure)
            yield Cleared(found["value"], model.title, mark, sources, model.id)


def _heavier(vein: Case, person: Person) -> tuple[Model, tuple[Heavier, ...]]:
    """The same mg per kg into a vein at several weights, by a model whose clearance grows less than the weight.

    A model that prints its exponents comes before one that assumes them. Where the substance has none, the shares
    are those of a model of another substance.
    """
    own = models_for(vein.model.substance, "iv")
    others = [one for substance in load_facts().substances for one in models_for(substance, "iv")]
    scaled = [one for one in (*own, *others) if _grows_with_weight(one)]
    model = next(iter(sorted(scaled, key=lambda one: one.allometry is not None)), vein.model)
    found: list[Heavier] = []
    for weight in load_pages().drawing.weights_kg:
        dose_mg = vein.wanted.dose_mg / person.weight_kg * weight
        who = Person(weight, person.age_years, person.ancestry)
        seen = expose(model, [Dose("iv", dose_mg, 0.0, vein.wanted.infusion_min)], who, _grid())
        parent = model.analytes[0].id
        area = seen.auc_inf_ng_h_ml[parent] or 0.0
        curve = tuple(zip(_grid(), (float(one) for one in seen.conc_ng_ml[parent]), strict=True))
        first = found[0].auc if found else area
        found.append(Heavier(weight, dose_mg, seen.cmax[parent], area, PERCENT * area / first, curve))
    return model, tuple(found)


def _grows_with_weight(model: Model) -> bool:
    return any(one.weight_exponent is not None for one in model.parameters.values())


def _titles(provenance: Any) -> tuple[str, ...]:
    return tuple(one.title for one in provenance.sources)
