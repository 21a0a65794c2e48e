"""Making the environment: the system's certificates are tried where the usual ones do not help."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[3] / "scripts" / "environment"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout whose programs are stand-ins, so that nothing is installed anywhere."""
    (tmp_path / "scripts").mkdir()
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    shutil.copy(SCRIPT, tmp_path / "scripts" / "environment")
    _program(tmp_path, "pip", "true")
    _program(tmp_path, "python", "cat >/dev/null")
    return tmp_path


def _program(checkout: Path, name: str, body: str) -> None:
    path = checkout / ".venv" / "bin" / name
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


def _uv(checkout: Path, body: str) -> None:
    found = re.search(r"^UV=(\S+)", SCRIPT.read_text(), re.MULTILINE)
    assert found
    _program(checkout, "uv", f'[ "$1" = --version ] && echo "uv {found[1]}" && exit 0\n{body}')


def _make(checkout: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [checkout / "scripts" / "environment", "some.lock"],
        capture_output=True,
        text=True,
        check=False,
        env=dict(os.environ),
    )


def test_system_certificates_are_tried_second(checkout: Path) -> None:
    _uv(checkout, 'case "$*" in *--system-certs) exit 0;; *) echo UnknownIssuer >&2; exit 2;; esac')
    done = _make(checkout)
    assert done.returncode == 0, done.stderr
    assert "UnknownIssuer" not in done.stderr


def test_what_went_wrong_first_is_said(checkout: Path) -> None:
    _uv(checkout, 'case "$*" in *--system-certs) echo second >&2;; *) echo first >&2;; esac; exit 2')
    done = _make(checkout)
    assert done.returncode != 0
    assert "first" in done.stderr
    assert "second" in done.stderr


def test_what_serves_keeps_its_compiled_modules(checkout: Path) -> None:
    """Where Python is told to keep none, every start would compile everything anew, for five times as long."""
    shutil.copy(SCRIPT.parents[1] / "Makefile", checkout)
    (checkout / "requirements.lock").touch()
    (checkout / ".venv" / ".ready").touch()
    _program(checkout, "upwell", 'echo "$@ <$PYTHONDONTWRITEBYTECODE>"')
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
    said = subprocess.run(
        ["make", "--silent", "run", "PORT=8000"],
        cwd=checkout,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout == "serve --demo --port 8000 <>\n"
