"""Every model and route against the paper's equations solved by SciPy: within 1e-9 of the peak."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.unit.science.pharmacology import equations
from upwell.knowledge.pharmacology import load_model
from upwell.science.pharmacology import Dose, People, Person, every_curve, simulate
from upwell.science.pharmacology.doses import check_doses
from upwell.science.pharmacology.exposure import timeline_of
from upwell.science.pharmacology.measures import Peaks

TIMES = [
    0.0,
    0.5,
    3.0,
    5.0,
    7.5,
    10.0,
    13.1,
    20.0,
    29.9,
    31.8,
    40.0,
    41.8,
    55.0,
    90.0,
    180.0,
    360.0,
    720.0,
    1440.0,
]

CASES: dict[str, tuple[str, dict[str, Any], Callable[[], Any]]] = {
    "A nose, 1": (
        "perez-ruixo-2021",
        {"route": "intranasal", "dose_mg": 28, "devices": 1},
        lambda: equations.perez("intranasal", 28),
    ),
    "A nose, 3": (
        "perez-ruixo-2021",
        {"route": "intranasal", "dose_mg": 84, "devices": 3},
        lambda: equations.perez("intranasal", 84, 3),
    ),
    "A mouth": ("perez-ruixo-2021", {"route": "oral", "dose_mg": 50}, lambda: equations.perez("oral", 50)),
    "A vein": (
        "perez-ruixo-2021",
        {"route": "iv", "dose_mg": 28, "infusion_min": 40},
        lambda: equations.perez("iv", 28, infusion=40),
    ),
    "A vein, at once": (
        "perez-ruixo-2021",
        {"route": "iv", "dose_mg": 28},
        lambda: equations.perez("iv", 28),
    ),
    "B": (
        "fanta-otto-2021",
        {"route": "iv", "dose_mg": 28, "infusion_min": 40},
        lambda: equations.fanta(28, 40),
    ),
    "B, heavy": (
        "fanta-otto-2021",
        {"route": "iv", "dose_mg": 44, "infusion_min": 40, "weight_kg": 110},
        lambda: equations.fanta(44, 40, 110),
    ),
    "C vein": (
        "simons-2022",
        {"route": "iv", "dose_mg": 20, "infusion_min": 20},
        lambda: equations.simons("iv", 20, 20),
    ),
    "C film": (
        "simons-2022",
        {"route": "sublingual", "dose_mg": 50},
        lambda: equations.simons("sublingual", 50),
    ),
    "D vein": (
        "clements-1981",
        {"route": "iv", "dose_mg": 35, "infusion_min": 40},
        lambda: equations.racemic("clements-1981", "iv", 35, 40),
    ),
    "D muscle": (
        "clements-1981",
        {"route": "im", "dose_mg": 35},
        lambda: equations.racemic("clements-1981", "im", 35),
    ),
    "Domino": (
        "domino-1982",
        {"route": "iv", "dose_mg": 41, "infusion_min": 40, "weight_kg": 82},
        lambda: equations.racemic("domino-1982", "iv", 41, 40, 82),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_any_moment(name: str) -> None:
    model, given, by_hand = CASES[name]
    rates, size, inputs, seen = by_hand()
    theirs = seen(equations.solve(rates, size, inputs, TIMES))
    exposure = simulate(model, times_min=TIMES, **given).exposure
    for place, (analyte, ours) in enumerate(exposure.conc_ng_ml.items()):
        assert np.abs(ours - theirs[:, place]).max() <= 1e-9 * exposure.cmax[analyte]


@pytest.mark.parametrize("name", CASES)
def test_even_grid_and_many_people(name: str) -> None:
    """The grid of one person and that of many give the same as any moment does, for the hidden metabolite too."""
    model, given, by_hand = CASES[name]
    rates, size, inputs, seen = by_hand()
    times = [float(one) for one in range(0, 481, 4)]
    theirs = seen(equations.solve(rates, size, inputs, times))
    exposure = simulate(model, times_min=times, **given).exposure
    who = {key: one for key, one in given.items() if key == "weight_kg"}
    dose = Dose(**{key: one for key, one in given.items() if key != "weight_kg"})
    many = every_curve(load_model(model), [dose], People.of([Person.of(**who)], 3), None, 4.0, len(times))
    for place, (analyte, ours) in enumerate(exposure.conc_ng_ml.items()):
        limit = 1e-9 * exposure.cmax[analyte]
        assert np.abs(ours - theirs[:, place]).max() <= limit
        assert np.abs(many[:, :, place] - theirs[:, place]).max() <= limit


@pytest.mark.parametrize("name", CASES)
def test_peaks_and_areas(name: str) -> None:
    """No moment of a fine grid is above the peak, the peak is on the curve, and the area is the integral's."""
    model, given, by_hand = CASES[name]
    rates, size, inputs, seen = by_hand()
    checked = load_model(model)
    who = Person.of(given.get("weight_kg"))
    dose = Dose(**{key: one for key, one in given.items() if key != "weight_kg"})
    line = timeline_of(checked, check_doses(checked, [dose]), who)
    peaks = Peaks(line)
    for place in range(len(checked.analytes)):
        height, when = peaks.peak(place)
        around = [max(0.0, when - 1e-3), when, when + 1e-3]
        theirs = seen(equations.solve(rates, size, inputs, [*around, 1440.0]))[:, place]
        assert theirs[1] == pytest.approx(height, rel=1e-9)
        assert theirs[:3].max() <= height * (1 + 1e-9)
        fine = line.concentrations(np.linspace(0, 600, 60001))[:, place]
        assert fine.max() <= height * (1 + 1e-12)

    def with_area(x: Any) -> Any:  # the areas are integrated as well
        out = np.zeros(size + len(checked.analytes))
        out[:size] = rates(x[:size])
        out[size:] = seen(x[None, :size])[0]
        return out

    areas = equations.solve(with_area, size + len(checked.analytes), inputs, [1440.0])[0, size:]
    assert line.areas(1440.0) == pytest.approx(areas, rel=1e-9)
