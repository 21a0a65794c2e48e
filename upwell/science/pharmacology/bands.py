"""Many people from the published variability: percentiles of the curve, without keeping every curve."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from upwell.base.errors import BadInput
from upwell.knowledge.arithmetic import PERCENT
from upwell.knowledge.pharmacology import Model
from upwell.science.pharmacology.doses import Dose, check_doses
from upwell.science.pharmacology.draws import Draws, draw, refuse_without_variability
from upwell.science.pharmacology.grid import STRETCH, Grid
from upwell.science.pharmacology.number import whole
from upwell.science.pharmacology.parameters import MINUTES_PER_HOUR, individual
from upwell.science.pharmacology.person import People, Person
from upwell.science.pharmacology.system import Entry, System, build_system, entries
from upwell.science.pharmacology.timeline import Timeline

Array = NDArray[np.float64]

PERCENTILES = (5, 50, 95)
_TOGETHER = 128  # people whose matrices fit the processor's cache
_STRETCHES = 4  # points held for all people at once, in stretches
_EVEN = 1e-9


@dataclass(frozen=True, slots=True)
class Band:
    """Percentiles of many people's curves; each array has the shape (times,)."""

    count: int
    seed: int
    times_min: Array
    percentiles: dict[str, dict[str, Array]]
    cmax: dict[str, dict[str, float]]
    auc_inf_ng_h_ml: dict[str, dict[str, float]]
    variability: str

    def as_json(self) -> dict[str, Any]:
        """The band as ``upwell pk population --json`` prints it."""
        return {
            "n": self.count,
            "seed": self.seed,
            "band_percent": PERCENTILES[-1] - PERCENTILES[0],
            "percentiles": {
                analyte: {key: curve.tolist() for key, curve in curves.items()}
                for analyte, curves in self.percentiles.items()
            },
            "cmax_on_grid": self.cmax,
            "auc_inf_ng_h_ml": self.auc_inf_ng_h_ml,
            "residual_error_included": False,
            "variability": self.variability,
        }


def band(
    model: Model,
    doses: Sequence[Dose],
    people: Sequence[Person],
    times: Array,
    *,
    count: int,
    seed: int,
) -> Band:
    """The 90 % band of the curves of many people: differences between people only, no residual error.

    Parameters
    ----------
    model : Model
    doses : sequence of Dose
    people : sequence of Person
        Taken in turn until there are ``count``.
    times : array, shape (t,)
        min, in order.
    count, seed : int

    Returns
    -------
    Band
        ng/mL and ng h/mL. The peaks are those on the times, the areas are exact.

    Raises
    ------
    BadInput
        Where no variability was published (``path`` is ``n``), and for implausible numbers.

    Examples
    --------
    >>> import numpy as np
    >>> from upwell.knowledge.pharmacology import load_model
    >>> drip = [Dose("iv", 28, infusion_min=40)]
    >>> seen = band(load_model("fanta-otto-2021"), drip, [Person.of()], np.arange(0, 61.0), count=50, seed=1)
    >>> sorted(seen.percentiles["ketamine"])
    ['p5', 'p50', 'p95']
    """
    refuse_without_variability(model)
    count = whole(count, "n")
    drawn = draw(model, count, check_seed(seed))
    everybody = People.of(people, count)
    groups = _Groups(model, check_doses(model, doses), everybody, drawn)
    percentiles = np.empty((len(times), len(model.curves), len(PERCENTILES)))
    peaks = np.zeros((count, len(model.curves)))
    first = 0
    for curves in groups.curves(times):
        last = first + curves.shape[1]
        np.maximum(peaks, curves.max(axis=1), out=peaks)
        percentiles[first:last] = _percentiles(curves)
        first = last
    return Band(
        count,
        seed,
        times,
        {one.id: _named(percentiles[:, place].T) for place, one in enumerate(model.curves)},
        {one.id: _numbers(peaks[:, place]) for place, one in enumerate(model.curves)},
        {one.id: _numbers(groups.areas[:, place]) for place, one in enumerate(model.curves)},
        "" if model.variability is None else model.variability.text,
    )


