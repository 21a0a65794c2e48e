"""``upwell screen`` and ``upwell gate`` as scripts use them: shapes, exit codes, errors, how fast they start."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from tests.spec.facts import HOME, READY
from upwell.platform.cli_gate import gate_app, screen_command

MODULE = [sys.executable, "-m", "upwell.platform.cli_gate"]
COMMANDS = [
    ["screen"],
    *(["gate", name] for name in ("predose", "session", "discharge", "maintenance", "rems")),
]

app = typer.Typer()
app.command("screen")(screen_command)
app.add_typer(gate_app)


def run(*arguments: str, stdin: str | None = None) -> Any:
    return CliRunner().invoke(app, list(arguments), input=stdin)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_the_result_keeps_to_the_schema_that_is_printed(command: list[str]) -> None:
    schema = json.loads(run(*command, "--schema").stdout)
    Draft202012Validator.check_schema(schema)
    Draft202012Validator.check_schema(schema["$defs"]["facts"])
    for facts in (READY, HOME, {}):
        result = run(*command, json.dumps(facts), "--json")
        assert result.exit_code == 0, result.output
        assert list(Draft202012Validator(schema).iter_errors(json.loads(result.stdout))) == []
        assert list(Draft202012Validator(schema["$defs"]["facts"]).iter_errors(facts)) == []


def test_a_path_standard_input_and_json_are_the_same(tmp_path: Path) -> None:
    file = tmp_path / "facts.json"
    file.write_text(json.dumps(READY), encoding="utf-8")
    results = [
        run("gate", "predose", str(file), "--json").stdout,
        run("gate", "predose", "-", "--json", stdin=json.dumps(READY)).stdout,
        run("gate", "predose", json.dumps(READY), "--json").stdout,
    ]
    assert results[0] == results[1] == results[2]
    assert json.loads(results[0])["outcome"] == "go"


def test_no_go_is_a_result() -> None:
    result = run("gate", "discharge", json.dumps(HOME | {"at": "2026-03-02T11:54:00-05:00"}), "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["outcome"] == "no-go"


@pytest.mark.parametrize("facts", ['{"weight": 82}', "[]", '{"at": "soon"}', "{", '{"vitals": [{}]}'])
def test_bad_input_is_2_with_a_sentence_and_json(facts: str) -> None:
    result = run("gate", "predose", facts, "--json")
    assert result.exit_code == 2
    assert result.stderr.startswith("Error: ")
    assert set(json.loads(result.stdout)["error"]) == {"code", "message", "path"}


def test_without_facts_it_says_what_is_needed() -> None:
    assert run("gate", "predose").exit_code == 2


def test_plain_words() -> None:
    told = run("gate", "discharge", json.dumps(HOME | {"at": "2026-03-02T11:54:00-05:00"})).stdout
    assert "Outcome: no-go" in told
    assert "Because:" in told
    assert "Source:" in told


def processor_seconds() -> float:
    """What the commands cost so far; what runs beside them does not count."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_starts_within_a_second_without_django() -> None:
    code = (
        "import sys, json; from upwell.science.rules import gate; "
        f"gate.predose(json.loads({json.dumps(READY)!r})); "
        "sys.exit(any(name.split('.')[0] in ('django', 'psycopg') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    best = 9.0
    for _ in range(3):
        begin = processor_seconds()
        subprocess.run(
            [*MODULE, "gate", "predose", json.dumps(READY), "--json"], check=True, capture_output=True
        )
        best = min(best, processor_seconds() - begin)
    assert best < 1.0
