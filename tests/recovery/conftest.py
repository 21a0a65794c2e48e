"""Homes to break, and a server process to kill."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from upwell.base.ids import new_id
from upwell.platform.database import resolve, running
from upwell.platform.home import Home
from upwell.platform.processes import send, servers_in, wait_until

HERE = Path(__file__).parent


@pytest.fixture(autouse=True)
def _embedded_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)


@pytest.fixture
def bare_home() -> Iterator[Home]:
    """A home in which nothing was set up yet."""
    with _home() as home:
        yield home


@pytest.fixture
def home(home_set_up: Home) -> Iterator[Home]:
    """A home that was set up and stopped."""
    with _home() as home:
        subprocess.run(["cp", "--archive", f"{home_set_up.root}/.", home.root], check=True)
        yield home


@pytest.fixture(scope="session")
def home_set_up() -> Iterator[Home]:
    """Made once; each test breaks a copy."""
    with _home() as home:
        with running(home):
            pass
        yield home


@contextlib.contextmanager
def _home() -> Iterator[Home]:
    # Not pytest's own temporary folder: as root it is closed to the user that runs the database.
    root = Path(tempfile.mkdtemp(prefix="upwell-test-", dir="/tmp"))
    home = Home.at(root)
    yield home
    with contextlib.suppress(OSError):
        send(servers_in(home.cluster), signal.SIGKILL)
    shutil.rmtree(root, ignore_errors=True)
    shutil.rmtree(home.sockets, ignore_errors=True)


class Served:
    """``upwell serve`` on a home, in a process group of its own."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.port = free_port()
        self.output = home.root.parent / f"{home.root.name}.out"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> Served:
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, str(HERE / "serve_tiny.py"), str(self.home.root), str(self.port)],
                stdout=output,
                stderr=output,
                env=os.environ | {"PYTHONPATH": os.pathsep.join([str(HERE), *sys.path])},
                start_new_session=True,
            )
        return self

    def answers(self) -> str | None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=2) as answer:
                return str(answer.read().decode())
        except OSError:
            return None

    def database_answers(self) -> bool:
        try:
            resolve(self.home).app.connect(connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def ready(self) -> bool:
        return self.answers() is not None and self.database_answers()

    def postmaster(self) -> int:
        return int((self.home.cluster / "postmaster.pid").read_text().splitlines()[0])

    def group(self) -> int:
        assert self.process is not None
        return self.process.pid

    def stop(self, sig: signal.Signals = signal.SIGTERM) -> int:
        assert self.process is not None
        self.process.send_signal(sig)
        return self.process.wait(30)

    def end(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.output.unlink(missing_ok=True)

    def said(self) -> str:
        return self.output.read_text()


@pytest.fixture
def served(home: Home) -> Iterator[Served]:
    server = Served(home).start()
    try:
        assert wait_until(server.ready, 30), server.said()
        yield server
    finally:
        server.end()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Writers:
    """Clients that write rows, and keep a journal of every row that was acknowledged to them."""

    def __init__(self, home: Home, journal: Path, count: int = 4) -> None:
        self.home, self.journal = home, journal
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._write, args=(number,)) for number in range(count)]

    def __enter__(self) -> Writers:
        with resolve(self.home).owner.connect() as connection:
            connection.execute(
                "CREATE TABLE IF NOT EXISTS journalled (id uuid PRIMARY KEY, note text NOT NULL)"
            )
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(30)

    def acknowledged(self) -> list[UUID]:
        found = []
        for file in self.journal.parent.glob(self.journal.name + ".*"):
            found += [UUID(line) for line in file.read_text().splitlines() if len(line) == 36]
        return found

    def _write(self, number: int) -> None:
        fd = os.open(f"{self.journal}.{number}", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        connection: psycopg.Connection | None = None
        pending: UUID | None = None
        while not self._stop.is_set() or pending is not None:
            pending = pending or new_id()
            try:
                connection = connection or resolve(self.home).app.connect(connect_timeout=2)
                connection.execute(
                    "INSERT INTO journalled VALUES (%s, %s) ON CONFLICT DO NOTHING", (pending, "x" * 300)
                )
            except psycopg.OperationalError:  # unknown whether it was stored: ask again with the same id
                if connection is not None:
                    connection.close()
                connection = None
                if self._stop.is_set():
                    break
                time.sleep(0.02)
                continue
            os.write(fd, f"{pending}\n".encode())
            os.fsync(fd)
            pending = None
        if connection is not None:
            connection.close()
        os.close(fd)


@pytest.fixture
def writers(home: Home, tmp_path: Path) -> Writers:
    return Writers(home, tmp_path / "journal")


@pytest.fixture
def check_journal(home: Home) -> Callable[[Writers], int]:
    def check(writers: Writers) -> int:
        acknowledged = writers.acknowledged()
        with resolve(home).owner.connect() as connection:
            rows = [row[0] for row in connection.execute("SELECT id FROM journalled").fetchall()]
            # every block that was written still fits its checksum and its index
            connection.execute("SELECT count(note) FROM journalled")
        assert len(set(rows)) == len(rows)
        assert len(set(acknowledged)) == len(acknowledged)
        assert set(acknowledged) <= set(rows)
        return len(acknowledged)

    return check
