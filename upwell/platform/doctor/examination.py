"""All checks, one after the other; a check that fails to run is itself a finding."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

from upwell.base.clock import now
from upwell.base.errors import UpwellError
from upwell.platform.configuration import configuration
from upwell.platform.doctor.check import Check, State, fail, ok
from upwell.platform.doctor.databases import database_checks
from upwell.platform.doctor.machine import address_checks, backup_check, clock_checks, disk_check, home_checks
from upwell.platform.home import Home
from upwell.platform.listening import Listening
from upwell.platform.serve import serving_now


def examine(
    home: Home,
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    tls_cert: Path | None = None,
    tls_key: Path | None = None,
    trusted_proxies: tuple[str, ...] = (),
    demo: bool = False,
    pending: Callable[[], list[str]] | None = None,
    last_recorded: Callable[[], datetime | None] | None = None,
    unreadable: Callable[[], list[str]] | None = None,
) -> list[Check]:
    """Look at everything that can be looked at; works when nothing is set up yet.

    ``pending`` names the migrations that the database lacks; ``last_recorded`` is the time of the latest
    audit entry; ``unreadable`` names what practices adopted and this version can't read. They are only asked
    when there is a database.
    """
    listening = Listening(host, port, tls_cert, tls_key, trusted_proxies, demo=demo)
    general = [
        *_guarded("settings", _settings),
        *_guarded("home", lambda: home_checks(home)),
        *_guarded("disk", lambda: [disk_check(home)]),
        *_guarded("programs", lambda: [_programs()]),
    ]
    if any(check.id in ("home", "settings") and check.state is State.FAIL for check in general):
        return general  # nothing in somebody else's home can be read, nor without settings
    return [
        *general,
        *_guarded("port", lambda: address_checks(home, listening, serving_now(home))),
        *_guarded("database", lambda: database_checks(home, pending, unreadable)),
        *_guarded("clock", lambda: clock_checks(home, last_recorded() if last_recorded else None)),
        *_guarded("backup", lambda: [backup_check(home, now())]),
    ]


def _settings() -> list[Check]:
    """Whether every variable that is set can be understood."""
    configuration.__wrapped__()  # not what the process has kept of it
    return [ok("settings", "Every setting can be read; upwell settings shows them.")]


def _programs() -> Check:
    from upwell.platform.postgres.binaries import client_tools

    tools = client_tools()
    return ok("programs", f"PostgreSQL's programs are {tools.version}, in {tools.folder}.")


def _guarded(id: str, checks: Callable[[], Iterable[Check]]) -> list[Check]:
    found: list[Check] = []
    try:
        for check in checks():
            found.append(check)  # noqa: PERF402 - what was found before a failure is kept
    except UpwellError as error:
        found.append(fail(id, error.message, "Do what it says, then run upwell doctor again."))
    except Exception as error:
        found.append(fail(id, f"This could not be checked: {error}", "Please report it with this line."))
    return found
