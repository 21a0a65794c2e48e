"""Every variable that the operator may set is named in one place, and shown by ``upwell settings``."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

import upwell
from upwell.platform.cli import app
from upwell.platform.configuration import configuration, set_now, variable

ROOM = Path(upwell.__file__).parent
READ = re.compile(r"""environ(?:\.get\(|\[)\s*["']((?:UPWELL|DATABASE)_\w+)["']""")
TOLD_TO_CHILDREN = {"UPWELL_HOME", "UPWELL_DEMO"}  # written by commands, so that what they start knows


def test_variables_are_read_through_the_configuration_only() -> None:
    found = {
        (path.name, name)
        for path in ROOM.rglob("*.py")
        if path.name != "configuration.py"
        for name in READ.findall(path.read_text("utf-8"))
        if name not in TOLD_TO_CHILDREN
    }
    assert found == set()


def test_settings_list_the_database_s_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_BACKUP_URL", "postgresql://keeper:hidden@db/upwell")
    configuration.cache_clear()
    try:
        done = CliRunner().invoke(app, ["settings", "--json"])
    finally:
        configuration.cache_clear()
    assert done.exit_code == 0, done.output
    assert "hidden" not in done.output
    shown = {row["variable"]: row["value"] for row in json.loads(done.stdout)["settings"]}
    assert shown["DATABASE_BACKUP_URL"] == "set"
    assert shown["DATABASE_APP_URL"] == "not set"
    assert {"UPWELL_PG_BIN", "UPWELL_PG_USER", "UPWELL_MAINTENANCE_DB"} <= set(shown)


def test_a_setting_is_read_anew_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(variable("pg_user"), raising=False)
    assert set_now("pg_user") == "upwell"
    monkeypatch.setenv(variable("pg_user"), "keeper")
    assert set_now("pg_user") == "keeper"
