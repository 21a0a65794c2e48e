"""The predicted curve of one typical person: ``upwell pk simulate``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from upwell.base.errors import BadInput
from upwell.knowledge.pharmacology import Model, load_facts
from upwell.science.pharmacology.doses import Dose, check_doses
from upwell.science.pharmacology.measures import Peaks, area_to_infinity, half_life
from upwell.science.pharmacology.number import moment
from upwell.science.pharmacology.parameters import MINUTES_PER_HOUR, individual
from upwell.science.pharmacology.person import People, Person
from upwell.science.pharmacology.system import build_system, entries
from upwell.science.pharmacology.timeline import Timeline
from upwell.science.pharmacology.warnings import warnings_of

Array = NDArray[np.float64]

DAY_MIN = 24 * MINUTES_PER_HOUR
_STEPS = 1440  # a grid that nobody asked for has this many steps


@dataclass(frozen=True, slots=True)
class Exposure:
    """A predicted curve with what is read off it. Concentrations in ng/mL, times in min, areas in ng h/mL.

    Peaks are those of the whole continuous curve, not of the grid. An analyte of which the model reproduces the peak
    only stands in ``cmax`` and nowhere else.
    """

    model: Model
    doses: tuple[Dose, ...]
    person: Person
    times_min: Array
    conc_ng_ml: dict[str, Array]
    cmax: dict[str, float]
    tmax_min: dict[str, float]
    auc_inf_ng_h_ml: dict[str, float | None]
    auc_0_24_ng_h_ml: dict[str, float]
    half_life_h: dict[str, float | None]
    warnings: tuple[str, ...]
    above: dict[str, Any] = field(default_factory=dict)
    steady: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The exposure in the shape of the contract."""
        return {
            "model": self.model.id,
            "model_version": self.model.version,
            "substance": self.model.substance,
            "doses": [_dose_json(one) for one in self.doses],
            "person": {
                "weight_kg": self.person.weight_kg,
                "age_years": self.person.age_years,
                "ancestry": self.person.ancestry,
            },
            "times_min": self.times_min.tolist(),
            "conc_ng_ml": {key: curve.tolist() for key, curve in self.conc_ng_ml.items()},
            "cmax": self.cmax,
            "tmax_min": self.tmax_min,
            "auc_inf_ng_h_ml": self.auc_inf_ng_h_ml,
            "auc_0_24_ng_h_ml": self.auc_0_24_ng_h_ml,
            "half_life_h": self.half_life_h,
            "sampling_site": self.model.sampling.site,
            "timing_only": any(self.model.routes[one.route].timing_only for one in self.doses),
            **({"time_above": self.above} if self.above else {}),
            **({"steady_state": self.steady} if self.steady else {}),
            "warnings": list(self.warnings),
        }


def expose(
    model: Model,
    doses: Sequence[Dose],
    person: Person | None = None,
    times_min: Sequence[float] | None = None,
    *,
    until_min: float | None = None,
    above_ng_ml: float | None = None,
) -> Exposure:
    r"""The concentrations that doses give a typical person of that weight, age and ancestry.

    .. math:: c(t) = C \left( e^{A t} x_0 + \int_0^t e^{A (t - s)} b(s)\, ds \right)

    Parameters
    ----------
    model : Model
    doses : sequence of Dose
        Any number, by any routes that the model covers; mg, minutes.
    person : Person, optional
        A typical adult if left out.
    times_min : sequence of float, optional
        Minutes since time 0, in order. Left out: an even grid up to ``until_min``.
    until_min : float, optional
        The end of that grid; 1440 if left out.
    above_ng_ml : float, optional
        Adds for how long each curve is above this concentration.

    Returns
    -------
    Exposure

    Raises
    ------
    BadInput
        For what the model does not cover, and for implausible numbers; ``path`` names the place.

    References
    ----------
    The model's own sources; the solution by matrix exponential: Godfrey K. Compartmental models, 1983.

    Examples
    --------
    >>> from upwell.knowledge.pharmacology import load_model
    >>> spray = expose(load_model("perez-ruixo-2021"), [Dose("intranasal", 28, devices=1)])
    >>> 42 < spray.cmax["ketamine"] < 45  # the paper's table says 43.8 ng/mL
    True
    """
    person = person or Person.of()
    checked = check_doses(model, doses)
    times = check_times(times_min, until_min)
    line = timeline_of(model, checked, person)
    return read_off(model, checked, person, line, times, above_ng_ml)


