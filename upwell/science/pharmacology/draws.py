"""How people differ: random effects drawn from the variability that the paper prints."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from upwell.base.errors import BadInput
from upwell.knowledge.pharmacology import Model
from upwell.science.pharmacology.parameters import variance

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Draws:
    """Random effects of people, one column per parameter that varies; ``values`` has the shape (n, k)."""

    names: tuple[str, ...]
    values: Array

    def part(self, which: slice) -> dict[str, Array]:
        return {name: self.values[which, place] for place, name in enumerate(self.names)}


def draw(model: Model, count: int, seed: int) -> Draws:
    r"""The random effects of ``count`` people on one occasion.

    .. math:: \eta_i = L z_i, \quad L L^T = \Omega + \Omega_{occasion}, \quad z_i \sim N(0, 1)

    The same seed gives the same people; more people begin with the same ones.

    Parameters
    ----------
    model : Model
    count, seed : int

    Returns
    -------
    Draws
        Without units, on the scale (log or logit) of each parameter.

    Raises
    ------
    BadInput
        Where no variability was published; ``path`` is ``n``.

    Examples
    --------
    >>> from upwell.knowledge.pharmacology import load_model
    >>> draw(load_model("fanta-otto-2021"), 3, seed=1).names
    ('v1', 'cl', 'vn', 'cln')
    """
    refuse_without_variability(model)
    names, omega = covariance_matrix(model)
    normal = np.random.default_rng(seed).standard_normal((count, len(names)))
    return Draws(names, normal @ np.linalg.cholesky(omega).T)


def refuse_without_variability(model: Model) -> None:
    """Raise ``BadInput`` with the model's own reason where it has no variability."""
    if model.no_variability is not None:
        raise BadInput(f"{model.id}: {model.no_variability.text}", path="n")


def covariance_matrix(model: Model) -> tuple[tuple[str, ...], Array]:
    """The parameters that vary, and the covariance of their effects, people and occasions together."""
    spread = {key: variance(one) + (one.occasion_log_variance or 0) for key, one in model.parameters.items()}
    names = tuple(key for key, one in spread.items() if one > 0)
    omega = np.diag([spread[name] for name in names])
    for one in model.covariances:
        row, column = names.index(one.one), names.index(one.other)
        omega[row, column] = omega[column, row] = one.value
    return names, omega


def spread_percent(value: float) -> float:
    """A log-variance as a coefficient of variation, for people who read those."""
    return math.sqrt(math.expm1(value))
