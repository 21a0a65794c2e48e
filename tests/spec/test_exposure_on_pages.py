"""What pages of exposure compute: clearances side by side, weights, timing, and the curve of doses really given."""

from __future__ import annotations

import pytest

from upwell.knowledge.pharmacology.pages import load_pages
from upwell.pathway.exposure import Given, predicted_for_session
from upwell.pathway.exposure.planning import Plan, Wanted, plan
from upwell.pathway.exposure.timing import timing_of
from upwell.science.pharmacology import Person, simulate


def planned(substance: str, *wanted: Wanted, weight_kg: float = 70) -> Plan:
    return plan(substance, wanted, Person.of(weight_kg))


# --- planning ---
def test_label_and_models_disagree_about_clearance() -> None:
    """Reference 5.5: the label says 89 L/h, Perez-Ruixo's parameters 109, its text 114."""
    found = {one.model or one.text: one.litres_per_hour for one in planned("esketamine").clearances}
    assert found["the label, after an infusion"] == 89
    assert found["perez-ruixo-2021"] == pytest.approx(109.0, abs=0.05)
    assert found["fanta-otto-2021"] == pytest.approx(95.2)
    assert 114 in found.values()
    racemic = [one.litres_per_hour for one in planned("racemic-ketamine").clearances]
    assert racemic == pytest.approx([79, 80.2, 115.9], abs=0.05)


def test_heavier_people_get_more_at_the_same_mg_per_kg() -> None:
    """Clearance grows with weight to the power 0.75, so the area grows with its power 0.25."""
    for substance in ("esketamine", "racemic-ketamine"):
        found = planned(substance, Wanted("iv", 35, 40))
        assert found.mg_per_kg == pytest.approx(0.5)
        for one in found.heavier:
            assert one.dose_mg == pytest.approx(one.weight_kg / 2)
            assert one.auc_percent == pytest.approx(100 * (one.weight_kg / 50) ** 0.25)


def test_routes_with_a_band_and_without() -> None:
    s_ketamine = planned(
        "esketamine", Wanted("iv", 20, 20), Wanted("intranasal", 84), Wanted("sublingual", 50)
    )
    assert [one.wanted.route for one in s_ketamine.cases] == ["iv", "intranasal", "sublingual"]
    assert all(one.seen.population is not None for one in s_ketamine.cases)
    racemic = planned("racemic-ketamine", Wanted("iv", 35, 40), Wanted("im", 35))
    assert [one.model.id for one in racemic.cases] == ["clements-1981", "domino-1982", "clements-1981"]
    assert [one.timing_only for one in racemic.cases] == [False, False, True]
    assert all(one.seen.population is None for one in racemic.cases)
    assert {route for route, _seen in racemic.without_model} == {
        "sc",
        "sublingual",
        "oral",
        "intranasal",
        "rectal",
    }


def test_asking_again_costs_nothing() -> None:
    assert planned("esketamine", Wanted("iv", 20, 20)) is planned("esketamine", Wanted("iv", 20, 20))


def test_effects_are_published_and_dissociation_is_no_target() -> None:
    """Reference 5.6: drug high C50 71 ng/mL; blood pressure +19.6/+13.4 mmHg."""
    pages = load_pages()
    effects = {one.id: one for one in pages.effects}
    assert effects["drug-high"].concentration_ng_ml == 71
    assert "19.6" in effects["blood-pressure"].text
    assert "never a target" in pages.not_a_target.text
    assert not any("dissociat" in one.text.lower() for one in pages.effects)


# --- timing ---
@pytest.mark.parametrize(
    ("substance", "route", "minutes", "devices", "peak"),
    [
        ("racemic-ketamine", "iv", 40, None, 40),  # the end of the drip
        ("racemic-ketamine", "im", None, None, 22),  # Grant 1981
        ("esketamine", "intranasal", None, 3, 44),  # the label: 20 to 40 minutes after the last spray
        ("esketamine", "sublingual", None, None, 19),  # Simons 2022
    ],
)
def test_timing(substance: str, route: str, minutes: float | None, devices: int | None, peak: float) -> None:
    found = timing_of(substance, route, minutes, devices)
    assert found is not None
    assert found.peaks_min == pytest.approx(peak, abs=2)
    assert found.passes_min is not None
    assert 0 < found.starts_min < found.peaks_min < found.passes_min
    assert max(share for _minute, share in found.curve) <= 1 + 1e-9


@pytest.mark.parametrize("route", ["sublingual", "oral", "intranasal", "sc"])
def test_no_curve_where_no_model_was_published(route: str) -> None:
    assert timing_of("racemic-ketamine", route) is None
    assert predicted_for_session("racemic-ketamine", route, [Given(50, 0)], 70, 40) is None


# --- the bedside ---
def test_three_devices_are_one_dose_as_published() -> None:
    """Perez-Ruixo, table 4: 84 mg in three devices peak at 101.0 ng/mL; three first devices would give far more."""
    given = [Given(28, 0), Given(28, 5), Given(28, 10)]
    found = predicted_for_session("esketamine", "intranasal", given, 70, 40)
    assert found is not None
    assert not found.timing_only
    assert max(height for _minute, height in found.points) == pytest.approx(101.0, rel=0.02)


def test_an_infusion_in_two_pieces_is_the_whole_one() -> None:
    whole = predicted_for_session("racemic-ketamine", "iv", [Given(35, 0, 40)], 70, 40)
    parts = predicted_for_session("racemic-ketamine", "iv", [Given(17.5, 0, 20), Given(17.5, 20, 20)], 70, 40)
    assert whole is not None
    assert parts is not None
    assert [y for _x, y in parts.points] == pytest.approx([y for _x, y in whole.points])
    ours = simulate("clements-1981", route="iv", dose_mg=35, infusion_min=40).exposure.cmax["ketamine"]
    assert max(height for _minute, height in whole.points) == pytest.approx(ours)


def test_into_a_muscle_there_is_no_concentration() -> None:
    found = predicted_for_session("racemic-ketamine", "im", [Given(35, 0)], 70, 40)
    assert found is not None
    assert found.timing_only
    assert "243" in found.observed
    assert max(height for _minute, height in found.points) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("given", [[], [Given(0.0, 0)], [Given(90_000, 0)]])
def test_slips_draw_nothing_and_break_nothing(given: list[Given]) -> None:
    found = predicted_for_session("esketamine", "intranasal", given, 5000, -3)
    assert found is None or max(height for _minute, height in found.points) == 0


def test_kept_by_the_doses() -> None:
    one, again = (predicted_for_session("esketamine", "intranasal", [Given(28, 0)], 70, 40) for _ in range(2))
    assert one is again
