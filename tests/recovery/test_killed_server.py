"""Killed in the middle of writes: it recovers by itself, and nothing acknowledged is lost."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from upwell.platform.database import resolve, running
from upwell.platform.home import Home
from upwell.platform.postgres import binaries, cluster
from upwell.platform.postgres.osuser import server_user
from upwell.platform.processes import is_alive, send, servers_in, wait_until

WITHIN_SECONDS = 5.0


def kill_postmaster(served: Any) -> None:
    os.kill(served.postmaster(), signal.SIGKILL)


def kill_every_backend(served: Any) -> None:
    send(servers_in(served.home.cluster), signal.SIGKILL)


@pytest.mark.parametrize("kill", [kill_postmaster, kill_every_backend])
def test_killed_database_is_back_within_five_seconds(
    served: Any, writers: Any, check_journal: Callable[[Any], int], kill: Callable[[Any], None]
) -> None:
    with writers:
        time.sleep(0.7)
        before = served.postmaster()
        kill(served)
        started = time.monotonic()
        assert wait_until(lambda: not is_alive(before), 2)
        assert wait_until(served.database_answers, WITHIN_SECONDS)
        assert time.monotonic() - started < WITHIN_SECONDS
        time.sleep(0.7)
    assert check_journal(writers) > 100
    assert served.postmaster() != before
    assert served.process.poll() is None
    assert "The database works again." in served.said()


def test_killed_web_server_is_back(served: Any) -> None:
    before = served.answers()
    os.kill(int(before), signal.SIGKILL)  # the worker
    assert wait_until(lambda: served.answers() not in (None, before), WITHIN_SECONDS)
    worker = int(served.answers())
    parent = int(Path(f"/proc/{worker}/stat").read_text().rpartition(")")[2].split()[1])
    os.kill(parent, signal.SIGKILL)  # granian itself: its workers must not keep the port
    assert wait_until(lambda: served.answers() not in (None, str(worker)), WITHIN_SECONDS)
    assert served.process.poll() is None


def test_killed_supervisor_leaves_no_orphan(served: Any) -> None:
    served.process.kill()
    served.process.wait()
    assert wait_until(lambda: not servers_in(served.home.cluster), WITHIN_SECONDS)
    assert wait_until(lambda: served.answers() is None, 2)


@pytest.mark.parametrize("everything", [False, True])
def test_killed_process_group_starts_again(
    served: Any, writers: Any, check_journal: Callable[[Any], int], everything: bool
) -> None:
    with writers:
        time.sleep(0.7)
        os.killpg(served.group(), signal.SIGKILL)
        if everything:  # and the database, which would else get its order to stop
            kill_every_backend(served)
        served.process.wait()
        started = time.monotonic()
        served.start()
        assert wait_until(served.ready, WITHIN_SECONDS), served.said()
        assert time.monotonic() - started < WITHIN_SECONDS
        time.sleep(0.5)
    assert check_journal(writers) > 100
    assert served.stop() == 0


def test_clean_stop_and_start_again(served: Any) -> None:
    with resolve(served.home).owner.connect() as connection:
        connection.execute("CREATE TABLE kept (n int)")
        connection.execute("INSERT INTO kept VALUES (7)")
    for sig in (signal.SIGTERM, signal.SIGINT):
        assert served.stop(sig) == 0
        assert not servers_in(served.home.cluster)
        assert served.answers() is None
        started = time.monotonic()
        served.start()
        assert wait_until(served.ready, WITHIN_SECONDS)
        assert time.monotonic() - started < WITHIN_SECONDS
    with resolve(served.home).app.connect() as connection:
        assert connection.execute("SELECT n FROM kept").fetchone() == (7,)
    assert "PANIC" not in (served.home.log / "postgres.log").read_text()


def test_clients_that_hang_on_do_not_hold_up_the_stop(served: Any) -> None:
    """One has said nothing yet, one half a request, one waits with an answered one."""
    said = (b"", b"GET / HTTP/1.1\r\nHost: 127", b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    clients = [socket.create_connection(("127.0.0.1", served.port)) for _ in said]
    for client, words in zip(clients, said, strict=True):
        client.sendall(words)
    assert clients[-1].recv(1000).startswith(b"HTTP/1.1 200")
    started = time.monotonic()
    assert served.stop(signal.SIGINT) == 0
    assert time.monotonic() - started < 8
    assert "refused" not in served.said()
    for client in clients:
        client.close()


def test_pid_file_of_a_stranger(home: Home) -> None:
    """After a crash the noted number may belong to another program of the same user."""
    with running(home):
        pass
    stranger = subprocess.Popen(["sleep", "60"], cwd="/", **server_user().popen())
    try:
        sockets = cluster.make_socket_folder(home, server_user())
        note = f"{stranger.pid}\n{home.cluster}\n1\n5432\n{sockets}\n\n 1 1\nready\n"
        (home.cluster / "postmaster.pid").write_text(note)
        (sockets / ".s.PGSQL.5432.lock").write_text(note)
        with running(home) as databases:
            databases.app.connect().close()
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_orphan_server_on_our_data(home: Home) -> None:
    """A server that nobody supervises any more is stopped before ours starts."""
    with running(home):
        pass
    user = server_user()
    programs = binaries.for_server(home, user)
    sockets = cluster.make_socket_folder(home, user)
    command = [programs.program("postgres"), "-D", str(home.cluster), "-c", "listen_addresses="]
    command += ["-c", f"unix_socket_directories={sockets}"]
    with (home.log / "orphan.log").open("ab") as log:
        orphan = subprocess.Popen(
            command, cwd="/", start_new_session=True, stdout=log, stderr=log, **user.popen()
        )
    try:
        assert wait_until(lambda: len(servers_in(home.cluster)) > 3, 10)
        time.sleep(0.5)
        started = time.monotonic()
        with running(home) as databases:
            databases.app.connect().close()
            assert time.monotonic() - started < WITHIN_SECONDS
            assert orphan.poll() is not None
    finally:
        orphan.kill()
        orphan.wait()


def test_backends_without_postmaster(home: Home) -> None:
    """A backend in the middle of a long query does not notice that its server is gone."""
    with running(home):
        pass
    user = server_user()
    programs = binaries.for_server(home, user)
    sockets = cluster.make_socket_folder(home, user)
    command = [programs.program("postgres"), "-D", str(home.cluster), "-c", "listen_addresses="]
    command += ["-c", f"unix_socket_directories={sockets}"]
    with (home.log / "orphan.log").open("ab") as log:
        server = subprocess.Popen(
            command, cwd="/", start_new_session=True, stdout=log, stderr=log, **user.popen()
        )
    login = resolve(home).owner
    assert wait_until(lambda: _connects(login), 10)
    busy = login.connect(autocommit=False)
    busy.pgconn.send_query(b"SELECT count(*) FROM generate_series(1, 4000000000::bigint)")
    time.sleep(0.3)
    server.kill()
    server.wait()
    started = time.monotonic()
    with running(home) as databases:
        databases.app.connect().close()
        assert time.monotonic() - started < WITHIN_SECONDS
    busy.close()


def _connects(login: Any) -> bool:
    import psycopg

    try:
        login.connect().close()
    except psycopg.OperationalError:
        return False
    return True


def test_a_storm_of_signals_does_not_deafen_it(served: Any) -> None:
    """Signals that come while one is being handled must not keep it from hearing the order to stop."""
    for _ in range(3):
        for _ in range(300):
            served.process.send_signal(signal.SIGCHLD)
        assert served.stop() == 0
        served.start()
        assert wait_until(served.ready, 20)
