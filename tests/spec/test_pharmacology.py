"""Published exposure against ours: the table that also makes the validation page (reference: section 5)."""

from __future__ import annotations

import math

import pytest

from upwell.base.errors import BadInput
from upwell.science.pharmacology import observed, show, simulate
from upwell.science.pharmacology.validation import Row, validation_table

ROWS = validation_table()


@pytest.mark.parametrize(
    "row", ROWS, ids=[f"{row.model}, {row.given}: {row.analyte} {row.measure}" for row in ROWS]
)
def test_published_values(row: Row) -> None:
    assert row.holds, f"{row.published} published, {row.ours:.4g} ours: {row.error_percent:+.1f} %"


@pytest.mark.parametrize(
    ("mg", "devices", "cmax", "auc"), [(28, 1, 43.8, 147.3), (56, 2, 72.5, 254.7), (84, 3, 101.0, 362.2)]
)
def test_perez_ruixo_table_4_within_two_percent(mg: float, devices: int, cmax: float, auc: float) -> None:
    seen = simulate("perez-ruixo-2021", route="intranasal", dose_mg=mg, devices=devices).exposure
    assert seen.cmax["ketamine"] == pytest.approx(cmax, rel=0.02)
    assert seen.auc_0_24_ng_h_ml["ketamine"] == pytest.approx(auc, rel=0.02)


@pytest.mark.parametrize(
    ("model", "what", "value", "tolerance"),
    [
        ("perez-ruixo-2021", "extraction", 0.7219, 5e-5),
        ("perez-ruixo-2021", "clearance", 109.0, 0.05),
        ("perez-ruixo-2021", "f_oral", 0.178, 5e-4),
        ("perez-ruixo-2021", "f_intranasal_1", 0.622, 5e-4),
        ("perez-ruixo-2021", "f_intranasal_2", 0.538, 5e-4),
        ("perez-ruixo-2021", "f_intranasal_3", 0.509, 5e-4),
        ("fanta-otto-2021", "clearance", 95.2, 1e-9),
        ("clements-1981", "clearance", 80.2, 0.05),
        ("clements-1981", "volume_steady_state", 289, 0.5),
        ("domino-1982", "clearance", 115.9, 0.05),
    ],
)
def test_what_follows_from_the_parameters(model: str, what: str, value: float, tolerance: float) -> None:
    assert show(model)["derived"][what]["value"] == pytest.approx(value, abs=tolerance)


@pytest.mark.parametrize(("mg", "devices", "f"), [(28, 1, 0.622), (56, 2, 0.538), (84, 3, 0.509)])
def test_bioavailability_by_nose_from_areas(mg: float, devices: int, f: float) -> None:
    """The area by nose over that into a vein, not from the formula."""
    nose = simulate("perez-ruixo-2021", route="intranasal", dose_mg=mg, devices=devices).exposure
    vein = simulate("perez-ruixo-2021", route="iv", dose_mg=mg).exposure
    assert _area(nose) / _area(vein) == pytest.approx(f, abs=5e-4)
    assert mg * 1000 / _area(vein) == pytest.approx(109.0, abs=0.05)


def test_oral_bioavailability_from_areas() -> None:
    mouth = simulate("perez-ruixo-2021", route="oral", dose_mg=100).exposure
    vein = simulate("perez-ruixo-2021", route="iv", dose_mg=100).exposure
    assert _area(mouth) / _area(vein) == pytest.approx(0.178, abs=5e-4)


def _area(exposure: object) -> float:
    area = exposure.auc_inf_ng_h_ml["ketamine"]  # type: ignore[attr-defined]
    assert isinstance(area, float)
    return area


# --- what a paper can't reproduce is not offered ---
def test_noresketamine_of_perez_ruixo_is_one_number() -> None:
    seen = simulate("perez-ruixo-2021", route="intranasal", dose_mg=84).exposure
    assert list(seen.cmax) == ["ketamine", "norketamine"]
    for part in (
        seen.conc_ng_ml,
        seen.tmax_min,
        seen.auc_inf_ng_h_ml,
        seen.auc_0_24_ng_h_ml,
        seen.half_life_h,
    ):
        assert list(part) == ["ketamine"]


@pytest.mark.parametrize(
    ("substance", "route", "named"),
    [
        ("racemic-ketamine", "sublingual", "F 29 %"),
        ("racemic-ketamine", "oral", "45 ± 10"),
        ("racemic-ketamine", "intranasal", "60.8"),
        ("racemic-ketamine", "sc", "No observed values"),
        ("racemic-ketamine", "oral", "40 mg prolonged-release tablet: F 15 %"),
        ("racemic-ketamine", "rectal", "No observed values"),
    ],
)
def test_routes_without_a_model_name_what_was_observed(substance: str, route: str, named: str) -> None:
    with pytest.raises(BadInput, match="no published model") as refused:
        simulate(None, substance=substance, route=route, dose_mg=50)
    assert named in refused.value.message
    assert refused.value.path == "route"
    with pytest.raises(BadInput, match="no published model"):
        simulate("clements-1981", route=route, dose_mg=50)


@pytest.mark.parametrize("model", ["clements-1981", "domino-1982"])
def test_no_band_without_published_variability(model: str) -> None:
    with pytest.raises(BadInput, match="No variability was published") as refused:
        simulate(model, route="iv", dose_mg=35, n=100)
    assert refused.value.path == "n"


