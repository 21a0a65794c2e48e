"""``upwell score`` as scripts use it: shapes, exit codes, errors, and how fast it starts."""

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

from upwell.knowledge.schemas import violations
from upwell.platform.cli_score import score_command

FULL = {str(number): 1 for number in range(1, 10)}
MODULE = [sys.executable, "-m", "upwell.platform.cli_score"]

app = typer.Typer()
app.command("score")(score_command)


def run(*arguments: str, stdin: bytes | None = None) -> Any:
    return CliRunner().invoke(app, list(arguments), input=stdin)


def refused(*arguments: str, stdin: bytes | None = None) -> dict[str, Any]:
    """The error of a command that ends with 2: a sentence on stderr, JSON on stdout."""
    result = run(*arguments, "--json", stdin=stdin)
    assert result.exit_code == 2, result.output
    assert result.stderr.startswith("Error: ")
    error: dict[str, Any] = json.loads(result.stdout)["error"]
    assert set(error) == {"code", "message", "path"}
    assert "Traceback" not in result.output
    return error


def test_a_result_has_the_shape_of_the_contract() -> None:
    result = run("phq-9", "--answers", json.dumps(FULL), "--json")
    assert result.exit_code == 0
    document = json.loads(result.stdout)
    assert violations("score-result", document) == []
    assert {key: document[key] for key in ("instrument", "status", "total", "band", "flags", "missing")} == {
        "instrument": "phq-9",
        "status": "complete",
        "total": 9,
        "band": "mild",
        "flags": ["item-9"],
        "missing": [],
    }


