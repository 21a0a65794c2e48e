"""What the command line can't understand: 2, a sentence, and with ``--json`` the error that every command prints."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from upwell.platform.cli import app


@pytest.mark.parametrize(
    ("words", "path"),
    [
        (["score", "phq-9", "--bogus"], "--bogus"),
        (["nope"], None),
        (["import", "nope"], None),
        (["import", "scores"], "file"),
        (["import", "fhir", "folder"], "--practice"),
        (["doctor", "--port", "x"], "--port"),
        (["import", "scores", "f", "--instrument", "phq-9", "--practice", "P", "--start-date", "2024-13-01"],
         "--start-date"),
        (["score", "phq-9", "--answers", ""], None),
    ],
)  # fmt: skip
def test_a_command_that_is_not_understood_says_so_in_json(words: list[str], path: str | None) -> None:
    result = CliRunner().invoke(app, [*words, "--json"])
    assert result.exit_code == 2
    error = json.loads(result.stdout)["error"]
    assert (error["code"], error["path"]) == ("bad-input", path)
    assert error["message"]
    assert "Error" in result.stderr
    plain = CliRunner().invoke(app, words)
    assert plain.exit_code == 2
    assert plain.stdout == ""


def test_an_empty_answer_is_called_empty() -> None:
    result = CliRunner().invoke(app, ["score", "phq-9", "--answers", ""])
    assert "--answers is empty" in result.stderr
