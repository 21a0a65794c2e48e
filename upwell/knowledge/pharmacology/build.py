"""Turns a checked model file into a ``Model``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from upwell.knowledge.pharmacology.model import (
    Analyte,
    Caveat,
    Covariance,
    Covariate,
    Derived,
    Flow,
    Input,
    InputKind,
    Model,
    Note,
    Offers,
    Parameter,
    Residual,
    Route,
)
from upwell.knowledge.provenance import Provenance, SourceTable, frozen, read_provenance

Raw = Mapping[str, Any]

WHOLE = "1"
_PROVENANCE_KEYS = {"source", "confidence", "verify", "jurisdiction", "population", "effective_from"}


def build_model(raw: Raw, version: str) -> Model:
    """The model that a file describes; the file has passed its schema and its cross-checks."""
    build = _Builder(raw["sources"])
    return Model(
        **{key: raw[key] for key in ("id", "title", "substance", "rank", "reference_weight_kg")},
        version=version,
        not_valid_for=tuple(raw["not_valid_for"]),
        population=build.required_note(raw["population"]),
        sampling=build.required_note(raw["sampling"]),
        structure=build.provenance(raw["structure"]),
        states=tuple(raw["structure"]["states"]),
        flows=tuple(_flow(one) for one in raw["flows"]),
        analytes=tuple(_analyte(one) for one in raw["analytes"]),
        routes=frozen({key: build.route(key, one) for key, one in raw["routes"].items()}),
        parameters=frozen({key: build.parameter(key, one) for key, one in raw["parameters"].items()}),
        covariates=tuple(build.covariate(one) for one in raw.get("covariates", ())),
        covariances=tuple(build.covariance(one) for one in raw.get("covariances", ())),
        variability=build.note(raw.get("variability")),
        no_variability=build.note(raw.get("no_variability")),
        allometry=build.note(raw.get("allometry")),
        residuals=tuple(build.residual(one) for one in raw.get("residual", ())),
        derived=tuple(_derived(one) for one in raw.get("derived", ())),
        warnings=tuple(build.caveat(one) for one in raw.get("warnings", ())),
    )


def _own(raw: Raw) -> dict[str, Any]:
    """What a fact says, without where it comes from."""
    return {key: value for key, value in raw.items() if key not in _PROVENANCE_KEYS}


def _flow(raw: Raw) -> Flow:
    return Flow(raw["from"], raw.get("to"), raw["rate"], raw.get("reaches"))


def _analyte(raw: Raw) -> Analyte:
    own = {"why": "", "converted_from": None, **raw}
    own["offers"] = Offers(raw["offers"])
    return Analyte(**own)


def _derived(raw: Raw) -> Derived:
    return Derived(**{"published": None, "published_text": "", **raw})


def _input(raw: Raw) -> Input:
    fraction = raw.get("fraction", WHOLE)
    return Input(
        into=raw["into"],
        kind=InputKind(raw["as"]),
        fraction=fraction,
        fraction_later=raw.get("fraction_later", fraction),
        over=raw.get("over"),
        lag=raw.get("lag"),
    )


class _Builder:
    """Builds the parts of one file, with its table of sources at hand."""

    def __init__(self, sources: SourceTable) -> None:
        self.sources = sources

    def provenance(self, raw: Raw) -> Provenance:
        return read_provenance(raw, self.sources)

    def note(self, raw: Raw | None) -> Note | None:
        return None if raw is None else self.required_note(raw)

    def required_note(self, raw: Raw) -> Note:
        return Note(**_own(raw), provenance=self.provenance(raw))

    def route(self, key: str, raw: Raw) -> Route:
        own = {**_own(raw), "inputs": tuple(_input(one) for one in raw["inputs"])}
        return Route(id=key, **own, provenance=self.provenance(raw))

    def parameter(self, key: str, raw: Raw) -> Parameter:
        return Parameter(id=key, **_own(raw), provenance=self.provenance(raw))

    def covariate(self, raw: Raw) -> Covariate:
        own = {**_own(raw), "ancestry": tuple(raw.get("ancestry", ()))}
        return Covariate(**own, provenance=self.provenance(raw))

    def covariance(self, raw: Raw) -> Covariance:
        one, other = raw["between"]
        return Covariance(one, other, raw["value"], self.provenance(raw))

    def residual(self, raw: Raw) -> Residual:
        return Residual(**_own(raw), provenance=self.provenance(raw))

    def caveat(self, raw: Raw) -> Caveat:
        return Caveat(
            text=raw["text"],
            routes=tuple(raw.get("routes", ())),
            ancestry=tuple(raw.get("ancestry", ())),
            uncertainty_percent=raw.get("uncertainty_percent"),
            provenance=self.provenance(raw),
        )
