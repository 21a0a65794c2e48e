"""What holds for every model, dose and person: mass is kept, curves scale and add, nothing is negative."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from upwell.knowledge.pharmacology import known_models, load_model
from upwell.science.pharmacology import Dose, Person, expose
from upwell.science.pharmacology.doses import check_doses
from upwell.science.pharmacology.parameters import individual
from upwell.science.pharmacology.person import People
from upwell.science.pharmacology.system import build_system, entries
from upwell.science.pharmacology.timeline import Timeline

ROUTES = [(name, route) for name in known_models() for route in load_model(name).routes]
people = st.builds(
    Person.of,
    st.floats(30, 200),
    st.floats(18, 95),
    st.sampled_from([None, "asian", "japanese", "non-asian"]),
)
TIMES = [0.0, 1.0, 10.0, 40.0, 100.0, 500.0, 1440.0]


@st.composite
def dose(draw: Any, route: str) -> Dose:
    infusion = draw(st.one_of(st.none(), st.floats(0.01, 600))) if route == "iv" else None
    devices = draw(st.integers(1, 5)) if route == "intranasal" else None
    return Dose(
        route,
        draw(st.floats(0.1, 500)),
        draw(st.floats(0, 300).map(lambda one: round(one, 3))),
        infusion,
        devices,
    )


@pytest.mark.parametrize(("name", "route"), ROUTES)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_mass_is_kept(name: str, route: str, data: Any) -> None:
    """At any time: what is in the body and what has left make what was given times F.

    Of each compartment, outflow = rate times its area; F may add to more than 1 where it is apparent.
    """
    model, who, one = load_model(name), data.draw(people), data.draw(dose(route))
    checked = check_doses(model, [one])
    values = individual(model, People.of([who]))
    system = build_system(model, values, checked, model.analytes)
    put_in = entries(model, system, values, checked)
    line = Timeline(system, put_in)
    until = 4000.0
    now = line.at(np.array([until]))[0, : line.size]
    given_in = np.zeros(line.size)
    for part in put_in:
        given_in[part.state] += part.amount[0]
    # stays: x(T) = given + A ∫x, with ∫x from an exact integral of every compartment
    steps = np.linspace(0, until, 4001)
    amounts = line.at(steps)[:, : line.size]
    breaks = [float(start) for start in line.breaks if 1e-6 < start < until]
    exact = _integrals(line, sorted({0.0, *breaks, until}))
    balance = given_in + system.rates[0] @ exact
    assert now == pytest.approx(balance, rel=1e-8, abs=1e-9 * given_in.sum())
    assert (amounts >= 0).all()
    inside = amounts.sum(axis=1)
    assert inside.max() <= given_in.sum() * (1 + 1e-9)


def _integrals(line: Timeline, stops: list[float]) -> Any:
    """Areas of all compartments, by Gauss's rule on short pieces."""
    nodes, weights = np.polynomial.legendre.leggauss(12)
    total = np.zeros(line.size)
    for start, end in pairwise(stops):
        edges = np.unique(
            [start, *(start + np.geomspace(min(0.05, (end - start) / 4), end - start, 40)[:-1]), end]
        )
        for low, high in pairwise(edges):
            at = low + (nodes + 1) / 2 * (high - low)
            total += weights @ line.at(at)[:, : line.size] * (high - low) / 2
    return total


def test_a_slope_that_is_exactly_zero_is_the_peak() -> None:
    """Half-way between two looks the slope of this curve is 0.0 to the last digit."""
    model, who = load_model("simons-2022"), Person.of(192.75, 18.0, None)
    whole, part = (expose(model, [Dose("iv", mg, 0.0, 482.0)], who, TIMES) for mg in (1.0, 0.75))
    for key, height in whole.cmax.items():
        assert part.cmax[key] == pytest.approx(height * 0.75, rel=1e-12)


@pytest.mark.parametrize("factor", [1.0, 3.0])
def test_a_peak_just_before_an_input_ends(factor: float) -> None:
    """The two looks at the end of the input differ in their last digit; the peak lies before both."""
    doses = [Dose("intranasal", 3.0 * factor, devices=3)]
    seen = expose(load_model("perez-ruixo-2021"), doses, Person.of(30.0, 18.0, "japanese"), TIMES)
    assert seen.tmax_min["ketamine"] == pytest.approx(41.71, abs=0.005)


@pytest.mark.parametrize(("name", "route"), ROUTES)
@settings(max_examples=15, deadline=None)
@given(data=st.data(), factor=st.floats(0.01, 3))
def test_twice_the_dose_is_twice_the_curve(name: str, route: str, data: Any, factor: float) -> None:
    model, who, one = load_model(name), data.draw(people), data.draw(dose(route))
    more = Dose(route, one.dose_mg * factor, one.at_min, one.infusion_min, one.devices or 1)
    if route != "intranasal":
        more = Dose(route, one.dose_mg * factor, one.at_min, one.infusion_min)
    first, second = expose(model, [one], who, TIMES), expose(model, [more], who, TIMES)
    for key, curve in first.conc_ng_ml.items():
        scale = first.cmax[key] * factor
        assert second.conc_ng_ml[key] == pytest.approx(curve * factor, rel=1e-9, abs=1e-11 * scale)
        assert second.cmax[key] == pytest.approx(scale, rel=1e-9)
        assert (curve >= 0).all()
        assert curve.max() <= first.cmax[key] * (1 + 1e-9)


@pytest.mark.parametrize(("name", "route"), ROUTES)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_doses_add(name: str, route: str, data: Any) -> None:
    model, who = load_model(name), data.draw(people)
    doses = data.draw(st.lists(dose(route), min_size=2, max_size=4))
    together = expose(model, doses, who, TIMES)
    apart = [expose(model, [one], who, TIMES) for one in doses]
    for key, curve in together.conc_ng_ml.items():
        total = np.sum([one.conc_ng_ml[key] for one in apart], axis=0)
        assert curve == pytest.approx(total, rel=1e-9, abs=1e-10 * together.cmax[key])
        areas = [one.auc_inf_ng_h_ml[key] for one in apart]
        assert together.auc_inf_ng_h_ml[key] == pytest.approx(sum(one or 0 for one in areas), rel=1e-9)
