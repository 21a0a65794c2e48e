"""Whatever the machine does to a command, it ends with a sentence and a code, not with a trace."""

from __future__ import annotations

import errno
import json
import sys
from collections.abc import Callable

import psycopg
import pytest
import typer
from django.db import InterfaceError, OperationalError

from upwell.platform.cli_io import run


def _command(problem: Callable[[], Exception]) -> Callable[..., None]:
    @run
    def command(as_json: bool = False) -> None:
        raise problem()

    return command


@pytest.mark.parametrize("kind", [psycopg.OperationalError, OperationalError, InterfaceError])
def test_a_database_that_goes_away(kind: type[Exception], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as ended:
        _command(lambda: kind("terminating connection\nmore"))(as_json=True)
    assert ended.value.exit_code == 1
    out, err = capsys.readouterr()
    assert "terminating connection" in err
    assert json.loads(out)["error"]["code"] == "unavailable"


def test_a_full_disk(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as ended:
        _command(lambda: OSError(errno.ENOSPC, "No space left on device", "/srv/x"))()
    assert ended.value.exit_code == 1
    assert "/srv/x: No space left on device" in capsys.readouterr().err


def test_an_option_that_is_no_text(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    name = b"\xff".decode("utf-8", "surrogateescape")
    monkeypatch.setattr(sys, "argv", ["upwell", "user", "add", "--name", name])
    with pytest.raises(typer.Exit) as ended:
        _command(lambda: UnicodeEncodeError("utf-8", name, 0, 1, "surrogates not allowed"))()
    assert ended.value.exit_code == 2
    assert "not UTF-8" in capsys.readouterr().err


def test_our_own_faults_keep_their_trace() -> None:
    with pytest.raises(ZeroDivisionError):
        _command(ZeroDivisionError)()
