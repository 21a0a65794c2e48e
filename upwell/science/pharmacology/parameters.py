"""A person's own parameters: the typical ones, changed by who they are and by what a draw adds."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from upwell.knowledge.arithmetic import PERCENT
from upwell.knowledge.pharmacology import Model
from upwell.knowledge.pharmacology.model import WEIGHT_UNITS, Covariate, Parameter
from upwell.science.pharmacology.person import People

Array = NDArray[np.float64]

MINUTES_PER_HOUR = 60.0
_TO_MINUTES = {"L/h": 1 / MINUTES_PER_HOUR, "1/h": 1 / MINUTES_PER_HOUR, "h": MINUTES_PER_HOUR}


def individual(model: Model, people: People, draws: Mapping[str, Array] | None = None) -> dict[str, Array]:
    r"""Each parameter for each person, in L, L/min, 1/min, min or as a fraction.

    .. math:: \theta_i = \left(\theta + s\,\max(0, age - a)\right) f_{ancestry} (W/W_{ref})^{b} e^{\eta_i}

    A parameter with ``logit_sd`` varies on the logit scale instead, so that it stays between 0 and 1.

    Parameters
    ----------
    model : Model
    people : People
        Columns of shape (n,).
    draws : mapping of parameter id to array, shape (n,), optional
        The random effects eta, on the scale of the parameter's variability. None: a typical person.

    Returns
    -------
    dict of parameter id to array, shape (n,)

    Examples
    --------
    >>> from upwell.knowledge.pharmacology import load_model
    >>> from upwell.science.pharmacology.person import People, Person
    >>> older = People.of([Person.of(age_years=70)])
    >>> float(individual(load_model("perez-ruixo-2021"), older)["qh"][0] * 60)  # 151 - 2.19 * 10 L/h
    129.1
    """
    return {key: _one(model, one, people, (draws or {}).get(key)) for key, one in model.parameters.items()}


def _one(model: Model, parameter: Parameter, people: People, draw: Array | None) -> Array:
    value = np.full(len(people), parameter.value, dtype=np.float64)
    for covariate in model.covariates:
        if covariate.on == parameter.id:
            value = _changed(value, covariate, people)
    if parameter.unit in WEIGHT_UNITS:
        value = value * people.weight_kg
    if parameter.weight_exponent is not None:
        value = value * (people.weight_kg / model.reference_weight_kg) ** parameter.weight_exponent
    if draw is not None:
        value = _drawn(value, draw, parameter)
    return value * _TO_MINUTES.get(parameter.unit, 1.0)


def _changed(value: Array, covariate: Covariate, people: People) -> Array:
    if covariate.per_year is not None and covariate.above_years is not None:
        years = np.maximum(people.age_years - covariate.above_years, 0)
        return np.maximum(value + covariate.per_year * years, 0)
    factor = 1.0 if covariate.factor is None else covariate.factor
    return np.where(np.isin(people.ancestry, covariate.ancestry), value * factor, value)


def _drawn(value: Array, draw: Array, parameter: Parameter) -> Array:
    if parameter.logit_sd is None:
        return value * np.exp(draw)
    return 1 / (1 + (1 - value) / value * np.exp(-draw))


def variance(parameter: Parameter) -> float:
    """The variance between people, on the parameter's own scale (log or logit); 0 where none is printed."""
    if parameter.log_variance is not None:
        return parameter.log_variance
    if parameter.cv_percent is not None:
        return math.log1p((parameter.cv_percent / PERCENT) ** 2)
    return 0.0 if parameter.logit_sd is None else parameter.logit_sd**2
