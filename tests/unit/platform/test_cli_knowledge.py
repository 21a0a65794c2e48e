"""``upwell knowledge`` as scripts use it: check, list, show, diff; shapes, lines, exit codes, how fast it starts."""

from __future__ import annotations

import hashlib
import json
import resource
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from upwell.knowledge import check
from upwell.knowledge.catalogue import entries_of
from upwell.knowledge.edition import FOLDER, packaged
from upwell.knowledge.loader import load_instrument
from upwell.platform.cli_knowledge import app

FILE = "gates/predose.toml"


def run(*arguments: str) -> Any:
    return CliRunner().invoke(app, list(arguments))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of all knowledge, to be changed."""
    for path in FOLDER.rglob("*.toml"):
        to = tmp_path / path.relative_to(FOLDER)
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, to)
    return tmp_path


def change(folder: Path, old: str, new: str, file: str = FILE) -> int:
    """Write ``new`` for ``old``; returns the line."""
    path = folder / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    return text[: text.index(old)].count("\n") + 1


# --- check ---
def test_what_ships_is_in_order() -> None:
    result = run("check", "--json")
    assert result.exit_code == 0, result.output
    said = json.loads(result.stdout)
    assert (said["ok"], said["problems"]) == (True, [])
    assert said["files"] == len(packaged().texts)


def test_every_file_is_read_by_what_uses_it_not_by_its_schema_alone() -> None:
    kinds = {name: entry.kind for name, entry in entries_of(packaged()).items()}
    unread = {n for n, kind in kinds.items() if kind not in check._OF_A_TEXT and n not in check._OF_A_PLACE}
    assert unread == {
        "pharmacology/validation.toml"
    }  # a table of published values: its spec test computes it


BROKEN = [
    ("a number that is none", FILE, "below = 94", 'below = "94"', "94"),
    ("a mark that is none", FILE, 'confidence = "V"', 'confidence = "Z"', "Z"),
    ("a kind that is none", FILE, 'kind = "rule-set"', 'kind = "rules"', "kind of knowledge"),
    ("a fact that no book has", FILE, 'fact = "vitals.spo2_percent"', 'fact = "vitals.spo2"', "vitals.spo2"),
    ("no TOML", FILE, 'id = "predose"', "id = predose", "TOML"),
    ("a gap between bands", "instruments/phq-9.toml", "low = 5", "low = 6", "begin at 5"),
    ("a gate of unknown rules", "gates/gates.toml", '"interactions"', '"nothing"', "nothing"),
]


@pytest.mark.parametrize(
    ("file", "old", "new", "words"), [row[1:] for row in BROKEN], ids=[r[0] for r in BROKEN]
)
def test_a_broken_file_is_named_with_its_line(
    tmp_path: Path, file: str, old: str, new: str, words: str
) -> None:
    (tmp_path / file).parent.mkdir()
    shutil.copyfile(FOLDER / file, tmp_path / file)
    line = change(tmp_path, old, new, file)
    result = run("check", "--folder", str(tmp_path), "--json")
    assert result.exit_code == 2
    said = json.loads(result.stdout)
    assert said["error"]["code"] == "bad-input"
    problem = next(one for one in said["problems"] if words in one["message"])
    assert problem["file"] == file
    assert abs(problem["line"] - line) <= 8  # the line of the value, or of the table around it
    assert f"{file}:{problem['line']}" in result.stderr


def test_a_folder_with_one_file_is_checked_against_the_rest(tmp_path: Path) -> None:
    shutil.copyfile(FOLDER / "instruments/phq-9.toml", tmp_path / "phq-9.toml")
    assert run("check", "--folder", str(tmp_path)).exit_code == 0


@pytest.mark.parametrize("command", ["check", "list"])
def test_a_folder_that_is_none_or_empty_is_refused(tmp_path: Path, command: str) -> None:
    for wrong in (tmp_path / "nowhere", tmp_path):
        assert run(command, "--folder", str(wrong)).exit_code == 2


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "wrong.toml").write_bytes(b"\xff\xfe")
    assert run("list", "--folder", str(tmp_path)).exit_code == 2


# --- list and show ---
def test_the_list_carries_the_versions_and_hashes_that_anybody_can_compute() -> None:
    said = json.loads(run("list", "--json").stdout)
    rows = {one["name"]: one for one in said["entries"]}
    phq9 = rows["instruments/phq-9.toml"]
    assert phq9["id"] == "phq-9"
    assert phq9["kind"] == "instrument"
    assert phq9["version"] == load_instrument("phq-9").version
    assert phq9["hash"] == hashlib.sha256((FOLDER / "instruments/phq-9.toml").read_bytes()).hexdigest()
    assert sum(phq9["marks"].values()) == phq9["facts"]
    sums = "".join(f"{rows[name]['hash']}  {name}\n" for name in sorted(rows))
    assert said["knowledge_version"] == hashlib.sha256(sums.encode()).hexdigest()


def test_the_whole_is_what_sha256sum_says() -> None:
    command = "find . -name '*.toml' | sed 's|^./||' | LC_ALL=C sort | xargs sha256sum | sha256sum"
    done = subprocess.run(command, shell=True, cwd=FOLDER, capture_output=True, text=True, check=True)  # noqa: S602
    assert done.stdout.split()[0] == packaged().version


def test_show_tells_every_fact_with_mark_and_source() -> None:
    said = json.loads(run("show", "predose", "--json").stdout)
    (rule,) = [one for one in said["facts"] if one["fact"] == "rules/predose.spo2"]
    assert rule["value"]["when"] == {"fact": "vitals.spo2_percent", "below": 94}
    assert (rule["confidence"], rule["policy"], rule["verify"]) == ("C", True, False)
    assert rule["source"][0]["title"]
    assert "local policy" in run("show", "predose").stdout


def test_show_names_what_it_does_not_know_and_what_is_ambiguous(folder: Path) -> None:
    assert run("show", "nothing", "--json").exit_code == 2
    (folder / "cards/predose.toml").write_text((folder / FILE).read_text("utf-8"), "utf-8")
    result = run("show", "predose", "--folder", str(folder))
    assert result.exit_code == 2
    assert "gates/predose" in result.stderr
    assert run("show", "gates/predose", "--folder", str(folder)).exit_code == 0


# --- diff ---
def test_a_changed_number_is_told_by_its_fact(folder: Path) -> None:
    change(folder, "below = 94", "below = 92")
    said = json.loads(run("diff", str(FOLDER), str(folder), "--json").stdout)
    (fact,) = said["facts"]
    assert (fact["file"], fact["fact"], fact["change"]) == (FILE, "rules/predose.spo2", "changed")
    assert fact["policy"] is True
    assert fact["lines"] == [{"key": "when/below", "before": 94, "after": 92}]
    assert said["after"] != said["before"] == packaged().version


def test_facts_and_files_that_come_and_go(folder: Path) -> None:
    (folder / "cards/emergency.toml").unlink()
    text = (folder / FILE).read_text("utf-8")
    start, end = text.index('[[rules]]\nid = "predose.spo2"'), text.index('[[rules]]\nid = "predose.resp')
    (folder / FILE).write_text(text[:start] + text[end:], "utf-8")
    said = json.loads(run("diff", str(folder), "--json").stdout)  # to what ships
    assert {one["file"]: one["change"] for one in said["files"]} == {
        "cards/emergency.toml": "added",
        FILE: "changed",
    }
    assert {one["change"] for one in said["facts"]} == {"added"}
    assert [one["fact"] for one in said["facts"] if one["file"] == FILE] == ["rules/predose.spo2"]


def test_remarks_and_order_change_no_fact(folder: Path) -> None:
    change(folder, "# Blood pressure", "# Blood pressure, as measured")
    result = run("diff", str(folder))
    assert result.exit_code == 0
    assert "No fact changed" in result.stdout
    assert run("diff", str(FOLDER)).stdout.count("Nothing changed") == 1
    assert run("diff").exit_code == 2


def test_it_starts_without_database_and_in_time() -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    code = (
        "import sys; from upwell.platform.cli import app; sys.argv = ['upwell', 'knowledge', 'list', '--json'];\n"
        "try: app()\nexcept SystemExit: pass\n"
        "assert not {'django', 'psycopg'} & set(sys.modules), 'loads the database'"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert (
        after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 2.0
    )  # half of it on a quiet machine
