"""The dosing day under fire: what was acknowledged is stored, what is stored was acknowledged, each once.

Short here, long in ``make test-faults``: the numbers of the rounds are the difference.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.recovery.bedside import Bedside, Tablets, vitals
from upwell.platform.home import Home
from upwell.platform.processes import is_alive, send, servers_in, wait_until

WRITERS = 8
BACK_S = 10.0
STARTS_S = 400  # on a busy machine, with a database to set up


@pytest.fixture
def bedside(home: Home) -> Iterator[Bedside]:
    server = Bedside(home).start()
    try:
        assert wait_until(server.answers, STARTS_S), server.said()
        yield server
    finally:
        server.end()


def all_once(bedside: Bedside, tablets: Tablets) -> int:
    """Acknowledged set equals stored set, each once."""
    stored, acknowledged = Counter(bedside.stored()), Counter(tablets.acknowledged)
    assert stored == acknowledged
    assert set(stored.values()) == {1}
    return len(stored)


def kill_server(bedside: Bedside) -> None:
    """The supervisor and the web server die at once; somebody starts it again, as systemd does."""
    os.killpg(bedside.group(), signal.SIGKILL)
    assert bedside.process is not None
    bedside.process.wait()
    bedside.start()
    assert wait_until(bedside.answers, STARTS_S), bedside.said()


def kill_database(bedside: Bedside) -> None:
    """PostgreSQL dies; nobody does anything, and entries are taken again within ten seconds."""
    before = bedside.postmaster()
    os.kill(before, signal.SIGKILL)
    assert wait_until(lambda: not is_alive(before), BACK_S)
    assert wait_until(bedside.database_answers, BACK_S), bedside.said()


def under_fire(
    bedside: Bedside,
    kill: Callable[[Bedside], None],
    *,
    kills: int,
    every_s: float,
    places: list[dict[str, str]] | None = None,
) -> Tablets:
    with Tablets(bedside, places or bedside.places(WRITERS), pause_s=0.3) as tablets:
        for _ in range(kills):
            time.sleep(every_s)
            kill(bedside)
        time.sleep(every_s)
    assert all_once(bedside, tablets) >= WRITERS
    return tablets


def test_killed_under_eight_writers(bedside: Bedside) -> None:
    """The server once, and then PostgreSQL: within ten seconds the next entry is taken, once."""
    places = bedside.places(WRITERS)
    under_fire(bedside, kill_server, kills=1, every_s=2, places=places)
    before, envelope = bedside.stored(), vitals(places[0], random.Random(1))
    kill_database(bedside)
    assert wait_until(lambda: bedside.deliver(envelope)[1].get("stored"), BACK_S), bedside.said()
    assert bedside.stored() == sorted([*before, envelope["id"]])
    assert bedside.deliver(envelope)[1]["duplicate"] is True


@pytest.mark.faults
def test_the_server_is_killed_twenty_times(bedside: Bedside) -> None:
    under_fire(bedside, kill_server, kills=20, every_s=10)


@pytest.mark.faults
def test_the_database_is_killed_ten_times_and_comes_back_by_itself(bedside: Bedside) -> None:
    under_fire(bedside, kill_database, kills=10, every_s=8)
    assert bedside.process is not None
    assert bedside.process.poll() is None


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A disk of its own, which can be filled."""
    folder = Path(tempfile.mkdtemp(prefix="upwell-disk-", dir="/tmp"))
    mount = ["mount", "-t", "tmpfs", "-o", "size=700m,mode=755", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        shutil.rmtree(folder)
        pytest.fail("run it as root, on a machine that lets it mount a small disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.faults
def test_a_full_disk_acknowledges_nothing_that_it_did_not_store(small_disk: Path) -> None:
    """While the disk is full the answer is an error, which the page tells as “not saved on the server”."""
    home = Home.at(small_disk / "home")
    server = Bedside(home)
    server.output = small_disk.parent / f"{small_disk.name}.out"
    server.start()
    try:
        assert wait_until(server.answers, STARTS_S), server.said()
        [place] = server.places(1)
        accepted, waiting = _until_full(server, place, small_disk / "fill")
        (small_disk / "fill").unlink()
        for envelope in [*waiting, *waiting]:  # the outbox sends what got no receipt, and for once twice
            assert wait_until(lambda one=envelope: server.deliver(one)[1].get("stored"), 60)  # type: ignore[misc]
        assert server.stored() == sorted([*accepted, *(one["id"] for one in waiting)])
    finally:
        server.end()
        send(servers_in(home.cluster), signal.SIGKILL)
        shutil.rmtree(home.sockets, ignore_errors=True)


def _until_full(server: Bedside, place: dict[str, str], fill: Path) -> tuple[list[str], list[dict[str, Any]]]:
    """Fill the disk, and write until several entries in a row were not taken: what was, and what was not."""
    accepted: list[str] = []
    waiting: list[dict[str, Any]] = []
    generator = random.Random(3)
    deadline = time.monotonic() + 240
    while len(waiting) < 5:
        assert time.monotonic() < deadline, "the disk was never full for the database"
        _fill(fill)
        envelope = vitals(place, generator, words="x" * 9_000)
        status, told = server.deliver(envelope)
        if told.get("stored"):
            assert status in {200, 201}
            accepted.append(envelope["id"])
        else:
            assert status in {0, 500, 503}, (status, told)
            waiting.append(envelope)
    return accepted, waiting


def _fill(file: Path) -> None:
    for size in (1 << 20, 1 << 12):
        with contextlib.suppress(OSError), file.open("ab", buffering=0) as filling:
            while filling.write(b"\0" * size) == size:
                pass