def test_incomplete_is_a_result() -> None:
    result = run("gad-7", "--answers", "{}", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["status"] == "incomplete"


def test_a_file_standard_input_and_inline_json_are_the_same(tmp_path: Path) -> None:
    text = json.dumps({**FULL, "context": {"sex": "female", "age_years": 45}})
    file = tmp_path / "answers.json"
    file.write_text(text.replace(",", ",\r\n"), encoding="utf-8", newline="")
    results = [
        run("phq-9", "--answers", str(file), "--json"),
        run("phq-9", "--answers", "-", "--json", stdin=text.encode()),
        run("phq-9", "--answers", text, "--json"),
    ]
    assert [one.exit_code for one in results] == [0, 0, 0]
    assert len({one.stdout for one in results}) == 1


def test_without_json_it_speaks_plainly() -> None:
    result = run("phq-9", "--answers", json.dumps(FULL))
    assert result.exit_code == 0
    assert "PHQ-9: 9 of 27, mild." in result.stdout
    assert "C-SSRS the same day" in result.stdout
    assert "This is not a diagnosis." in result.stdout


BAD_FILES = [
    ("empty", b"", "empty"),
    ("only space", b" \r\n", "empty"),
    ("a mark alone", b"\xef\xbb\xbf", "empty"),
    ("UTF-16", '{"1": 1}'.encode("utf-16"), "byte-order mark"),
    ("not UTF-8", b'{\n"\xe9": 1}', "line 2"),
    ("NUL", b'{"1": 1\x00}', "NUL"),
    ("cut off", b'{"1": 1', "not valid JSON"),
    ("semicolons", b"1;2;3", "not valid JSON"),
    ("duplicate keys", b'{"1": 1, "1": 2}', "twice"),
    ("NaN", b'{"1": NaN}', "NaN"),
    ("Infinity", b'{"1": -Infinity}', "Infinity"),
    ("too large", b'{"1": 1e999}', "too large"),
    ("too many digits", b'{"1": ' + b"9" * 5000 + b"}", "too many digits"),
    ("too deep", b"[" * 100_000, "nested"),
    ("a list", b"[1, 2]", "object"),
    ("text", b'"x"', "object"),
]


@pytest.mark.parametrize(("what", "content", "said"), BAD_FILES, ids=[row[0] for row in BAD_FILES])
def test_bad_files_are_refused(what: str, content: bytes, said: str, tmp_path: Path) -> None:
    file = tmp_path / "answers.json"
    file.write_bytes(content)
    assert said in refused("phq-9", "--answers", str(file))["message"]
    assert said in refused("phq-9", "--answers", "-", stdin=content)["message"]


def test_a_mark_at_the_start_is_no_fault() -> None:
    marked = run("phq-9", "--answers", "-", "--json", stdin=b"\xef\xbb\xbf" + json.dumps(FULL).encode())
    assert json.loads(marked.stdout)["total"] == sum(FULL.values())


def test_other_bad_input(tmp_path: Path) -> None:
    assert {"gad-7", "phq-9"} <= set(refused("phq-99", "--answers", "{}")["message"].strip(".").split(", "))
    assert "no file" in refused("phq-9", "--answers", str(tmp_path / "absent.json"))["message"]
    assert "folder" in refused("phq-9", "--answers", str(tmp_path))["message"]
    assert "--answers" in refused("phq-9")["message"]
    assert "which instrument" in refused()["message"]
    assert refused("phq-9", "--answers", '{"17": 1}')["path"] == "17"
    assert refused("phq-9", "--answers", '{"3": 9}')["path"] == "3"
    assert refused("phq-9", "--answers", '{"context": {"age_years": 820}}')["path"] == "context.age_years"
    assert refused("phq-9", "--answers", r'{"\ud800": 1}')["path"] == "\ud800"


def test_the_schema_describes_result_and_answers() -> None:
    schema = json.loads(run("phq-9", "--schema").stdout)
    result = json.loads(run("phq-9", "--answers", '{"1": 1, "9": 2}', "--json").stdout)
    Draft202012Validator(schema).validate(result)
    assert schema["$defs"]["answers"]["properties"]["9"]["enum"] == [0, 1, 2, 3, None]
    assert run("--schema").exit_code == 0


def children_cpu_s() -> float:
    """Seconds of processor time of the programs that were run: other tests beside this one do not count."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_it_starts_in_under_a_second_and_without_django() -> None:
    code = (
        "import sys\n"
        "from upwell.platform import cli_score\n"
        "heavy = {'django', 'psycopg', 'numpy', 'requests', 'starlette'} & set(sys.modules)\n"
        "sys.exit(f'loaded {heavy}' if heavy else 0)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    took = []
    for _ in range(3):
        start = children_cpu_s()
        command = [*MODULE, "phq-9", "--answers", json.dumps(FULL), "--json"]
        done = subprocess.run(command, capture_output=True, check=False)
        took.append(children_cpu_s() - start)
        assert done.returncode == 0, done.stderr
    assert min(took) < 1.0


def test_an_old_terminal_gets_escapes_instead_of_a_crash() -> None:
    environment = {"PYTHONIOENCODING": "ascii", "PATH": ""}
    command = [*MODULE, "phq-9", "--answers", '{"é": 1}', "--json"]
    done = subprocess.run(command, capture_output=True, env=environment, check=False)
    assert done.returncode == 2
    assert json.loads(done.stdout)["error"]["path"] == "é"


@pytest.mark.parametrize(
    ("instrument", "answers", "level"),
    [
        ("c-ssrs-screener-recent", {"1": True, "2": True, "4": True}, "high"),  # with gaps: what is proven
        ("c-ssrs-screener-recent", {"1": False}, None),  # nothing proven is not none
        ("asq", {"1": True, "2": False, "3": False, "4": False, "5": True}, "acute"),
        ("asq", {"1": False, "2": False, "3": False, "4": False}, "none"),
    ],
)
def test_suicide_instruments_say_what_their_level_asks_for(
    instrument: str, answers: dict[str, Any], level: str | None
) -> None:
    result = json.loads(run(instrument, "--answers", json.dumps(answers), "--json").stdout)
    assert not violations("score-result", result)
    assert result["triage"]["level"] == level
    assert ("action" in result["triage"]) is (level is not None)
    assert "triage" not in json.loads(run("phq-9", "--answers", json.dumps(FULL), "--json").stdout)


def test_in_words_it_says_who_acts_and_by_when() -> None:
    said = run(
        "asq", "--answers", json.dumps({"1": True, "2": False, "3": False, "4": False, "5": True})
    ).stdout
    assert "Do not leave the person alone." in said
    assert "By when: now, without a pause." in said


@pytest.mark.parametrize(
    ("name", "instrument"),
    [
        ("PHQ-9", "phq-9"),
        ("phq9", "phq-9"),
        ("PCL5", "pcl-5"),
        ("MEQ-30", "meq30"),
        ("MOAA/S", "moaa-s"),
        ("audit_c", "audit-c"),
        ("c-ssrs", "c-ssrs-screener-recent"),
        ("C-SSRS since last visit", "c-ssrs-screener-since-last"),
        ("HAM-D", "ham-d17"),
    ],
)
def test_an_instrument_is_found_by_the_names_that_people_write(name: str, instrument: str) -> None:
    result = run(name, "--answers", "{}", "--json")
    assert json.loads(result.stdout)["instrument"] == instrument


def test_a_name_that_nobody_has_is_refused() -> None:
    assert refused("phq-99", "--answers", "{}")["path"] == "instrument"
