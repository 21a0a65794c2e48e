"""``upwell session replay`` as scripts use it: shapes, exit codes, errors, how fast it starts."""

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

from tests.spec.sessions import SESSION, WELL, Log, clock, ident, raw
from upwell.platform.cli_session import session_app

MODULE = [sys.executable, "-m", "upwell.platform.cli_session"]

app = typer.Typer()
app.add_typer(session_app)


def run(*arguments: str, stdin: str | bytes | None = None) -> Any:
    return CliRunner().invoke(app, ["session", "replay", *arguments], input=stdin)


def written() -> str:
    log = Log(dose_mg=28)
    log.add("dose-given", 0, dose_mg=28)
    log.add("vitals", 40, **WELL)
    return "\n".join(json.dumps(line) for line in log.lines) + "\n"


def test_the_result_keeps_to_the_schema_that_is_printed() -> None:
    schema = json.loads(run("--schema").stdout)
    Draft202012Validator.check_schema(schema)
    event = schema["$defs"]["session-event"]
    Draft202012Validator.check_schema(event)
    for line in written().splitlines():
        assert list(Draft202012Validator(event).iter_errors(json.loads(line))) == []
    for text in (written(), '{"id": 1}'):
        result = run("-", "--json", stdin=text)
        assert result.exit_code == 0, result.output
        assert list(Draft202012Validator(schema).iter_errors(json.loads(result.stdout))) == []


def test_the_keys_of_the_contract() -> None:
    result = json.loads(run("-", "--json", stdin=written()).stdout)
    assert {
        "state",
        "elapsed_min",
        "given_mg",
        "next_due",
        "alarms",
        "findings",
        "discharge",
        "timeline",
    } <= set(result)
    assert {"duplicates", "flags", "quarantined"} <= set(result)
    assert (result["state"], result["elapsed_min"], result["given_mg"]) == ("observing", 40, 28)
    assert {"outcome", "findings", "earliest_at", "clock", "criteria"} <= set(result["discharge"])


def test_a_path_standard_input_and_json_are_the_same(tmp_path: Path) -> None:
    file = tmp_path / "log.ndjson"
    file.write_text(written(), encoding="utf-8")
    lines = [json.loads(line) for line in written().splitlines()]
    results = [
        run(str(file), "--json").stdout,
        run("-", "--json", stdin=written()).stdout,
        run(written(), "--json").stdout,
        run(json.dumps(lines), "--json").stdout,
    ]
    assert len(set(results)) == 1
    assert json.loads(run(json.dumps(lines[0]), "--json").stdout)["state"] == "ordered"


def test_at_a_time_only_what_was_known_then_counts() -> None:
    early = json.loads(run("-", "--at", clock(-1), "--json", stdin=written()).stdout)
    assert (early["state"], early["given_mg"], early["elapsed_min"]) == ("ready", 0, None)
    before = json.loads(run("-", "--at", clock(-500), "--json", stdin=written()).stdout)
    assert (before["state"], before["timeline"]) == ("planned", [])
    later = json.loads(run("-", "--at", clock(90), "--json", stdin=written()).stdout)
    assert later["elapsed_min"] == 90


def test_facts_beside_the_log() -> None:
    facts = json.dumps({"person": {"age_years": 45}, "answers": {"escort_named": True}, "jurisdiction": "US"})
    result = run("-", "--facts", facts, "--json", stdin=written())
    assert result.exit_code == 0, result.output
    assert run("-", "--facts", '{"age": 45}', "--json", stdin=written()).exit_code == 2


def test_malformed_lines_are_a_result() -> None:
    result = run(
        "-", "--json", stdin=written() + "{broken\n" + json.dumps(raw(90, "vitals", 50, {"pulse": 80}))
    )
    assert result.exit_code == 0
    kept = json.loads(result.stdout)["quarantined"]
    assert [(one["line"], one["path"]) for one in kept] == [(7, None), (8, "body.pulse")]


BAD: list[tuple[str | bytes, tuple[str, ...]]] = [
    ("", ()), (" \n \n", ()), ("not a log\n", ()), (b"\xff\xfe{}", ()), (b'{"id": "\xe4"}', ()), (b"\xef\xbb\xbf", ()),
    ("[{}", ()), ("{}", ("--at", "soon")), ("{}", ("--at", "2026-03-02T10:00:00")), ("{}", ("--facts", "[1]")),
    (written(), ("--session", ident(99))),
    (written() + json.dumps(raw(90, "arrived", 0, session=ident(98))), ()),
]  # fmt: skip


def test_a_mark_at_the_start_and_ends_of_lines_as_on_windows_are_no_fault() -> None:
    text = written()
    saved = b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()
    assert run("-", "--json", stdin=saved).stdout == run("-", "--json", stdin=text).stdout


@pytest.mark.parametrize(("text", "options"), BAD)
def test_bad_input_is_2_with_a_sentence_and_json(text: str | bytes, options: tuple[str, ...]) -> None:
    result = run("-", "--json", *options, stdin=text)
    assert result.exit_code == 2
    assert result.stderr.startswith("Error: ")
    assert set(json.loads(result.stdout)["error"]) == {"code", "message", "path"}


@pytest.mark.parametrize("file", ["/no/such/file.ndjson", "/"])
def test_a_file_that_is_not_there_is_2(file: str) -> None:
    assert run(file, "--json").exit_code == 2


def test_without_a_log_it_says_what_is_needed() -> None:
    assert run().exit_code == 2


def test_one_session_of_several() -> None:
    both = written() + json.dumps(raw(90, "arrived", 0, session=ident(98))) + "\n"
    result = run("-", "--session", SESSION, "--json", stdin=both)
    assert json.loads(result.stdout)["given_mg"] == 28


def test_plain_words() -> None:
    told = run("-", stdin=written() + "{broken\n").stdout
    assert "State: observing; 40 minutes since the first dose; 28 mg given" in told
    assert "Discharge: no-go" in told
    assert "quarantined, line 7" in told


def test_starts_within_a_second_without_django(tmp_path: Path) -> None:
    file = tmp_path / "log.ndjson"
    file.write_text(written(), encoding="utf-8")
    code = (
        "import sys; from upwell.science.session import fold, read_log; "
        f"fold(read_log(open({str(file)!r}).read()).events); "
        "sys.exit(any(name.split('.')[0] in ('django', 'psycopg', 'numpy') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    best = 9.0
    for _ in range(3):
        begin = _used()
        subprocess.run([*MODULE, "session", "replay", str(file), "--json"], check=True, capture_output=True)
        best = min(best, _used() - begin)
    assert best < 1.0


def _used() -> float:
    """Processor time of all children so far: what runs beside them does not count."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
