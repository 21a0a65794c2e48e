"""``upwell serve``: the database, the web server and what looks after them, on one home."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from upwell.base.clock import now
from upwell.base.errors import Unavailable
from upwell.platform import clockstamp
from upwell.platform.configuration import configuration, set_now
from upwell.platform.database import Databases, external_databases, open_owned, server_lock
from upwell.platform.home import Home
from upwell.platform.listening import Listening, check, names_words
from upwell.platform.locks import FileLock
from upwell.platform.postgres import embedded
from upwell.platform.postgres.server import PostgresServer
from upwell.platform.supervisor import Part, Supervisor
from upwell.platform.webserver import WebServer

__all__ = ["Listening", "serve", "serving_now"]


def serve(
    home: Home,
    asked: Listening,
    progress: Callable[[str], None],
    *,
    before_web: Callable[[Databases], None] | None = None,
    also: Sequence[Part] = (),
) -> None:
    """Serve until told to stop (SIGINT, SIGTERM); returns after everything has gone down in order.

    ``before_web`` runs when the database answers and before anybody can reach the pages: migrations, say.
    ``also`` are further parts to keep alive, started last and stopped first.
    """
    home.create()
    own = FileLock(home.serve_lock)
    if not own.take():
        raise Unavailable(_already_served(home, own.read_note()))
    supervisor = Supervisor(progress, every_minute=lambda: clockstamp.write(home))
    supervisor.listen_for_signals()
    owning = server_lock(home)
    try:
        own.write_note({"pid": os.getpid(), "url": asked.url, "since": now().isoformat()})
        check(asked)
        databases = _start_database(home, owning, supervisor)
        if before_web is not None:
            before_web(databases)
        for part in (WebServer(home, asked), *also):
            supervisor.start(part)
        progress(f"Upwell serves {asked.url}")
        if words := names_words(asked.host, configuration().allowed_hosts):
            progress(words)
        supervisor.run()
        progress("Stopping …")
    except KeyboardInterrupt:
        progress("Stopped while starting.")
    finally:
        supervisor.stop()
        owning.release()
        own.release()


def serving_now(home: Home) -> dict[str, Any] | None:
    """Who serves this home at the moment: its process, address and since when."""
    lock = FileLock(home.serve_lock)
    return lock.read_note() if lock.is_taken() else None


class _Database:
    """The embedded server, as the supervisor sees it."""

    name = "database"

    def __init__(self, server: PostgresServer, supervisor: Supervisor) -> None:
        self.server, self.supervisor = server, supervisor

    def start(self, progress: Callable[[str], None]) -> None:
        if not self.server.running():
            self.server.start(progress, cancelled=lambda: self.supervisor.stopping)

    def running(self) -> bool:
        return self.server.running()

    def stop(self) -> None:
        self.server.stop()


def _start_database(home: Home, owning: FileLock, supervisor: Supervisor) -> Databases:
    if set_now("database_url"):
        return external_databases(home, supervisor.progress)
    told = False
    while not owning.take():
        if not told:
            told = True
            note = owning.read_note()
            supervisor.progress(
                f"Waiting for {note.get('command', 'a command')} (process {note.get('pid', '?')}), "
                "which uses the database …"
            )
        time.sleep(0.05)
    server = open_owned(home, owning, "upwell serve", supervisor.progress)
    supervisor.start(_Database(server, supervisor))
    return embedded.resolve(home)


def _already_served(home: Home, note: dict[str, Any]) -> str:
    since = ""
    if "since" in note:
        since = f", since {datetime.fromisoformat(note['since']).astimezone():%d %b %H:%M}"
    return (
        f"Upwell already serves {home.root} at {note.get('url', 'an address it has not noted yet')} "
        f"(process {note.get('pid', '?')}{since}). Use that one, stop it (kill {note.get('pid', '<pid>')}), "
        "or name another home with --home."
    )