def timeline_of(model: Model, doses: Sequence[Dose], person: Person) -> Timeline:
    """The exact solution for one typical person; the doses are checked already."""
    values = individual(model, People.of([person]))
    system = build_system(model, values, doses, model.analytes)
    return Timeline(system, entries(model, system, values, doses))


def read_off(
    model: Model,
    doses: Sequence[Dose],
    person: Person,
    line: Timeline,
    times: Array,
    above_ng_ml: float | None = None,
) -> Exposure:
    """All that is shown of a curve."""
    shown = [(place, one) for place, one in enumerate(model.analytes) if one.has_curve]
    curves = line.concentrations(times)
    peaks = Peaks(line)
    found = [peaks.peak(place) for place in range(len(model.analytes))]
    whole, day = area_to_infinity(line), line.areas(DAY_MIN)
    above = {}
    if above_ng_ml is not None:
        above = {
            "threshold_ng_ml": above_ng_ml,
            "minutes": {one.id: peaks.above(place, above_ng_ml) for place, one in shown},
        }
    return Exposure(
        model=model,
        doses=tuple(doses),
        person=person,
        times_min=times,
        conc_ng_ml={one.id: curves[:, place] for place, one in shown},
        cmax={one.id: found[place][0] for place, one in enumerate(model.analytes)},
        tmax_min={one.id: found[place][1] for place, one in shown},
        auc_inf_ng_h_ml={one.id: _hours(whole[place]) for place, one in shown},
        auc_0_24_ng_h_ml={one.id: float(day[place]) / MINUTES_PER_HOUR for place, one in shown},
        half_life_h={one.id: _hours(half_life(line, place)) for place, one in shown},
        warnings=warnings_of(model, doses, person),
        above=above,
    )


def check_times(times_min: Sequence[float] | None, until_min: float | None = None) -> Array:
    """The moments to show: those asked for, or an even grid; raises ``BadInput``."""
    facts = load_facts()
    if times_min is None:
        end = moment(facts.limits["until_min"].default if until_min is None else until_min, "until_min")
        if end <= 0:
            raise BadInput("The curve must end after its start.", path="until_min")
        step = max(1.0, np.ceil(end / _STEPS))
        grid = np.arange(0.0, end, step)
        return np.append(grid, end)
    if until_min is not None:
        raise BadInput("Give either times or an end, not both.", path="until_min")
    maximum = int(facts.limits["times"].maximum)
    if not 0 < len(times_min) <= maximum:
        raise BadInput(f"{len(times_min)} times: give 1 to {maximum}.", path="times")
    times = np.array([moment(one, f"times.{place}") for place, one in enumerate(times_min)])
    for place in np.flatnonzero(np.diff(times) <= 0):
        raise BadInput(
            f"{times[place + 1]:g} comes after {times[place]:g}; times must be in order, each once.",
            path=f"times.{place + 1}",
        )
    return times


def _hours(minutes: float | None) -> float | None:
    return None if minutes is None else minutes / MINUTES_PER_HOUR


def _dose_json(dose: Dose) -> dict[str, Any]:
    return {
        "route": dose.route,
        "dose_mg": dose.dose_mg,
        "at_min": dose.at_min,
        "infusion_min": dose.infusion_min,
        "devices": dose.devices,
        "device_interval_min": dose.device_interval_min,
    }
