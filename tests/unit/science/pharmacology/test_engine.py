"""The engine against formulas on paper: equal and nearly equal rates, zero and tiny ones, thousands of doses."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest

from tests.unit.science.pharmacology.small_models import absorbed, chain, one_compartment
from upwell.knowledge.pharmacology import load_model
from upwell.science.pharmacology import Dose, People, Person, every_curve, expose, simulate, steady_state
from upwell.science.pharmacology.exponential import exponential

TIMES = [0.0, 0.1, 1.0, 3.0, 10.0, 33.3, 100.0, 300.0]


def curve(model: object, route: str, times: list[float] = TIMES, **dose: float) -> np.ndarray:  # type: ignore[type-arg]
    seen = expose(model, [Dose(route, 1.0, **dose)], times_min=times)  # type: ignore[arg-type]
    return seen.conc_ng_ml["ketamine"] / 1000


def test_bolus_and_infusion_into_one_compartment() -> None:
    k, times = 0.05, np.array(TIMES)
    assert curve(one_compartment(k), "iv") == pytest.approx(np.exp(-k * times), rel=1e-13)
    ours = curve(one_compartment(k), "iv", infusion_min=33.3)
    after = (1 - math.exp(-k * 33.3)) * np.exp(-k * (times - 33.3))
    assert ours == pytest.approx(np.where(times < 33.3, 1 - np.exp(-k * times), after) / k / 33.3, rel=1e-12)


def test_first_order_with_lag() -> None:
    """Bateman's function, later."""
    ka, k, lag, times = 0.2, 0.05, 2.5, np.array(TIMES)
    late = np.maximum(times - lag, 0)
    assert curve(absorbed(ka, k, lag=lag), "oral") == pytest.approx(
        ka / (ka - k) * (np.exp(-k * late) - np.exp(-ka * late)), rel=1e-12, abs=1e-16
    )


@pytest.mark.parametrize("apart", [0.0, 1e-15, 1e-12, 1e-9, 1e-6, 1e-3])
def test_equal_and_nearly_equal_rates(apart: float) -> None:
    """ka next to k, where Bateman's formula divides nothing by nothing: k t exp(-k t) and its first terms."""
    k, times = 0.05, np.array(TIMES)
    ka = k * (1 + apart)
    x = (ka - k) * times
    safe = np.where(np.abs(x) < 1e-4, 1 - x / 2 + x**2 / 6, -np.expm1(-x) / np.where(x == 0, 1, x))
    expected = ka * times * np.exp(-k * times) * safe
    assert curve(absorbed(ka, k), "oral") == pytest.approx(expected, rel=1e-11, abs=1e-16)


@pytest.mark.parametrize("length", [1, 2, 5, 20])
def test_chains_of_equal_rates(length: int) -> None:
    """A matrix without enough eigenvectors: the Gamma density (k t)^n exp(-k t) / n!."""
    k, times = 0.3, np.array(TIMES[1:])
    ours = curve(chain(length, k), "oral", TIMES[1:])
    assert ours == pytest.approx(
        (k * times) ** length * np.exp(-k * times) / math.factorial(length), rel=1e-11
    )
    seen = expose(chain(length, k), [Dose("oral", 1.0)])
    assert seen.tmax_min["ketamine"] == pytest.approx(length / k, abs=1e-6)
    peak = length**length * math.exp(-length) / math.factorial(length)
    assert seen.cmax["ketamine"] == pytest.approx(1000 * peak, rel=1e-12)
    assert seen.half_life_h["ketamine"] == pytest.approx(math.log(2) / k / 60, rel=1e-12)
    assert seen.auc_inf_ng_h_ml["ketamine"] == pytest.approx(1000 / k / 60, rel=1e-12)


def test_small_concentrations_keep_their_digits() -> None:
    late = [1000.0, 5000.0, 10000.0]
    assert curve(one_compartment(0.05), "iv", late) == pytest.approx(
        np.exp(-0.05 * np.array(late)), rel=1e-9, abs=0
    )


@pytest.mark.parametrize("k", [0.0, 1e-300, 1e-12])
def test_zero_and_tiny_rates(k: float) -> None:
    seen = expose(one_compartment(k), [Dose("iv", 1.0, infusion_min=10)], times_min=[0, 5, 10, 1e5])
    assert seen.conc_ng_ml["ketamine"] == pytest.approx([0, 500, 1000, 1000], rel=1e-6)
    assert seen.cmax["ketamine"] == pytest.approx(1000, rel=1e-6)
    if k == 0:
        assert seen.auc_inf_ng_h_ml["ketamine"] is None
        assert seen.half_life_h["ketamine"] is None
    else:
        assert seen.auc_inf_ng_h_ml["ketamine"] == pytest.approx(1000 / k / 60, rel=1e-9)
    assert seen.auc_0_24_ng_h_ml["ketamine"] == pytest.approx(1000 * (1440 - 5) / 60, rel=1e-6)


def test_nothing_absorbed_is_nothing() -> None:
    seen = expose(absorbed(0.0, 0.05), [Dose("oral", 1.0)])
    assert (seen.cmax["ketamine"], seen.auc_inf_ng_h_ml["ketamine"]) == (0.0, 0.0)
    assert expose(one_compartment(0.05), [Dose("iv", 0.0)]).cmax["ketamine"] == 0


def test_a_vanishing_infusion_is_a_bolus() -> None:
    short = curve(one_compartment(0.05), "iv", TIMES[1:], infusion_min=1e-9)
    assert short == pytest.approx(curve(one_compartment(0.05), "iv", TIMES[1:]), rel=1e-9)


