"""Several commands and a server on one home do not get in each other's way."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.recovery.conftest import Served
from upwell.platform.home import Home
from upwell.platform.processes import wait_until
from upwell.platform.serve import serving_now

_USE = """
import sys, time
from upwell.platform.database import running
from upwell.platform.home import Home
with running(Home.at(sys.argv[1])) as databases:
    with databases.app.connect() as connection:
        connection.execute("SELECT 1")
        time.sleep(float(sys.argv[2]))
        connection.execute("SELECT 1")
"""


def use(home: Home, seconds: float) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", _USE, str(home.root), str(seconds)])


def test_commands_at_the_same_time(home: Home) -> None:
    """Who started the server may finish first; the others keep it."""
    processes = [use(home, seconds) for seconds in (0.1, 1.2, 0.4, 0.0, 0.8)]
    for _ in range(3):
        time.sleep(0.5)
        processes.append(use(home, 0.2))
    for process in processes:
        assert process.wait(60) == 0


def test_command_while_serving(served: Any) -> None:
    process = use(served.home, 0.1)
    assert process.wait(20) == 0
    assert served.ready()
    note = serving_now(served.home)
    assert note is not None
    assert note["pid"] == served.process.pid


def test_second_server_says_so_and_stops(served: Any) -> None:
    script = Path(__file__).parent / "serve_tiny.py"
    done = subprocess.run(
        [sys.executable, str(script), str(served.home.root), str(served.port + 1)],
        check=False,
        capture_output=True,
        text=True,
        timeout=20,
    )
    assert done.returncode == 1
    assert "already serves" in done.stderr
    assert str(served.process.pid) in done.stderr
    assert served.ready()


def test_port_taken(served: Any, tmp_path: Path) -> None:
    script = Path(__file__).parent / "serve_tiny.py"
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path / "other"), str(served.port)],
        check=False,
        capture_output=True,
        text=True,
        timeout=20,
    )
    assert done.returncode == 1
    assert f"Port {served.port}" in done.stderr
    assert f"--port {served.port + 1}" in done.stderr
    assert not (tmp_path / "other" / "pg").exists()


def test_who_started_it_waits_for_the_others(home: Home) -> None:
    first = use(home, 1.0)
    assert wait_until((home.cluster / "postmaster.pid").exists, 10)
    second = use(home, 3.0)
    assert second.wait(30) == 0
    assert first.wait(30) == 0


def test_serve_waits_for_a_command(home: Home) -> None:
    command = use(home, 2.0)
    assert wait_until((home.cluster / "postmaster.pid").exists, 10)
    server = Served(home).start()
    try:
        assert wait_until(server.ready, 20), server.said()
        assert "Waiting for" in server.said()
        assert command.wait(10) == 0
        assert server.stop() == 0
    finally:
        server.end()
