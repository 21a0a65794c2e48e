"""Each thing that can be wrong with an installation is named, with its mend."""

from __future__ import annotations

import os
import shutil
import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from upwell.platform import clockstamp
from upwell.platform.clockstamp import ClockStamp, jump_seconds
from upwell.platform.database import running
from upwell.platform.doctor import Check, State, examine, machine
from upwell.platform.home import Home

EVERYWHERE = "0.0.0.0"  # noqa: S104 - only asked about


@pytest.fixture(autouse=True)
def _embedded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home.at(tmp_path / "home").create()


def the(checks: list[Check], id: str) -> Check:
    return next(check for check in checks if check.id == id)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_before_anything_is_set_up(tmp_path: Path) -> None:
    root = tmp_path / "a" / "b"
    checks = examine(Home.at(root), port=free_port())
    assert not root.parent.exists()
    assert not [check for check in checks if check.state is State.FAIL]
    assert all(check.mend for check in checks if check.state is not State.OK)
    assert the(checks, "database").state is State.WARN


def test_port_taken(home: Home) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        check = the(examine(home, port=port), "port")
    assert check.state is State.FAIL
    assert f"--port {port + 1}" in check.mend


def test_open_secrets(home: Home) -> None:
    home.secret("app")
    (home.secrets / "app").chmod(0o644)
    check = the(examine(home), "home-modes")
    assert check.state is State.FAIL
    assert check.mend == f"chmod go-rwx {home.secrets / 'app'}"


def test_wrong_owner(home: Home) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give files away")
    home.cluster.mkdir()
    os.chown(home.cluster, 65534, 65534)
    assert the(examine(home), "cluster").state is State.FAIL
    os.chown(home.root, 65534, 65534)
    checks = examine(home)
    assert the(checks, "home").state is State.FAIL
    assert "chown -R root" in the(checks, "home").mend


@pytest.mark.parametrize(
    ("free", "files", "state"),
    [(100, 10**6, State.FAIL), (1000, 10**6, State.WARN), (9000, 10**6, State.OK), (9000, 10, State.FAIL)],
)
def test_disk(home: Home, monkeypatch: pytest.MonkeyPatch, free: int, files: int, state: State) -> None:
    room = SimpleNamespace(f_bavail=free, f_frsize=10**6, f_files=10**6, f_favail=files)
    monkeypatch.setattr(machine.os, "statvfs", lambda _: room)
    assert machine.disk_check(home).state is state


@pytest.mark.parametrize(
    ("asked", "id", "state"),
    [
        ({}, "tls", State.OK),
        ({"host": EVERYWHERE}, "tls", State.FAIL),
        ({"host": EVERYWHERE, "trusted_proxies": ("10.0.0.1",)}, "tls", State.OK),
        ({"host": EVERYWHERE, "demo": True, "trusted_proxies": ("10.0.0.1",)}, "demo", State.FAIL),
        ({"tls_cert": Path("/absent"), "tls_key": Path("/absent")}, "tls", State.FAIL),
    ],
)
def test_address(home: Home, asked: dict[str, Any], id: str, state: State) -> None:
    assert the(examine(home, **asked), id).state is state


def test_a_clock_that_was_moved() -> None:
    before = ClockStamp(wall=1000.0, since_boot=50.0, boot="a")
    assert jump_seconds(before, ClockStamp(1600.0, 650.0, "a")) == 0
    assert jump_seconds(before, ClockStamp(700.0, 650.0, "a")) == -900
    assert jump_seconds(before, ClockStamp(9000.0, 150.0, "a")) == 7900
    assert jump_seconds(before, ClockStamp(9000.0, 5.0, "b")) == 0  # the machine was off for a while
    assert jump_seconds(before, ClockStamp(400.0, 5.0, "b")) == -600


def test_clock(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    clockstamp.write(home)
    assert the(examine(home), "clock").state is State.OK
    ahead = datetime.now(UTC) + timedelta(hours=1)
    assert the(examine(home, last_recorded=lambda: ahead), "clock").state is State.FAIL
    monkeypatch.setattr(clockstamp, "take", lambda: ClockStamp(time.time() - 7200, 0.0, "other"))
    check = the(examine(home), "clock")
    assert check.state is State.FAIL
    assert "back by 7,2" in check.message or "back by 7,19" in check.message


def test_backups(home: Home) -> None:
    assert the(examine(home), "backup").state is State.WARN
    (home.root / "backup.json").write_text(f'{{"created_at": "{datetime.now(UTC).isoformat()}"}}')
    assert the(examine(home), "backup").state is State.OK
    old = datetime.now(UTC) - timedelta(days=3)
    (home.root / "backup.json").write_text(f'{{"created_at": "{old.isoformat()}"}}')
    assert the(examine(home), "backup").state is State.WARN


def test_database_url_that_does_not_answer(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", f"postgresql://u:p@127.0.0.1:{free_port()}/x")
    assert the(examine(home), "database").state is State.FAIL
    monkeypatch.setenv("DATABASE_URL", "nonsense")
    assert the(examine(home), "database").state is State.FAIL


@pytest.fixture
def short_home() -> Iterator[Home]:
    import tempfile

    root = Path(tempfile.mkdtemp(prefix="upwell-test-", dir="/tmp"))
    yield Home.at(root)
    shutil.rmtree(root)


def test_with_a_database(short_home: Home) -> None:
    with running(short_home) as databases:
        checks = examine(short_home, pending=lambda: ["record.0002_more"])
        assert {check.state for check in checks if check.id not in ("schema", "backup", "port")} == {State.OK}
        assert the(checks, "schema").state is State.FAIL
        assert the(examine(short_home, pending=list), "schema").state is State.OK
        with databases.admin.connect() as connection:
            connection.execute("ALTER ROLE upwell_app BYPASSRLS")
        assert the(examine(short_home), "app-role").state is State.FAIL
        with databases.admin.connect() as connection:
            connection.execute("ALTER ROLE upwell_app NOBYPASSRLS PASSWORD 'other'")
        assert the(examine(short_home), "app-role").state is State.FAIL
    assert "at rest" in the(examine(short_home), "database").message


def test_a_check_that_breaks_is_a_finding(home: Home) -> None:
    def broken() -> Any:
        raise RuntimeError("what")

    assert the(examine(home, last_recorded=broken), "clock").state is State.FAIL


@pytest.mark.parametrize("port", [-3, 0, 65536, 99999])
def test_a_number_that_is_no_port(home: Home, port: int) -> None:
    check = the(examine(home, port=port), "port")
    assert check.state is State.FAIL
    assert "from 1 to 65535" in check.message


def test_a_setting_that_cannot_be_read(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UPWELL_IDLE_MINUTES", "soon")
    check = the(examine(home, port=free_port()), "settings")
    assert check.state is State.FAIL
    assert "UPWELL_IDLE_MINUTES" in check.message


def test_an_external_database_needs_no_cluster(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:9/upwell")
    assert "DATABASE_URL" in the(examine(home, port=free_port()), "cluster").message