# --- covariates ---
@pytest.mark.parametrize(("age", "qh"), [(60, 151.0), (61, 148.81), (70, 129.1)])
def test_liver_flow_falls_from_sixty(age: float, qh: float) -> None:
    """CL = Qh E, at, below and above the threshold."""
    seen = simulate("perez-ruixo-2021", route="iv", dose_mg=100, age_years=age).exposure
    cleared = qh * 101 * 3.88 / (qh + 101 * 3.88)
    assert 100_000 / _area(seen) == pytest.approx(cleared, rel=1e-9)


@pytest.mark.parametrize(
    ("ancestry", "kel", "frn"),
    [(None, 1.11, 0.54), ("non-asian", 1.11, 0.54), ("asian", 0.3996, 0.54), ("japanese", 0.3996, 0.7236)],
)
def test_ancestry_changes_elimination_and_nose(ancestry: str | None, kel: float, frn: float) -> None:
    given = {"ancestry": ancestry, "dose_mg": 28.0}
    vein = simulate("perez-ruixo-2021", route="iv", **given).exposure  # type: ignore[arg-type]
    nose = simulate("perez-ruixo-2021", route="intranasal", **given).exposure  # type: ignore[arg-type]
    extracted = 101 * (kel + 2.77) / (151 + 101 * (kel + 2.77))
    assert 28_000 / _area(vein) == pytest.approx(151 * extracted, rel=1e-9)
    assert _area(nose) / _area(vein) == pytest.approx(frn + (1 - frn) * 0.64 * (1 - extracted), rel=1e-9)


@pytest.mark.parametrize("weight", [50.0, 70.0, 120.0])
def test_weight_as_each_model_says(weight: float) -> None:
    """Clearance: none in A, to the power 0.75 in B and C, in proportion in D and Domino."""
    for model, clearance, power in (
        ("perez-ruixo-2021", 109.0, 0.0),
        ("fanta-otto-2021", 95.2, 0.75),
        ("simons-2022", 88.8, 0.75),
        ("clements-1981", 80.215716, 1.0),
        ("domino-1982", 115.92126, 1.0),
    ):
        seen = simulate(model, route="iv", dose_mg=30, infusion_min=40, weight_kg=weight).exposure
        assert 30_000 / _area(seen) == pytest.approx(clearance * (weight / 70) ** power, rel=5e-4)


def test_metabolites_are_converted_where_the_model_says_so() -> None:
    """At the end of all, what came out as norketamine over what went in as ketamine: by weight, or not."""
    converted = simulate("simons-2022", route="iv", dose_mg=20).exposure
    assert converted.auc_inf_ng_h_ml["norketamine"] == pytest.approx(
        20_000 * 0.8 * (223.70 / 237.73) / 60.0,
        rel=1e-9,  # cleared at 1.00 L/min
    )
    plain = simulate("fanta-otto-2021", route="iv", dose_mg=20).exposure
    assert plain.auc_inf_ng_h_ml["norketamine"] == pytest.approx(20_000 / 57.72, rel=1e-9)


# --- what must be said ---
@pytest.mark.parametrize(
    ("model", "route", "said"),
    [
        ("perez-ruixo-2021", "iv", "89 L/h"),
        ("perez-ruixo-2021", "iv", "109.0 L/h"),
        ("simons-2022", "sublingual", "±20 %"),
        ("clements-1981", "im", "timing only"),
        ("clements-1981", "im", "about 243"),
        ("clements-1981", "iv", "No variability"),
        ("fanta-otto-2021", "iv", "not converted by molecular weight"),
    ],
)
def test_warnings(model: str, route: str, said: str) -> None:
    seen = simulate(model, route=route, dose_mg=30).exposure
    assert seen.warnings[0] == "Context from published models, never a recommendation of a dose."
    assert any(said in one for one in seen.warnings)


def test_muscle_shows_timing_only() -> None:
    seen = simulate("clements-1981", route="im", dose_mg=35)
    assert seen.as_json()["timing_only"]
    assert 20 <= seen.exposure.tmax_min["ketamine"] <= 24
    assert 143 <= seen.exposure.cmax["ketamine"] <= 154
    assert not simulate("clements-1981", route="iv", dose_mg=35).as_json()["timing_only"]


def test_observed_values_are_all_there() -> None:
    assert {(row["substance"], row["route"]) for row in observed()} >= {
        ("racemic-ketamine", one) for one in ("iv", "im", "sublingual", "oral", "intranasal")
    }
    assert all(row["source"] for row in observed())


def test_half_lives_are_those_of_the_slowest_phase() -> None:
    """Domino's three rates are the roots of the textbook cubic."""
    k10, k12, k13, k21, k31 = 0.4381, 0.5921, 0.5900, 0.2470, 0.0146
    seen = simulate("domino-1982", route="iv", dose_mg=35).exposure
    half_life = seen.half_life_h["ketamine"]
    assert half_life is not None
    root = math.log(2) / (half_life * 60)
    cubic = (
        (root - k10 - k12 - k13) * (root - k21) * (root - k31)
        - k12 * k21 * (root - k31)
        - k13 * k31 * (root - k21)
    )
    assert cubic == pytest.approx(0, abs=1e-12)
    assert root < k31