def test_thousands_of_doses_add_up() -> None:
    """Five thousand doses, an hour apart, against the sum on paper; and in seconds."""
    k, count, gap = 0.001, 5000, 60.0
    began = time.process_time()
    doses = [Dose("iv", 1.0, at_min=gap * place) for place in range(count)]
    times = [gap * (count - 1) + 1, gap * (count - 1) + 50]
    seen = expose(one_compartment(k), doses, times_min=[0.0, 30.0, *times])
    assert time.process_time() - began < 10
    expected = [sum(math.exp(-k * (t - gap * place)) for place in range(count)) * 1000 for t in times]
    assert seen.conc_ng_ml["ketamine"][2:] == pytest.approx(expected, rel=1e-11)
    assert seen.cmax["ketamine"] == pytest.approx(1000 / (1 - math.exp(-k * gap)), rel=1e-9)


def test_several_routes_at_once() -> None:
    times = [0.0, 15.0, 30.0, 60.0, 240.0]
    model = load_model("perez-ruixo-2021")
    nose, vein = Dose("intranasal", 56), Dose("iv", 10, at_min=30, infusion_min=40)
    both = expose(model, [nose, vein], times_min=times).conc_ng_ml["ketamine"]
    apart = [expose(model, [one], times_min=times).conc_ng_ml["ketamine"] for one in (nose, vein)]
    assert both == pytest.approx(apart[0] + apart[1], rel=1e-12)


def test_time_above() -> None:
    """One compartment: ln(c0 / threshold) / k; and a threshold that only the peak between two looks passes."""
    seen = expose(one_compartment(0.05), [Dose("iv", 1.0)], above_ng_ml=250.0)
    assert seen.above["minutes"]["ketamine"] == pytest.approx(math.log(4) / 0.05, rel=1e-9)
    peak = expose(chain(3, 0.3), [Dose("oral", 1.0)]).cmax["ketamine"]
    barely = expose(chain(3, 0.3), [Dose("oral", 1.0)], above_ng_ml=peak * (1 - 1e-9)).above["minutes"][
        "ketamine"
    ]
    assert 0 < barely < 0.01
    assert (
        expose(chain(3, 0.3), [Dose("oral", 1.0)], above_ng_ml=peak * 1.001).above["minutes"]["ketamine"] == 0
    )


def test_peaks_do_not_depend_on_the_grid() -> None:
    coarse = simulate("simons-2022", route="sublingual", dose_mg=50, times_min=[0, 700]).exposure
    fine = simulate("simons-2022", route="sublingual", dose_mg=50, until_min=120).exposure
    assert coarse.cmax == fine.cmax
    assert coarse.tmax_min == fine.tmax_min


def test_steady_state_is_what_many_doses_come_to() -> None:
    every = 12.0
    for model, route in (
        ("perez-ruixo-2021", "intranasal"),
        ("simons-2022", "sublingual"),
        ("domino-1982", "iv"),
    ):
        times = [0.0, 7.0, 45.0, 300.0, 719.0]
        endless = simulate(
            model, route=route, dose_mg=28, every_h=every, steady_state=True, times_min=times
        ).exposure
        start = 60 * every * 199
        many = simulate(
            model,
            route=route,
            dose_mg=28,
            every_h=every,
            repeat=200,
            times_min=[start + one for one in times],
        ).exposure
        once = simulate(model, route=route, dose_mg=28).exposure
        for analyte, ours in endless.conc_ng_ml.items():
            assert ours == pytest.approx(many.conc_ng_ml[analyte], rel=1e-8)
            assert endless.cmax[analyte] == pytest.approx(many.cmax[analyte], rel=1e-8)
            # over one interval, as much as one dose gives in all
            assert endless.steady["auc_interval_ng_h_ml"][analyte] == pytest.approx(
                once.auc_inf_ng_h_ml[analyte], rel=1e-9
            )


def test_steady_state_of_a_bolus_on_paper() -> None:
    k, hours = 0.01, 2.0
    seen = steady_state(one_compartment(k), Dose("iv", 1.0), hours, times_min=[0.0, 60.0])
    left = math.exp(-k * 120)
    assert seen.conc_ng_ml["ketamine"] == pytest.approx(
        [1000 / (1 - left), 1000 / (1 - left) * math.exp(-0.6)]
    )
    assert seen.steady["before_dose_ng_ml"]["ketamine"] == pytest.approx(1000 * left / (1 - left))


def test_the_exponential_of_many_matrices_at_once() -> None:
    """Against SciPy's, for matrices of very different size."""
    from scipy.linalg import expm

    chance = np.random.default_rng(5)
    rates = chance.exponential(size=(40, 6, 6)) * 10.0 ** chance.uniform(-6, 1, (40, 1, 1))
    rates[:, range(6), range(6)] = 0
    rates[:, range(6), range(6)] = -rates.sum(axis=1) * 1.1
    times = 10.0 ** chance.uniform(-2, 2, 40)
    for one, minutes, ours in zip(rates, times, exponential(rates, times), strict=True):
        assert np.abs(ours - expm(one * minutes)).max() <= 1e-12
        assert (ours >= 0).all()


def test_people_at_their_own_moments_between_points() -> None:
    """Inputs that end between two points, at another moment in each person: the grid gives what a person alone gets."""
    from upwell.science.pharmacology.draws import draw

    model = load_model("simons-2022")
    drawn = draw(model, 40, seed=3)
    dose = Dose("sublingual", 50)
    together = every_curve(model, [dose], People.of([Person.of()], 40), drawn, 1.0, 400)
    shifted = every_curve(
        model, [Dose("sublingual", 50, at_min=0.5)], People.of([Person.of()], 40), drawn, 0.5, 800
    )
    assert np.abs(shifted[:, 1::2] - together).max() <= 1e-9 * together.max()
