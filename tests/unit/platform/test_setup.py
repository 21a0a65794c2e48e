"""Set-up leaves the database when it is done: the supervisor that ran it lives on for months."""

from __future__ import annotations

from pathlib import Path

import pytest

from upwell.platform import schema, setup
from upwell.platform.home import Home


@pytest.mark.parametrize("fails", [False, True])
def test_no_connection_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: bool) -> None:
    done: list[str] = []

    def collect(*_: object) -> None:
        done.append("collected")
        if fails:
            raise RuntimeError("no room")

    monkeypatch.setattr(schema, "start_django", lambda: None)
    monkeypatch.setattr(schema, "migrate", lambda progress: done.append("migrated"))
    monkeypatch.setattr(schema, "keep_knowledge", lambda: done.append("kept"))
    monkeypatch.setattr(setup, "seal_second_steps", lambda home: done.append("sealed"))
    monkeypatch.setattr(schema, "close_connections", lambda: done.append("closed"))
    monkeypatch.setattr(setup, "collect_static", collect)
    if fails:
        with pytest.raises(RuntimeError):
            setup.prepare(Home.at(tmp_path), print)
    else:
        setup.prepare(Home.at(tmp_path), print)
    assert done == ["migrated", "kept", "sealed", "collected", "closed"]
