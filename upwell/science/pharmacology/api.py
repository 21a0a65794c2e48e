"""The commands of ``upwell pk`` as functions: models, show, simulate, population, compare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from upwell.base.errors import BadInput
from upwell.knowledge.pharmacology import Model, known_models, load_facts, load_model
from upwell.science.pharmacology.bands import Band, band
from upwell.science.pharmacology.choose import choose_model, named_model
from upwell.science.pharmacology.describe import derived, describe, summary
from upwell.science.pharmacology.doses import Dose, repeated
from upwell.science.pharmacology.exposure import Exposure, expose
from upwell.science.pharmacology.number import number, whole
from upwell.science.pharmacology.parameters import MINUTES_PER_HOUR
from upwell.science.pharmacology.person import Person
from upwell.science.pharmacology.steady import steady_state as at_steady_state


@dataclass(frozen=True, slots=True)
class Simulation:
    """A typical person's curve, and the band of many people where it was asked for."""

    exposure: Exposure
    population: Band | None = None

    def as_json(self) -> dict[str, Any]:
        """The result in the shape of the contract."""
        document = self.exposure.as_json()
        if self.population is not None:
            document["population"] = self.population.as_json()
            document["warnings"].append(BAND_SAYS)
        return document


BAND_SAYS = (
    "The band holds 90 % of simulated people: differences between people (and occasions, where printed) only;"
    " residual error is not in it."
)
DEFAULT_SEED = 1


def models() -> list[dict[str, Any]]:
    """The models that come with the product, each in a line.

    Examples
    --------
    >>> [one["model"] for one in models()][:2]
    ['clements-1981', 'domino-1982']
    """
    return [summary(load_model(name)) for name in known_models()]


def show(model: str | Model) -> dict[str, Any]:
    """A model laid open: every number with unit, spread, source and mark.

    Examples
    --------
    >>> show("fanta-otto-2021")["parameters"]["v1"]["value"]
    133
    """
    return describe(named_model(model) if isinstance(model, str) else model)


def simulate(
    model: str | Model | None = None,
    *,
    route: str,
    dose_mg: float,
    substance: str | None = None,
    infusion_min: float | None = None,
    devices: int | None = None,
    device_interval_min: float | None = None,
    weight_kg: float | None = None,
    age_years: float | None = None,
    ancestry: str | None = None,
    times_min: Sequence[float] | None = None,
    until_min: float | None = None,
    repeat: int | None = None,
    every_h: float | None = None,
    steady_state: bool = False,
    above_ng_ml: float | None = None,
    n: int | None = None,
    seed: int | None = None,
    people: Sequence[Person] | None = None,
) -> Simulation:
    """The curve that a dose gives, and with ``n`` the band of that many people.

    Parameters
    ----------
    model : str or Model, optional
        An id, a file that ends in ``.toml``, or a model. Left out: the preferred one for substance and route.
    route, dose_mg, infusion_min, devices, device_interval_min
        One dose; mg in total over its devices, as base; min. No infusion time: given at once.
    substance : str, optional
        That of the model if left out; any other is refused, never converted.
    weight_kg, age_years, ancestry
        The person; a typical adult if left out.
    times_min, until_min
        min since the first dose: moments in order, or the end of an even grid (1440).
    repeat, every_h
        A course of so many doses, so many hours apart.
    steady_state : bool
        The curve between two doses of an endless course (with ``every_h``).
    above_ng_ml : float, optional
        Adds for how long each curve is above this.
    n, seed, people
        Adds a band of ``n`` people, drawn with ``seed``; ``people`` are their weights, ages, ancestries in turn.

    Returns
    -------
    Simulation
        ng/mL, min, ng h/mL, h.

    Raises
    ------
    BadInput
        With ``path`` naming the argument.

    Examples
    --------
    >>> drip = simulate("fanta-otto-2021", route="iv", dose_mg=28, infusion_min=40, times_min=[0, 40, 60])
    >>> drip.exposure.tmax_min["ketamine"]  # the end of the infusion
    40.0
    """
    chosen = choose_model(model, substance, route)
    person = Person.of(weight_kg, age_years, ancestry)
    dose = Dose(route, dose_mg, 0.0, infusion_min, devices, device_interval_min)
    threshold = None if above_ng_ml is None else _threshold(above_ng_ml)
    if steady_state:
        return _steady(chosen, dose, every_h, person, times_min, until_min, threshold, repeat, n)
    doses = _course(dose, repeat, every_h)
    seen = expose(chosen, doses, person, times_min, until_min=until_min, above_ng_ml=threshold)
    if n is None:
        if seed is not None or people is not None:
            raise BadInput("A seed or a table of people goes with a number of people (n).", path="n")
        return Simulation(seen)
    many = band(
        chosen,
        doses,
        people or [person],
        seen.times_min,
        count=n,
        seed=DEFAULT_SEED if seed is None else seed,
    )
    return Simulation(seen, many)


