"""The exponential of a matrix of rates: exact to rounding, many at once, whatever its eigenvalues.

A compartment model has no negative number off its diagonal. Shifted by its largest loss, the matrix has no negative
number at all, so the Taylor series below adds only what is positive: nothing cancels, small concentrations keep
their digits, and equal or nearly equal eigenvalues (transit chains) are as good as any others.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_NORM = 0.25  # each step is halved until it is this small; the shift at most doubles it
_DEGREE = 16  # 0.5**17 / 17! is below 1e-19: exact in double precision
_BLOCK = 4  # the polynomial is evaluated in blocks of this many powers
_COEFFICIENTS = np.array([1 / math.factorial(power) for power in range(_DEGREE + 1)])
_BY_BLOCK = _COEFFICIENTS[:_DEGREE].reshape(-1, _BLOCK)[::-1]  # the highest powers first


def exponential(rates: Array, minutes: Array | float) -> Array:
    r"""The propagator over a time: what of each compartment is where afterwards.

    .. math:: E = e^{A t}

    Parameters
    ----------
    rates : array, shape (..., n, n)
        1/min; ``rates[to, from]``. Off the diagonal nothing is negative.
    minutes : array, shape (...), or float
        min, not negative; broadcast against the leading axes of ``rates``.

    Returns
    -------
    array, shape (..., n, n)
        Dimensionless; relative error about 2**s times 1e-16 for s halvings, element by element.

    References
    ----------
    Higham NJ. The scaling and squaring method for the matrix exponential revisited. SIAM J Matrix Anal Appl 2005;
    the shift is that of uniformisation (Jensen 1953).

    Examples
    --------
    >>> import numpy as np
    >>> float(exponential(np.array([[-0.5]]), 2.0)[0, 0]) == float(np.exp(-1.0))
    True
    """
    steps = rates * np.asarray(minutes, dtype=np.float64)[..., None, None]
    shape = steps.shape
    flat = steps.reshape(-1, shape[-1], shape[-1])
    norms = np.abs(flat).sum(axis=1).max(axis=1)
    halvings = np.ceil(np.log2(np.maximum(norms / _NORM, 1))).astype(np.int64)
    result = _small(flat * np.exp2(-halvings)[:, None, None])
    most = int(halvings.max(initial=0))
    common = int(halvings.min(initial=most))
    for _ in range(common):
        result = result @ result
    for done in range(common, most):
        todo = halvings > done
        part = result[todo]
        result[todo] = part @ part
    return result.reshape(shape)


def _small(steps: Array) -> Array:
    """The exponential of small steps, by Taylor's series in blocks (Paterson and Stockmeyer)."""
    shift = np.maximum(-np.diagonal(steps, axis1=1, axis2=2), 0).max(axis=1, initial=0.0)
    eye = np.eye(steps.shape[-1])
    powers = np.empty((_BLOCK, *steps.shape))
    powers[0] = eye
    np.add(steps, shift[:, None, None] * eye, out=powers[1])
    for power in range(2, _BLOCK):
        np.matmul(powers[power - 1], powers[1], out=powers[power])
    block = powers[-1] @ powers[1]
    first, *rest = (_BY_BLOCK @ powers.reshape(_BLOCK, -1)).reshape(-1, *steps.shape)
    total = _COEFFICIENTS[_DEGREE] * block + first
    for one in rest:
        total = total @ block + one
    total *= np.exp(-shift)[:, None, None]
    return np.asarray(total)


def powers_applied(step: Array, start: Array, count: int) -> Array:
    """The states ``start, step start, step² start …``, ``count`` of them, by doubling.

    ``step`` has the shape (n, n), ``start`` (..., n); the result is (..., count, n).
    """
    states = start[..., None, :]
    power = step.T
    while states.shape[-2] < count:
        wanted = min(states.shape[-2], count - states.shape[-2])
        states = np.concatenate([states, states[..., :wanted, :] @ power], axis=-2)
        power = power @ power
    return states
