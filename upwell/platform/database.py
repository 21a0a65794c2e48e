"""The database of an installation: where it is, and having it run while something needs it."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from upwell.base.errors import Unavailable
from upwell.platform.configuration import set_now
from upwell.platform.dsn import Databases, Dsn
from upwell.platform.home import Home
from upwell.platform.locks import FileLock
from upwell.platform.postgres import embedded

if TYPE_CHECKING:
    from upwell.platform.postgres.server import PostgresServer

__all__ = ["Databases", "Dsn", "django_databases", "resolve", "running", "server_lock", "users_lock"]

# More connections than threads, so that nobody waits but for a database that is away. The pool asks it ever more
# seldom; it gives that up soon, and the next request asks at once.
POOL = {"min_size": 2, "max_size": 12, "timeout": 4, "reconnect_timeout": 2}
# Row security makes planning dear: the pages' statements, which come again and again, are planned once for each
# connection. An import must not: a plan made for a table that was empty stays, and crawls, when it is full.
PREPARED = {"server_side_binding": True, "prepare_threshold": 3}
_ASK_AGAIN_SECONDS = 0.05


def resolve(home: Home) -> Databases:
    """The log-ins of this installation; nothing is contacted, nothing is made."""
    if url := set_now("database_url"):
        from upwell.platform.postgres import external

        return external.resolve(home, url)
    return embedded.resolve(home)


def django_databases(home: Home) -> dict[str, dict[str, Any]]:
    """Django's DATABASES: the application's role by default, the owner's for migrations.

    Commands hold one connection. The pages' threads share a pool; ``POOL`` and ``PREPARED`` are put in where the
    web server enters.
    """
    databases = resolve(home)
    return {"default": databases.app.django(), "owner": databases.owner.django()}


def server_lock(home: Home) -> FileLock:
    """Held by the one process that has started the embedded server."""
    return FileLock(home.root / "server.lock")


def users_lock(home: Home) -> FileLock:
    """Shared by every command that uses the server; exclusive while it stops."""
    return FileLock(home.root / "users.lock")


@contextmanager
def running(home: Home, progress: Callable[[str], None] = lambda _: None) -> Iterator[Databases]:
    """Have the database run for the time of a command.

    It is the one of ``DATABASE_URL``, or the embedded one: as ``upwell serve`` or another command already
    runs it, or started for this command. Who started it waits at the end for the others that still use it.
    """
    home.create()
    if set_now("database_url"):
        yield external_databases(home, progress)
        return
    server, owning, using = _join(home, progress)
    try:
        yield embedded.resolve(home)
    finally:
        using.release()
        if server is not None:
            try:
                _wait_for_users(using, progress)
            finally:
                server.stop()
                using.release()
        owning.release()


def external_databases(home: Home, progress: Callable[[str], None]) -> Databases:
    """The operator's own server, checked and with the roles that we need."""
    from upwell.platform.postgres import external

    embedded.make_secrets(home)
    databases = resolve(home)
    external.prepare(databases, progress)
    return databases


def _join(home: Home, progress: Callable[[str], None]) -> tuple[PostgresServer | None, FileLock, FileLock]:
    """Start the server, or take part in one that runs; waits while one is starting or stopping."""
    owning, using = server_lock(home), users_lock(home)
    told = False
    while True:
        if owning.take():
            try:
                server = open_owned(home, owning, _own_command(), progress)
            except BaseException:
                owning.release()
                raise
            using.take(shared=True)
            return server, owning, using
        if using.take(shared=True):
            if owning.read_note().get("ready") and _answers(home):
                return None, owning, using
            using.release()
        if not told:
            told = True
            note = owning.read_note()
            progress(f"Waiting for the database, which process {note.get('pid', '?')} starts or stops …")
        time.sleep(_ASK_AGAIN_SECONDS)


def open_owned(home: Home, owning: FileLock, command: str, progress: Callable[[str], None]) -> PostgresServer:
    """Start the embedded server under its lock, and tell the others when they may use it."""
    note = {"pid": os.getpid(), "command": command}
    owning.write_note(note)  # not ready: before the roles are in order nobody else should knock
    server = embedded.open_server(home, progress)
    owning.write_note(note | {"ready": True})
    return server


def _answers(home: Home) -> bool:
    """Whether the running server takes our log-in yet."""
    import psycopg

    app = embedded.resolve(home).app
    if not app.password:
        return False
    try:
        app.connect().close()
    except psycopg.OperationalError as error:
        if "password authentication failed" in str(error):
            raise Unavailable(
                f"The running database does not know the password in {home.secrets / 'app'}. "
                "Stop it and start again; the roles are then put in order."
            ) from error
        return False
    return True


def _wait_for_users(using: FileLock, progress: Callable[[str], None]) -> None:
    """Stop the server only when nobody else uses it any more."""
    told = False
    while not using.take():
        if not told:
            told = True
            progress("Another command still uses the database; waiting for it to finish …")
        time.sleep(_ASK_AGAIN_SECONDS)


def _own_command() -> str:
    return " ".join(["upwell", *sys.argv[1:2]])
