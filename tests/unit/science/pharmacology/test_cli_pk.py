"""``upwell pk`` as people run it: the contract's JSON, what is refused, and that it starts at once."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from typing import Any
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from upwell.knowledge.pharmacology.loader import FOLDER
from upwell.knowledge.schemas import violations
from upwell.platform.cli_pk import app

SPRAY = ["simulate", "--model", "perez-ruixo-2021", "--route", "intranasal"]
DRIP = ["simulate", "--model", "fanta-otto-2021", "--route", "iv", "--dose-mg", "28", "--infusion-min", "40"]

MANY = [*DRIP, "--n", "9", "--people"]


def pk(*words: str) -> tuple[int, Any, str]:
    """Exit code, JSON, and what stands on stderr."""
    done = CliRunner().invoke(app, [*words, "--json"])
    return done.exit_code, json.loads(done.stdout) if done.stdout.strip() else None, done.stderr


def test_the_contracts_example() -> None:
    code, seen, _ = pk(*DRIP, "--times", "0,40,60", "--typical")
    assert code == 0
    assert violations("pk-exposure", seen) == []
    assert (seen["model"], seen["substance"], seen["sampling_site"]) == (
        "fanta-otto-2021",
        "esketamine",
        "venous",
    )
    assert seen["times_min"] == [0, 40, 60]
    for key in ("conc_ng_ml", "cmax", "tmax_min", "auc_inf_ng_h_ml", "auc_0_24_ng_h_ml", "half_life_h"):
        assert list(seen[key]) == ["ketamine", "norketamine"]
    assert seen["tmax_min"]["ketamine"] == 40
    assert seen["cmax"]["ketamine"] == seen["conc_ng_ml"]["ketamine"][1]
    assert len(seen["model_version"]) == 64


def test_a_grid_of_its_own_and_devices_of_their_own() -> None:
    _, seen, _ = pk(*SPRAY, "--dose-mg", "84")
    assert seen["times_min"] == list(range(1441))
    assert (seen["doses"][0]["devices"], seen["doses"][0]["device_interval_min"]) == (3, 5)
    assert "norketamine" in seen["cmax"]
    assert "norketamine" not in seen["conc_ng_ml"]
    assert violations("pk-exposure", seen) == []


def test_a_band_with_a_seed() -> None:
    words = [*DRIP, "--times", "0,40,60,200", "--n", "200", "--seed", "3"]
    _, seen, _ = pk(*words)
    assert violations("pk-exposure", seen) == []
    assert seen == pk(*words)[1]
    assert seen["population"] != pk(*words[:-1], "4")[1]["population"]
    band = seen["population"]["percentiles"]["ketamine"]
    assert band["p5"][1] < seen["conc_ng_ml"]["ketamine"][1] < band["p95"][1]
    assert seen["population"]["residual_error_included"] is False
    assert any("residual error is not in it" in one for one in seen["warnings"])
    _, same, _ = pk("population", *words[1:])
    assert same == seen


def test_a_band_over_a_table_of_people() -> None:
    people = '[{"weight_kg": 50}, {"weight_kg": 120, "age_years": 70}]'
    _, seen, _ = pk(*DRIP, "--times", "0,40", "--n", "100", "--people", people)
    assert seen["population"]["n"] == 100


def test_steady_state_courses_and_time_above() -> None:
    _, seen, _ = pk(*DRIP, "--steady-state", "--every-h", "12", "--above-ng-ml", "71", "--times", "0,40")
    assert violations("pk-exposure", seen) == []
    assert seen["steady_state"]["every_h"] == 12
    assert seen["auc_inf_ng_h_ml"]["ketamine"] is None
    assert 20 < seen["time_above"]["minutes"]["ketamine"] < 120
    _, course, _ = pk(*DRIP, "--repeat", "6", "--every-h", "84", "--until-min", "10080")
    assert len(course["doses"]) == 6


REFUSED: list[tuple[str, list[str], str, str]] = [
    ("a negative dose", [*SPRAY, "--dose-mg", "-28"], "dose_mg", "not plausible"),
    ("an absurd dose", [*SPRAY, "--dose-mg", "28000"], "dose_mg", "not plausible"),
    ("no number", [*SPRAY, "--dose-mg", "nan"], "dose_mg", "not a number"),
    ("infinity", [*SPRAY, "--dose-mg", "inf"], "dose_mg", "not a number"),
    ("a unit beside the number", [*SPRAY, "--dose-mg", "0.5mg/kg"], "dose_mg", "number alone"),
    ("no dose", SPRAY, "dose_mg", "milligrams"),
    ("no route", ["simulate", "--dose-mg", "28"], "route", "Say the route"),
    ("an infusion of no time", [*DRIP[:-1], "0"], "infusion_min", "not plausible"),
    ("a spray over minutes", [*SPRAY, "--dose-mg", "28", "--infusion-min", "5"], "infusion_min", "no infusion"),
    ("no devices", [*SPRAY, "--dose-mg", "28", "--devices", "0"], "devices", "not plausible"),
    ("half a device", [*SPRAY, "--dose-mg", "28", "--devices", "1.5"], "devices", "whole number"),
    ("devices into a vein", [*DRIP, "--devices", "2"], "devices", "no devices"),
    ("a model nobody wrote", ["simulate", "--model", "smith-1999", *DRIP[3:]], "model", "Known"),
    ("a route nobody knows", [*SPRAY[:-1], "nasal", "--dose-mg", "28"], "route", "no route"),
    ("a route of other models", [*DRIP[:4], "sublingual", "--dose-mg", "28"], "route", "simons-2022"),
    ("a racemic dose", [*DRIP, "--substance", "racemic-ketamine"], "substance", "not converted"),
    ("a substance nobody knows", [*DRIP, "--substance", "arketamine"], "substance", "no substance"),
    ("an ancestry nobody knows", [*DRIP, "--ancestry", "martian"], "ancestry", "japanese"),
    ("a weight of 820", [*DRIP, "--weight-kg", "820"], "weight_kg", "not plausible"),
    ("a weight of nothing", [*DRIP, "--weight-kg", "0"], "weight_kg", "not plausible"),
    ("an age of 400", [*DRIP, "--age", "400"], "age_years", "not plausible"),
    ("unsorted times", [*DRIP, "--times", "0,60,40"], "times.2", "in order"),
    ("a time twice", [*DRIP, "--times", "0,0"], "times.1", "in order"),
    ("a negative time", [*DRIP, "--times", "-5,0"], "times.0", "start at 0"),
    ("a time that is none", [*DRIP, "--times", "0,NaN"], "times.1", "not a number"),
    ("no times", [*DRIP, "--times", ""], "times.0", "not a number"),
    ("times and an end", [*DRIP, "--times", "0", "--until-min", "60"], "until_min", "not both"),
    ("an end at the start", [*DRIP, "--until-min", "0"], "until_min", "after its start"),
    ("no people", [*DRIP, "--n", "0"], "n", "not plausible"),
    ("a seed without people", [*DRIP, "--seed", "1"], "n", "goes with"),
    ("a negative seed", [*DRIP, "--n", "10", "--seed", "-1"], "seed", "no seed"),
    ("typical and many", [*DRIP, "--n", "10", "--typical"], "n", "choose one"),
    ("people of a kind unknown", [*MANY, '[{"weight": 5}]'], "people.0.weight", "not known"),
    ("a person of 820 kg", [*MANY, '[{}, {"weight_kg": 820}]'], "people.1.weight_kg", "820"),
    ("a course without hours", [*DRIP, "--repeat", "3"], "repeat", "both"),
    ("a steady state without hours", [*DRIP, "--steady-state"], "every_h", "hours"),
    ("doses that overlap", [*DRIP, "--steady-state", "--every-h", "0.5"], "every_h", "longer"),
    ("no variability", ["population", "--model", "domino-1982", "--route", "iv", "--dose-mg", "35"], "n", "No variab"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "words", "path", "said"), REFUSED, ids=[row[0] for row in REFUSED])
def test_bad_input_is_refused_in_words(what: str, words: Sequence[str], path: str, said: str) -> None:
    code, seen, stderr = pk(*words)
    assert code == 2, seen
    assert seen["error"]["code"] == "bad-input"
    assert seen["error"]["path"] == path
    assert said in seen["error"]["message"]
    assert stderr.startswith("Error: ")
    assert "Traceback" not in stderr


@pytest.mark.parametrize(
    ("old", "new", "said", "line_of"),
    [
        ("value = 133\n", "", "'value' is a required property", "[parameters.v1]"),
        ("[parameters.v1]", "[parameters.v_1]", "there is no parameter “v1”", 'rate = "cl / v1"'),
        ('rate = "cl / v1"', 'rate = "cl // v1"', "may hold names", 'rate = "cl // v1"'),
        ('rate = "cl / v1"', 'rate = "__import__(1)"', "may hold names", 'rate = "__import__(1)"'),
        ("value = 0.02261", "value = 0.9", "larger than the two variances", "value = 0.9"),
        ('unit = "L"', 'unit = "mL"', "mL", 'unit = "mL"'),
        ('to = "metabolite"', 'to = "kidney"', "no compartment", 'to = "kidney"'),
    ],
)
def test_a_broken_model_file_names_its_line(
    tmp_path: Path, old: str, new: str, said: str, line_of: str
) -> None:
    text = (FOLDER / "fanta-otto-2021.toml").read_text(encoding="utf-8")
    assert old in text
    broken = text.replace(old, new, 1)
    file = tmp_path / "fanta-otto-2021.toml"
    file.write_text(broken, encoding="utf-8")
    code, seen, _ = pk("simulate", "--model", str(file), "--route", "iv", "--dose-mg", "28")
    assert code == 2
    assert said in seen["error"]["message"]
    line = next(n for n, one in enumerate(broken.splitlines(), 1) if line_of in one)
    assert seen["error"]["path"] == f"fanta-otto-2021.toml:{line}"


def test_a_model_file_of_ones_own(tmp_path: Path) -> None:
    text = (FOLDER / "fanta-otto-2021.toml").read_text(encoding="utf-8")
    file = tmp_path / "mine.toml"
    file.write_text(text.replace('id = "fanta-otto-2021"', 'id = "mine"'), encoding="utf-8")
    code, seen, _ = pk(
        "simulate", "--model", str(file), "--route", "iv", "--dose-mg", "28", "--times", "0,60"
    )
    assert code == 0
    assert seen["model"] == "mine"
    assert pk("show", str(file))[1]["model"] == "mine"
    assert pk("show", "nobody")[0] == 2


def test_models_show_and_validation() -> None:
    _, listed, _ = pk("models")
    assert [one["model"] for one in listed["models"]] == [
        "clements-1981", "domino-1982", "fanta-otto-2021", "perez-ruixo-2021", "simons-2022",
    ]  # fmt: skip
    assert len(listed["observed"]) > 10
    _, shown, _ = pk("show", "perez-ruixo-2021")
    assert shown["derived"]["extraction"]["value"] == pytest.approx(0.7219, abs=5e-5)
    assert shown["parameters"]["kmet"]["variability"].startswith("Not printed")
    _, table, _ = pk("validation")
    assert all(row["holds"] for row in table["rows"])


def test_what_can_not_be_compared_says_why() -> None:
    _, seen, _ = pk("validation")
    assert any("296" in one["what"] and "time 0" in one["why"] for one in seen["not_compared"])
    assert {row["misses"] for row in seen["rows"]} == {True, False}


def test_compare_and_plot(tmp_path: Path) -> None:
    routes = [
        "--route",
        "intranasal",
        "--dose-mg",
        "84",
        "--route",
        "iv",
        "--dose-mg",
        "28",
        "--infusion-min",
        "40",
    ]
    given = ["--substance", "esketamine", *routes, "--until-min", "240"]
    _, seen, _ = pk("compare", *given)
    assert [one["model"] for one in seen["curves"]] == ["perez-ruixo-2021", "perez-ruixo-2021"]
    assert seen["clearances_l_h"]["perez-ruixo-2021"] == pytest.approx(109.0, abs=0.05)
    file = tmp_path / "routes.svg"
    assert pk("plot", str(file), *given, "--n", "50")[0] == 0
    drawn = ElementTree.parse(file).getroot()  # noqa: S314
    assert len([one for one in drawn.iter() if one.tag.endswith("polyline")]) == 2
    assert len([one for one in drawn.iter() if one.tag.endswith("polygon")]) == 2
    assert "ng/mL" in file.read_text(encoding="utf-8")
    assert pk("plot", str(tmp_path / "routes.png"), *given)[0] == 2
    assert pk("plot", str(tmp_path / "none" / "routes.svg"), *given)[0] == 2


def test_a_dose_into_a_muscle_is_drawn_without_concentrations(tmp_path: Path) -> None:
    file = tmp_path / "muscle.svg"
    pk(
        "plot",
        str(file),
        "--model",
        "clements-1981",
        "--route",
        "im",
        "--dose-mg",
        "35",
        "--until-min",
        "240",
    )
    text = file.read_text(encoding="utf-8")
    assert "timing only: no concentrations" in text
    assert "about 243" in text
    labels = [one.text for one in ElementTree.fromstring(text).iter() if one.get("text-anchor") == "end"]  # noqa: S314
    assert labels == ["minutes since the first dose"]


@pytest.mark.parametrize(
    "words",
    [
        ["models"],
        ["show", "simons-2022"],
        [*DRIP],
        [*DRIP, "--n", "20"],
        [*SPRAY, "--dose-mg", "84"],
        ["compare", "--model", "simons-2022", "--route", "iv", "--route", "sublingual", "--dose-mg", "50"],
        ["validation"],
        ["simulate", "--schema"],
    ],
)
def test_for_people(words: list[str]) -> None:
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0
    assert done.stdout.strip()


def test_starts_at_once_and_alone() -> None:
    """No Django, no database; numpy only when a curve is computed."""
    code = (
        "import sys; from upwell.platform.cli_pk import app; assert 'numpy' not in sys.modules;"
        "words = 'simulate --model simons-2022 --route sublingual --dose-mg 50'.split();"
        "app(words, standalone_mode=False);"
        "assert not {'django', 'psycopg', 'scipy'} & set(sys.modules)"
    )
    before = getrusage(RUSAGE_CHILDREN).ru_utime
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (
        getrusage(RUSAGE_CHILDREN).ru_utime - before < 2
    )  # of the processor; about 0.4 s on a quiet machine