def every_curve(
    model: Model, doses: Sequence[Dose], people: People, draws: Draws | None, step_min: float, points: int
) -> Array:
    """All curves of all people on an even grid from 0: ng/mL, shape (n, points, a), parent first.

    Examples
    --------
    >>> from upwell.knowledge.pharmacology import load_model
    >>> model, everybody = load_model("domino-1982"), People.of([Person.of(60), Person.of(90)])
    >>> every_curve(model, [Dose("iv", 35, infusion_min=40)], everybody, None, 1.0, 61).shape
    (2, 61, 1)
    """
    checked = check_doses(model, doses)
    padded = -(-points // STRETCH) * STRETCH
    out = np.empty((len(people), padded, len(model.curves)))

    for which in _slices(len(people)):
        drawn = None if draws is None else draws.part(which)
        system, given = _system(model, checked, people.part(which), drawn)
        Grid(system, given, step_min).advance(padded, out=out[which])
    return out[:, :points]


def check_seed(seed: Any) -> int:
    """A seed: a whole number, zero or more."""
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        raise BadInput(f"“{seed}” is no seed: a whole number, 0 or more.", path="seed")
    return seed


class _Groups:
    """People in groups whose matrices fit the cache, moved along the times together."""

    def __init__(self, model: Model, doses: Sequence[Dose], people: People, drawn: Draws) -> None:
        self.slices = list(_slices(len(people)))
        self.count, self.analytes = len(people), len(model.curves)
        self.areas = np.empty((self.count, self.analytes))
        self.systems: list[tuple[System, list[Entry]]] = []
        for which in self.slices:
            system, given = _system(model, doses, people.part(which), drawn.part(which))
            self.systems.append((system, given))
            self.areas[which] = _areas(system, given)

    def curves(self, times: Array) -> Iterator[Array]:
        """The curves of all people, some times at once: shape (n, some, a)."""
        step = float(times[-1] / (len(times) - 1)) if len(times) > 1 else 0.0
        even = step > 0 and np.all(np.abs(times - step * np.arange(len(times))) <= _EVEN * step)
        return self._on_grid(len(times), step) if even else self._anywhere(times)

    def _on_grid(self, points: int, step: float) -> Iterator[Array]:
        grids = [Grid(system, given, step) for system, given in self.systems]
        self.systems.clear()
        together = STRETCH * _STRETCHES
        buffer = np.empty((self.count, together, self.analytes))
        for first in range(0, points, together):
            for which, grid in zip(self.slices, grids, strict=True):
                grid.advance(together, out=buffer[which])
            yield buffer[:, : points - first]

    def _anywhere(self, times: Array) -> Iterator[Array]:
        lines = [
            Timeline(_single(system, row), [_entry(one, row) for one in given])
            for system, given in self.systems
            for row in range(len(system))
        ]
        for chunk in np.array_split(times, -(-len(times) // STRETCH)):
            yield np.stack([line.concentrations(chunk) for line in lines])


def _slices(count: int) -> Iterator[slice]:
    for first in range(0, count, _TOGETHER):
        yield slice(first, min(first + _TOGETHER, count))


def _system(
    model: Model, doses: Sequence[Dose], people: People, effects: dict[str, Array] | None
) -> tuple[System, list[Entry]]:
    values = individual(model, people, effects)
    system = build_system(model, values, doses, model.curves)
    return system, entries(model, system, values, doses)


def _areas(system: System, given: Sequence[Entry]) -> Array:
    """The whole areas of each person, in ng h/mL, from the rates alone."""
    amounts = np.zeros((len(system), len(system.states)))
    for one in given:
        amounts[:, one.state] += one.amount
    dosed = sorted({one.state for one in given})
    areas = np.empty((len(system), len(system.analytes)))
    for place in range(len(system.analytes)):
        states = system.reaching(place, dosed)
        rates = system.rates[:, states][:, :, states]
        times = np.linalg.solve(-rates, amounts[:, states, None])[:, :, 0]
        areas[:, place] = (system.concentrations[:, place][:, states] * times).sum(axis=1)
    return areas / MINUTES_PER_HOUR


def _single(system: System, row: int) -> System:
    keep = slice(row, row + 1)
    return System(system.states, system.analytes, system.rates[keep], system.concentrations[keep])


def _entry(one: Entry, row: int) -> Entry:
    keep = slice(row, row + 1)
    return Entry(one.state, one.start[keep], one.amount[keep], one.over[keep])


def _percentiles(curves: Array) -> Array:
    """Exact percentiles over people, linear between two of them; shape (times, a, 3)."""
    ordered = np.ascontiguousarray(curves.transpose(1, 2, 0))
    ranks = [percent / PERCENT * (ordered.shape[-1] - 1) for percent in PERCENTILES]
    below = [int(rank) for rank in ranks]
    above = [min(rank + 1, ordered.shape[-1] - 1) for rank in below]
    ordered.partition(sorted({*below, *above}), axis=-1)
    parts = [
        ordered[..., low] + (rank - low) * (ordered[..., high] - ordered[..., low])
        for rank, low, high in zip(ranks, below, above, strict=True)
    ]
    return np.stack(parts, axis=-1)


def _named(values: Array) -> dict[str, Array]:
    return {f"p{percent}": values[place] for place, percent in enumerate(PERCENTILES)}


def _numbers(values: Array) -> dict[str, float]:
    found = np.percentile(values, PERCENTILES)
    return {f"p{percent}": float(found[place]) for place, percent in enumerate(PERCENTILES)}
