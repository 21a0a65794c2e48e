"""A published model of exposure, as its file says it: compartments, flows, parameters, routes, warnings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from upwell.knowledge.provenance import Provenance


class InputKind(StrEnum):
    """How a part of a dose enters a compartment."""

    BOLUS = "bolus"  # at once
    ZERO_ORDER = "zero-order"  # evenly, over a time that is a parameter
    INFUSION = "infusion"  # evenly, over the minutes that the user says; at once where none are said


class Offers(StrEnum):
    """What of an analyte the model reproduces, and so may be shown."""

    EVERYTHING = "everything"
    CMAX = "cmax"


@dataclass(frozen=True, slots=True)
class Flow:
    """A first-order flow out of a compartment; ``reaches`` is the part that arrives, the rest is lost."""

    source: str
    target: str | None
    rate: str
    reaches: str | None


@dataclass(frozen=True, slots=True)
class Input:
    """One of the parallel ways in which a dose enters; ``fraction_later`` is for the second and later devices."""

    into: str
    kind: InputKind
    fraction: str
    fraction_later: str
    over: str | None
    lag: str | None


@dataclass(frozen=True, slots=True)
class Route:
    """A route that the model covers."""

    id: str
    title: str
    inputs: tuple[Input, ...]
    provenance: Provenance
    device_mg: float | None = None
    device_interval_min: float | None = None
    approximate: bool = False
    timing_only: bool = False
    observed: str = ""

    @property
    def takes_infusion(self) -> bool:
        return any(one.kind is InputKind.INFUSION for one in self.inputs)

    @property
    def takes_devices(self) -> bool:
        return self.device_mg is not None


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number of the model, with how it differs between people and between occasions."""

    id: str
    title: str
    value: float
    unit: str
    provenance: Provenance
    weight_exponent: float | None = None
    cv_percent: float | None = None
    log_variance: float | None = None
    logit_sd: float | None = None
    occasion_log_variance: float | None = None
    variability: str = ""


@dataclass(frozen=True, slots=True)
class Covariate:
    """What of a person changes a parameter: a factor by ancestry, or a change per year above an age."""

    on: str
    provenance: Provenance
    ancestry: tuple[str, ...] = ()
    factor: float | None = None
    per_year: float | None = None
    above_years: float | None = None


@dataclass(frozen=True, slots=True)
class Covariance:
    """Two parameters that differ together."""

    one: str
    other: str
    value: float
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Analyte:
    """What is measured; ``converted_from`` names the parent where the model converts by molecular weight."""

    id: str
    title: str
    state: str
    volume: str
    offers: Offers
    why: str
    converted_from: str | None

    @property
    def has_curve(self) -> bool:
        return self.offers is Offers.EVERYTHING


@dataclass(frozen=True, slots=True)
class Residual:
    """What a single measurement scatters about the curve."""

    analyte: str
    provenance: Provenance
    log_sd: float | None = None
    proportional_sd: float | None = None
    additive_nmol_ml: float | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Derived:
    """A number that follows from the parameters, beside what was published."""

    id: str
    title: str
    value: str
    unit: str
    published: float | None
    published_text: str


@dataclass(frozen=True, slots=True)
class Caveat:
    """What must be said beside a result; empty ``routes`` or ``ancestry`` means always."""

    text: str
    routes: tuple[str, ...]
    ancestry: tuple[str, ...]
    uncertainty_percent: float | None
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence with its source, and a number of people where it has one."""

    text: str
    provenance: Provenance
    people: int | None = None
    site: str = ""


@dataclass(frozen=True, slots=True)
class Model:
    """A published model, immutable. Concentrations in ng/mL; the engine computes in mg, L and minutes."""

    id: str
    title: str
    version: str
    substance: str
    rank: int
    reference_weight_kg: float
    not_valid_for: tuple[str, ...]
    population: Note
    sampling: Note
    structure: Provenance
    states: tuple[str, ...]
    flows: tuple[Flow, ...]
    analytes: tuple[Analyte, ...]
    routes: Mapping[str, Route]
    parameters: Mapping[str, Parameter]
    covariates: tuple[Covariate, ...]
    covariances: tuple[Covariance, ...]
    variability: Note | None
    no_variability: Note | None
    allometry: Note | None
    residuals: tuple[Residual, ...]
    derived: tuple[Derived, ...]
    warnings: tuple[Caveat, ...]

    @property
    def parent(self) -> Analyte:
        return self.analytes[0]

    @property
    def curves(self) -> tuple[Analyte, ...]:
        """The analytes whose curve the model reproduces."""
        return tuple(one for one in self.analytes if one.has_curve)

    @property
    def uses_weight(self) -> bool:
        return any(
            one.weight_exponent is not None or one.unit in WEIGHT_UNITS for one in self.parameters.values()
        )

    @property
    def uses_ancestry(self) -> bool:
        return any(one.ancestry for one in self.covariates)

    @property
    def uses_age(self) -> bool:
        return any(one.per_year is not None for one in self.covariates)

    @property
    def has_variability(self) -> bool:
        return self.variability is not None


WEIGHT_UNITS = frozenset({"L/kg"})
