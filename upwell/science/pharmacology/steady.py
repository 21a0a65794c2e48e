"""A course that has gone on for long: the curve between two doses once it repeats itself."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from upwell.base.errors import BadInput
from upwell.knowledge.pharmacology import Model
from upwell.science.pharmacology.doses import Dose, check_dose, repeated
from upwell.science.pharmacology.exponential import exponential
from upwell.science.pharmacology.exposure import DAY_MIN, Exposure, check_times, read_off
from upwell.science.pharmacology.number import number
from upwell.science.pharmacology.parameters import MINUTES_PER_HOUR, individual
from upwell.science.pharmacology.person import People, Person
from upwell.science.pharmacology.system import build_system, entries, slowest_rate
from upwell.science.pharmacology.timeline import Timeline


def steady_state(
    model: Model,
    dose: Dose,
    every_h: float,
    person: Person | None = None,
    times_min: Sequence[float] | None = None,
    *,
    until_min: float | None = None,
    above_ng_ml: float | None = None,
) -> Exposure:
    r"""The curve from one dose to the next, when every dose finds what all earlier ones left.

    .. math:: x_{ss} = \left(I - e^{A \tau}\right)^{-1} x_1(\tau)

    ``x_1`` is what a first dose leaves after one interval.

    Parameters
    ----------
    model : Model
    dose : Dose
        Given every ``every_h`` hours, forever.
    every_h : float
        h; longer than the dose takes to be given.
    person, times_min, until_min, above_ng_ml
        As for ``expose``; the grid ends with the interval if nothing is said.

    Returns
    -------
    Exposure
        ``steady["auc_interval_ng_h_ml"]`` equals the area to infinity of one dose; no area to infinity of its own.

    Raises
    ------
    BadInput
        For an interval that is too short, or a model from which nothing leaves.

    Examples
    --------
    >>> from upwell.knowledge.pharmacology import load_model
    >>> course = steady_state(load_model("domino-1982"), Dose("iv", 10), every_h=1)
    >>> round(course.steady["auc_interval_ng_h_ml"]["ketamine"], 3)  # 10 mg / 115.9 L/h
    86.265
    """
    person = person or Person.of()
    interval = number(every_h, "every_h", above_minimum=True) * MINUTES_PER_HOUR
    first = replace(check_dose(model, dose), at_min=0.0)
    values = individual(model, People.of([person]))
    system = build_system(model, values, [first], model.analytes)
    once = Timeline(system, entries(model, system, values, [first]))
    if once.breaks[-1] > interval:
        raise BadInput(
            f"The dose takes {once.breaks[-1]:g} minutes to be given; the interval must be longer.",
            path="every_h",
        )
    left = once.at(np.array([interval]))[0, : once.size]
    reached = sorted({k for place in range(len(model.analytes)) for k in system.reaching(place, once.dosed)})
    if slowest_rate(system, reached) is None:
        raise BadInput(
            f"Nothing leaves the body in {model.id}: there is no steady state.", path="steady_state"
        )
    start = np.zeros(once.size)
    rates = system.rates[0][np.ix_(reached, reached)]
    start[reached] = np.linalg.solve(np.eye(len(reached)) - exponential(rates, interval), left[reached])
    times = check_times(times_min, interval if until_min is None and times_min is None else until_min)
    course = repeated(first, math.ceil(max(DAY_MIN, float(times[-1]), interval) / interval), interval)
    line = Timeline(system, entries(model, system, values, course), start)
    seen = read_off(model, course[:1], person, line, times, above_ng_ml)
    return replace(
        seen,
        auc_inf_ng_h_ml=dict.fromkeys(seen.auc_inf_ng_h_ml),
        steady=_summary(model, line, interval),
    )


def _summary(model: Model, line: Timeline, interval: float) -> dict[str, object]:
    areas = line.areas(interval)
    shown = [(place, one.id) for place, one in enumerate(model.analytes) if one.has_curve]
    before = line.concentrations(np.zeros(1))[0] - _at_once(line)
    return {
        "every_h": interval / MINUTES_PER_HOUR,
        "auc_interval_ng_h_ml": {name: float(areas[place]) / MINUTES_PER_HOUR for place, name in shown},
        "mean_ng_ml": {name: float(areas[place]) / interval for place, name in shown},
        "before_dose_ng_ml": {name: max(0.0, float(before[place])) for place, name in shown},
    }


def _at_once(line: Timeline) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """What a dose given at once adds at time 0."""
    jump = np.zeros(len(line.matrix))
    for one in line.entries:
        if one.over[0] <= 0 and one.start[0] <= 0:
            jump[one.state] += one.amount[0]
    return np.asarray(line.measure @ jump)
