"""Many people: the printed variability, exact percentiles, the same people for the same seed, little memory."""

from __future__ import annotations

import json
import math
import subprocess
import sys

import numpy as np
import pytest

from upwell.knowledge.pharmacology import load_model
from upwell.science.pharmacology import Dose, People, Person, band, every_curve, population
from upwell.science.pharmacology.bands import STRETCH
from upwell.science.pharmacology.draws import covariance_matrix, draw
from upwell.science.pharmacology.parameters import individual

DRIP = Dose("iv", 28, infusion_min=40)
FILM = Dose("sublingual", 50)


@pytest.mark.parametrize(
    ("model", "name", "value"),
    [
        ("fanta-otto-2021", "v1", 0.084177),
        ("fanta-otto-2021", "cln", 0.10319),
        ("perez-ruixo-2021", "vc", math.log(1 + 0.275**2)),
        ("perez-ruixo-2021", "kel", math.log(1 + 1.20**2)),
        ("perez-ruixo-2021", "fr_nose", 0.708**2),
        ("simons-2022", "vh1", 1.22),
        ("simons-2022", "d2", 0.611),
    ],
)
def test_variances_as_printed(model: str, name: str, value: float) -> None:
    names, omega = covariance_matrix(load_model(model))
    place = names.index(name)
    assert omega[place, place] == pytest.approx(value)
    drawn = draw(load_model(model), 40_000, seed=11).values[:, place]
    assert drawn.var() == pytest.approx(value, rel=0.03)
    assert abs(drawn.mean()) < 0.02 * math.sqrt(value) + 0.01


def test_covariances_as_printed_and_kmet_has_none() -> None:
    names, omega = covariance_matrix(load_model("fanta-otto-2021"))
    assert names == ("v1", "cl", "vn", "cln")
    assert (omega[0, 1], omega[2, 3], omega[0, 2]) == (0.02261, 0.04456, 0)
    assert "kmet" not in covariance_matrix(load_model("perez-ruixo-2021"))[0]


def test_the_nose_takes_a_fraction() -> None:
    """On the logit scale nobody takes up more than all, not even the Japanese factor on top."""
    model = load_model("perez-ruixo-2021")
    people = People.of([Person.of(ancestry="japanese")], 5000)
    values = individual(model, people, draw(model, 5000, seed=2).part(slice(None)))
    assert 0 < values["fr_nose"].min() < 0.3
    assert 0.95 < values["fr_nose"].max() < 1
    assert np.median(values["fr_nose"]) == pytest.approx(0.54 * 1.34, abs=0.01)


def test_the_same_seed_gives_the_same_people_and_more_begin_with_them() -> None:
    model = load_model("simons-2022")
    few, many = draw(model, 10, seed=4), draw(model, 500, seed=4)
    assert (many.values[:10] == few.values).all()
    assert not (draw(model, 10, seed=5).values == few.values).any()


@pytest.mark.parametrize(("model", "dose"), [("simons-2022", FILM), ("fanta-otto-2021", DRIP)])
@pytest.mark.parametrize("points", [5, STRETCH * 4, 301])
def test_percentiles_are_those_of_every_curve(model: str, dose: Dose, points: int) -> None:
    checked, count, step = load_model(model), 700, 2.0
    times = step * np.arange(points)
    seen = band(checked, [dose], [Person.of(60), Person.of(100)], times, count=count, seed=9)
    people = People.of([Person.of(60), Person.of(100)], count)
    curves = every_curve(checked, [dose], people, draw(checked, count, 9), step, points)
    for place, analyte in enumerate(seen.percentiles):
        for percent, name in ((5, "p5"), (50, "p50"), (95, "p95")):
            expected = np.percentile(curves[:, :, place], percent, axis=0)
            assert seen.percentiles[analyte][name] == pytest.approx(expected, rel=1e-9, abs=1e-9)
            assert seen.cmax[analyte][name] == pytest.approx(
                np.percentile(curves[:, :, place].max(axis=1), percent)
            )


def test_uneven_times_give_the_same_band() -> None:
    model = load_model("simons-2022")
    even = band(model, [FILM], [Person.of()], np.arange(0, 61.0), count=60, seed=1)
    uneven = band(model, [FILM], [Person.of()], np.array([0.0, 7.0, 19.0, 60.0]), count=60, seed=1)
    for name, curve in uneven.percentiles["ketamine"].items():
        expected = even.percentiles["ketamine"][name][[0, 7, 19, 60]]
        assert curve == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_areas_of_people_are_dose_over_clearance() -> None:
    model = load_model("fanta-otto-2021")
    seen = band(model, [DRIP], [Person.of()], np.arange(0, 61.0), count=500, seed=1)
    clearances = (
        individual(model, People.of([Person.of()], 500), draw(model, 500, 1).part(slice(None)))["cl"] * 60
    )
    for percent, name in ((5, "p5"), (50, "p50"), (95, "p95")):
        expected = np.percentile(28_000 / clearances, percent)
        assert seen.auc_inf_ng_h_ml["ketamine"][name] == pytest.approx(expected, rel=1e-9)


def test_the_band_says_what_it_holds() -> None:
    document = population("simons-2022", n=50, route="sublingual", dose_mg=50, until_min=60).as_json()
    assert document["population"]["band_percent"] == 90
    assert "occasions" in document["population"]["variability"]
    json.dumps(document, allow_nan=False)


def test_ten_thousand_people_stay_under_200_megabytes() -> None:
    """Three analytes, 24 hours, a point each minute: percentiles without keeping the curves (346 MB)."""
    code = (
        "from upwell.science.pharmacology import population;"
        "population('simons-2022', n=10_000, route='sublingual', dose_mg=50);"
        "print(next(int(one.split()[1]) / 1024 for one in open('/proc/self/status') if one.startswith('VmHWM')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert float(done.stdout) < 200