def population(
    model: str | Model | None = None,
    *,
    n: int,
    seed: int = DEFAULT_SEED,
    people: Sequence[Person] | None = None,
    **dose: Any,
) -> Simulation:
    """``simulate`` for many people: the 90 % band of their curves.

    Examples
    --------
    >>> many = population("fanta-otto-2021", n=40, seed=7, route="iv", dose_mg=28, infusion_min=40)
    >>> many.population.count
    40
    """
    return simulate(model, n=n, seed=seed, people=people, **dose)


def compare(cases: Sequence[dict[str, Any]], **person: Any) -> dict[str, Any]:
    """The same person, several routes or models, on the same times.

    Parameters
    ----------
    cases : sequence of dict
        Each the arguments of ``simulate`` that differ: model, route, dose_mg, infusion_min …
    **person
        The arguments that all share: weight_kg, age_years, ancestry, times_min or until_min, n, seed.

    Returns
    -------
    dict
        ``curves``, each in the shape of ``simulate``; ``clearances``, where models disagree; ``warnings``.

    Examples
    --------
    >>> two = [{"model": "fanta-otto-2021", "route": "iv", "dose_mg": 28, "infusion_min": 40},
    ...        {"model": "perez-ruixo-2021", "route": "intranasal", "dose_mg": 84}]
    >>> len(compare(two, until_min=240)["curves"])
    2
    """
    if not cases:
        raise BadInput("Give at least one route to compare.", path="route")
    curves = [simulate(**case, **person) for case in cases]
    used = {one.exposure.model.id: one.exposure.model for one in curves}
    who = curves[0].exposure.person
    return {
        "curves": [one.as_json() for one in curves],
        "clearances_l_h": {
            key: derived(one, who)["clearance"]["value"] for key, one in used.items() if _cleared(one)
        },
        "warnings": list(dict.fromkeys(text for one in curves for text in one.exposure.warnings)),
    }


def observed(substance: str | None = None, route: str | None = None) -> list[dict[str, Any]]:
    """What was observed in people, by substance and route: the table shown where there is no model."""
    return [
        {
            "substance": one.substance,
            "route": one.route,
            "dose": one.dose,
            "text": one.text,
            "confidence": str(one.provenance.confidence),
            "source": [source.title for source in one.provenance.sources],
        }
        for one in load_facts().observed
        if substance in (None, one.substance) and route in (None, one.route)
    ]


def _cleared(model: Model) -> bool:
    return any(one.id == "clearance" for one in model.derived)


def _course(dose: Dose, repeat: int | None, every_h: float | None) -> list[Dose]:
    if repeat is None and every_h is None:
        return [dose]
    if repeat is None or every_h is None:
        raise BadInput(
            "A course needs both: how many doses (repeat) and how far apart (every_h).", path="repeat"
        )
    interval = number(every_h, "every_h", above_minimum=True)
    return repeated(dose, whole(repeat, "doses"), interval * MINUTES_PER_HOUR)


def _steady(
    model: Model,
    dose: Dose,
    every_h: float | None,
    person: Person,
    times: Sequence[float] | None,
    until: float | None,
    threshold: float | None,
    repeat: int | None,
    n: int | None,
) -> Simulation:
    if every_h is None:
        raise BadInput("A steady state needs the hours between two doses (every_h).", path="every_h")
    if repeat is not None:
        raise BadInput("A steady state has no number of doses: leave repeat out.", path="repeat")
    if n is not None:
        raise BadInput(
            "A band of a steady state is not offered; simulate a course instead (repeat).", path="n"
        )
    return Simulation(
        at_steady_state(model, dose, every_h, person, times, until_min=until, above_ng_ml=threshold)
    )


def _threshold(value: float) -> float:
    return number(value, "above_ng_ml")
