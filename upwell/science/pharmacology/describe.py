"""A model laid open: every number with its unit, spread and source, and what follows from them."""

from __future__ import annotations

from typing import Any

from upwell.knowledge.pharmacology import Model
from upwell.knowledge.pharmacology.expression import evaluate
from upwell.knowledge.pharmacology.model import Covariate, Note, Parameter, Route
from upwell.knowledge.provenance import Provenance
from upwell.science.pharmacology.parameters import MINUTES_PER_HOUR, individual
from upwell.science.pharmacology.person import People, Person


def describe(model: Model) -> dict[str, Any]:
    """All that a model says of itself, as ``upwell pk show ID --json`` prints it."""
    return {
        **summary(model),
        "model_version": model.version,
        "population": _note(model.population),
        "sampling": _note(model.sampling),
        "compartments": list(model.states),
        "flows": [
            {"from": one.source, "to": one.target, "rate": one.rate, "reaches": one.reaches}
            for one in model.flows
        ],
        "analytes": [
            {
                "id": one.id,
                "title": one.title,
                "compartment": one.state,
                "volume": one.volume,
                "offers": str(one.offers),
                "why": one.why,
                "converted_by_molecular_weight": one.converted_from is not None,
            }
            for one in model.analytes
        ],
        "routes": {key: _route(one) for key, one in model.routes.items()},
        "parameters": {key: _parameter(one) for key, one in model.parameters.items()},
        "covariates": [_covariate(one) for one in model.covariates],
        "covariances": [{"between": [one.one, one.other], "value": one.value} for one in model.covariances],
        "variability": _note(model.variability or model.no_variability),
        "allometry": _note(model.allometry),
        "residual": [
            {
                "analyte": one.analyte,
                "log_sd": one.log_sd,
                "proportional_sd": one.proportional_sd,
                "additive_nmol_ml": one.additive_nmol_ml,
                "text": one.text,
                **_marks(one.provenance),
            }
            for one in model.residuals
        ],
        "derived": derived(model),
        "warnings": [
            {"text": one.text, "uncertainty_percent": one.uncertainty_percent, **_marks(one.provenance)}
            for one in model.warnings
        ],
    }


def summary(model: Model) -> dict[str, Any]:
    """A model in a line, as ``upwell pk models --json`` prints it."""
    return {
        "model": model.id,
        "title": model.title,
        "substance": model.substance,
        "routes_covered": list(model.routes),
        "analytes_offered": {one.id: str(one.offers) for one in model.analytes},
        "sampling_site": model.sampling.site,
        "has_variability": model.has_variability,
        "not_valid_for": list(model.not_valid_for),
    }


def derived(model: Model, person: Person | None = None) -> dict[str, dict[str, Any]]:
    """What follows from the parameters of a typical person, beside what was published.

    Examples
    --------
    >>> from upwell.knowledge.pharmacology import load_model
    >>> round(derived(load_model("perez-ruixo-2021"))["extraction"]["value"], 4)
    0.7219
    """
    values = individual(model, People.of([person or Person.of()]))
    per_hour = {"L/h": MINUTES_PER_HOUR}
    return {
        one.id: {
            "title": one.title,
            "value": float(evaluate(one.value, values)[0]) * per_hour.get(one.unit, 1.0),
            "unit": one.unit,
            "published": one.published,
            "published_text": one.published_text,
        }
        for one in model.derived
    }


def _note(note: Note | None) -> dict[str, Any] | None:
    if note is None:
        return None
    extra = {"people": note.people} if note.people is not None else {}
    return {
        "text": note.text,
        **extra,
        **({"site": note.site} if note.site else {}),
        **_marks(note.provenance),
    }


def _marks(provenance: Provenance) -> dict[str, Any]:
    return {
        "confidence": str(provenance.confidence),
        "source": [{"title": one.title, "effective_from": one.effective_from} for one in provenance.sources],
    }


def _route(route: Route) -> dict[str, Any]:
    return {
        "title": route.title,
        "approximate": route.approximate,
        "timing_only": route.timing_only,
        "device_mg": route.device_mg,
        "device_interval_min": route.device_interval_min,
        "observed": route.observed,
        "inputs": [
            {
                "into": one.into,
                "as": str(one.kind),
                "fraction": one.fraction,
                "fraction_later": one.fraction_later,
                "over": one.over,
                "lag": one.lag,
            }
            for one in route.inputs
        ],
        **_marks(route.provenance),
    }


def _parameter(one: Parameter) -> dict[str, Any]:
    spread = {
        "weight_exponent": one.weight_exponent,
        "cv_percent": one.cv_percent,
        "log_variance": one.log_variance,
        "logit_sd": one.logit_sd,
        "occasion_log_variance": one.occasion_log_variance,
    }
    said = {key: value for key, value in spread.items() if value is not None}
    note = {"variability": one.variability} if one.variability else {}
    return {
        "title": one.title,
        "value": one.value,
        "unit": one.unit,
        **said,
        **note,
        **_marks(one.provenance),
    }


def _covariate(one: Covariate) -> dict[str, Any]:
    if one.factor is not None:
        return {"on": one.on, "ancestry": list(one.ancestry), "factor": one.factor, **_marks(one.provenance)}
    change = {"per_year": one.per_year, "above_years": one.above_years}
    return {"on": one.on, **change, **_marks(one.provenance)}
