"""What an import on the command line ends with: 0 for all, 2 for nothing, 3 for a part."""

from __future__ import annotations

import json
from contextlib import nullcontext

import pytest
from typer.testing import CliRunner

from tests.unit.exchange.fhir.samples import condition, patient, write_lines
from upwell.platform.cli import app, data

pytestmark = pytest.mark.django_db
HEADER = "id,week," + ",".join(f"DPQ{item}" for item in range(1, 10))


@pytest.fixture(autouse=True)
def _database_of_the_tests(monkeypatch, practice):
    monkeypatch.setattr(data, "with_database", lambda *_args, **_words: nullcontext())


def run(*words):
    return CliRunner().invoke(app, ["import", *map(str, words), "--practice", "Harbor Clinic"])


def test_fhir(tmp_path):
    good = write_lines(tmp_path / "good.ndjson", patient())
    bad = write_lines(tmp_path / "bad.ndjson", patient(), condition(of="Patient/absent"))
    assert run("fhir", good).exit_code == 0
    assert run("fhir", bad).exit_code == 2
    assert run("fhir", good, "--keep-going").exit_code == 0
    partly = run("fhir", bad, "--keep-going", "--json")
    assert partly.exit_code == 3
    assert [one["resource"] for one in json.loads(partly.stdout)["refusals"]] == ["Condition/c1"]
    assert "Refused: 1" in run("fhir", bad, "--keep-going").stdout


def test_what_was_not_read_is_named(tmp_path):
    write_lines(tmp_path / "good.ndjson", patient())
    (tmp_path / "Patient.xml").write_text("<Patient/>")
    said = run("fhir", tmp_path).stdout
    assert "Not read, by their names: 1" in said
    assert "Patient.xml" in said


def test_scores(tmp_path):
    table = tmp_path / "scores.csv"
    table.write_text(f"{HEADER}\n7,1{',1' * 9}\n8,1{',4' * 9}\n")
    assert run("scores", table, "--instrument", "phq-9").exit_code == 2
    partly = run("scores", table, "--instrument", "phq-9", "--keep-going", "--json")
    assert partly.exit_code == 3
    assert [one["line"] for one in json.loads(partly.stdout)["refusals"]] == [3]
