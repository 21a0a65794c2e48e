"""A model for given people and routes as matrices: which rates, which inputs, which concentrations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from upwell.knowledge.pharmacology import Model, load_facts
from upwell.knowledge.pharmacology.expression import evaluate
from upwell.knowledge.pharmacology.model import Analyte, InputKind
from upwell.science.pharmacology.doses import Dose

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

NG_ML_PER_MG_L = 1000.0


@dataclass(frozen=True, slots=True)
class Entry:
    """One input: ``amount`` mg into a compartment, from ``start`` on, over so many minutes; arrays of shape (n,)."""

    state: int
    start: Array
    amount: Array
    over: Array


@dataclass(frozen=True)
class System:
    r"""Linear compartments: ``x' = A x`` plus inputs, ``c = C x``.

    ``rates`` (n, k, k) in 1/min; ``concentrations`` (n, a, k) in ng/mL per mg; n people, k compartments, a analytes.
    """

    states: tuple[str, ...]
    analytes: tuple[Analyte, ...]
    rates: Array
    concentrations: Array

    def __len__(self) -> int:
        return len(self.rates)

    def reaching(self, analyte: int, dosed: Sequence[int]) -> list[int]:
        """The compartments that lie between the doses and an analyte, for the first person."""
        measured = int(np.argmax(self.concentrations[0, analyte]))
        between = self.closure[dosed].any(axis=0) & self.closure[:, measured]
        return [int(k) for k in np.flatnonzero(between)]

    @cached_property
    def closure(self) -> Mask:
        """``[from, to]``: whether what is in one compartment can come into another, for the first person."""
        return _closure(self.rates[0] != 0)

    @cached_property
    def paces(self) -> tuple[Array, Array]:
        """The slowest and the fastest rate (1/min) in which each compartment has a part, for the first person.

        Compartments that exchange are taken together, those that only follow each other one by one, so that equal
        rates in a chain stay exact.
        """
        rates = self.rates[0]
        both = self.closure & self.closure.T
        slowest, fastest = -np.diagonal(rates), -np.diagonal(rates)  # both are copies
        for place in range(len(rates)):
            group = np.flatnonzero(both[place])
            if len(group) > 1 and group[0] == place:
                found = -np.linalg.eigvals(rates[np.ix_(group, group)]).real
                slowest[group], fastest[group] = found.min(), found.max()
        return slowest, fastest


def build_system(
    model: Model, values: Mapping[str, Array], doses: Sequence[Dose], analytes: Sequence[Analyte]
) -> System:
    """The compartments that these routes reach and that the analytes depend on, as matrices."""
    size, count = len(model.states), len(next(iter(values.values())))
    index = {name: place for place, name in enumerate(model.states)}
    rates = np.zeros((count, size, size))
    for flow in model.flows:
        source, rate = index[flow.source], evaluate(flow.rate, values)
        rates[:, source, source] -= rate
        if flow.target is not None:
            arrives = rate if flow.reaches is None else rate * evaluate(flow.reaches, values)
            rates[:, index[flow.target], source] += arrives
    measured = np.zeros((count, len(analytes), size))
    for place, analyte in enumerate(analytes):
        scale = NG_ML_PER_MG_L * _weight_ratio(model, analyte)
        measured[:, place, index[analyte.state]] = scale / evaluate(analyte.volume, values)
    kept = _kept(model, rates, index, doses, analytes)
    return System(
        tuple(model.states[k] for k in kept),
        tuple(analytes),
        np.ascontiguousarray(rates[:, kept][:, :, kept]),
        np.ascontiguousarray(measured[:, :, kept]),
    )


def entries(model: Model, system: System, values: Mapping[str, Array], doses: Sequence[Dose]) -> list[Entry]:
    """What enters where and when, for each part of each device of each dose."""
    known = {name: place for place, name in enumerate(system.states)}
    count = len(system)
    found: list[Entry] = []
    for dose in doses:
        devices = dose.devices or 1
        for device in range(devices):
            start = dose.at_min + device * (dose.device_interval_min or 0.0)
            for one in model.routes[dose.route].inputs:
                if one.into not in known:
                    continue
                part = evaluate(one.fraction if device == 0 else one.fraction_later, values)
                lag = 0.0 if one.lag is None else evaluate(one.lag, values)
                over: Array | float = 0.0
                if one.kind is InputKind.INFUSION:
                    over = dose.infusion_min or 0.0
                elif one.over is not None:
                    over = evaluate(one.over, values)
                found.append(
                    Entry(
                        known[one.into],
                        np.broadcast_to(np.asarray(start + lag, dtype=np.float64), (count,)),
                        np.broadcast_to(
                            np.asarray(part * dose.dose_mg / devices, dtype=np.float64), (count,)
                        ),
                        np.broadcast_to(np.asarray(over, dtype=np.float64), (count,)),
                    )
                )
    return found


def slowest_rate(system: System, states: list[int]) -> float | None:
    """The slowest rate (1/min) among some compartments; None where nothing leaves.

    Of compartments that exchange, all or none are named.
    """
    slowest = float(system.paces[0][states].min(initial=np.inf))
    fastest = float(system.paces[1][states].max(initial=0.0))
    if not np.isfinite(slowest):
        return None
    return slowest if slowest > np.finfo(float).eps * fastest * len(states) else None


def _weight_ratio(model: Model, analyte: Analyte) -> float:
    if analyte.converted_from is None:
        return 1.0
    weights = load_facts().molecular_weights
    return weights[analyte.id] / weights[analyte.converted_from]


def _kept(
    model: Model, rates: Array, index: Mapping[str, int], doses: Sequence[Dose], analytes: Sequence[Analyte]
) -> list[int]:
    """The compartments that matter: reached from a dose, and leading to an analyte or being one."""
    closure = _closure((rates != 0).any(axis=0))
    dosed = [index[one.into] for dose in doses for one in model.routes[dose.route].inputs]
    measured = [index[one.state] for one in analytes]
    wanted = {k for k in range(len(index)) if closure[dosed, k].any() and closure[k, measured].any()}
    return sorted(wanted.union(measured))


def _closure(linked: Mask) -> Mask:
    """``[from, to]``: whether what is in one compartment can come into another."""
    reach = linked.T | np.eye(len(linked), dtype=bool)
    for _ in range(len(linked).bit_length()):
        reach = reach | (reach @ reach)
    return reach
