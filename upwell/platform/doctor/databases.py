"""The database of the installation: reachable, new enough, safe, its schema up to date."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from upwell.base.errors import UpwellError
from upwell.platform.database import resolve, server_lock
from upwell.platform.doctor.check import Check, fail, ok, warn
from upwell.platform.dsn import Databases, one_row
from upwell.platform.home import Home
from upwell.platform.postgres import external, roles

if TYPE_CHECKING:
    from psycopg import Connection

_CLOCKS_APART_SECONDS = 5.0
_NOT_STARTED = "upwell serve starts it; look at {log} when it does not."


def database_checks(
    home: Home, pending: Callable[[], list[str]] | None, unreadable: Callable[[], list[str]] | None = None
) -> Iterator[Check]:
    """What can be seen of the database as it stands; nothing is started and nothing is made."""
    import psycopg

    try:
        databases = resolve(home)
    except UpwellError as error:
        yield fail("database", error.message, f"Correct {error.path or external.OWNER_VARIABLE}.")
        return
    if databases.embedded and not (home.cluster / "PG_VERSION").exists():
        yield warn("database", "The database is not set up yet.", "upwell init (or upwell serve) does it.")
        return
    if databases.embedded and not server_lock(home).is_taken():
        yield ok("database", "The database is at rest; upwell serve starts it.")
        return
    try:
        with databases.owner.connect() as connection:
            yield from _inside(connection, databases, pending, unreadable)
    except psycopg.Error as error:
        where = (
            "The embedded database" if databases.embedded else f"The database of {external.OWNER_VARIABLE}"
        )
        yield fail(
            "database",
            f"{where} does not answer: {str(error).strip().splitlines()[0]}",
            _NOT_STARTED.format(log=home.log / "postgres.log")
            if databases.embedded
            else "Check that it runs, that the URL is right, and that this machine may connect.",
        )


def _inside(
    connection: Connection[Any],
    databases: Databases,
    pending: Callable[[], list[str]] | None,
    unreadable: Callable[[], list[str]] | None,
) -> Iterator[Check]:
    shown = connection.info.parameter_status("server_version")
    try:
        external.check_version(connection)
        yield ok("database", f"The database answers (PostgreSQL {shown}).")
    except UpwellError as error:
        yield fail("database", error.message, "Upgrade the server.")
    yield _clocks(connection)
    yield _owner(connection)
    yield _app(databases)
    if pending is not None:
        yield _schema(pending)
    if unreadable is not None:
        yield _knowledge(unreadable)


def _clocks(connection: Connection[Any]) -> Check:
    before = time.time()
    said = one_row(connection, "SELECT clock_timestamp()")[0]
    middle = (before + time.time()) / 2
    apart = abs((said - datetime.fromtimestamp(middle, UTC)).total_seconds())
    if apart > _CLOCKS_APART_SECONDS:
        return fail(
            "clock-database",
            f"The database's clock and this machine's are {apart:,.0f} seconds apart.",
            "Let both be set by the same time service (timedatectl set-ntp true).",
        )
    return ok("clock-database", "The database's clock and this machine's agree.")


def _owner(connection: Connection[Any]) -> Check:
    row = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
    if row and row[0]:
        user = connection.info.user
        return warn(
            "owner-role",
            f"The role {user}, which owns the tables, is a superuser; it need not be.",
            f"Make an ordinary role, give it the database, and put it into {external.OWNER_VARIABLE}.",
        )
    return ok("owner-role", "The role that owns the tables is an ordinary one.")


def _app(databases: Databases) -> Check:
    import psycopg

    try:
        powers = roles.unsafe_powers(databases.app)
    except psycopg.Error as error:
        return fail(
            "app-role",
            f"The application's role {databases.app.user} can't log in: {str(error).strip().splitlines()[0]}",
            "Stop upwell serve and start it again; it puts the roles in order.",
        )
    if powers:
        return fail(
            "app-role",
            f"The application's role {databases.app.user} {' and '.join(powers)}; "
            "row security would not hold it.",
            f"As a superuser: ALTER ROLE {databases.app.user} "
            "NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;",
        )
    return ok("app-role", f"The application's role {databases.app.user} owns nothing; row security holds it.")


def _schema(pending: Callable[[], list[str]]) -> Check:
    missing = pending()
    if missing:
        listed = ", ".join(missing[:3]) + (" …" if len(missing) > 3 else "")
        return fail(
            "schema",
            f"The schema is behind by {len(missing)} steps ({listed}).",
            "upwell init brings it up to date.",
        )
    return ok("schema", "The schema is up to date.")


def _knowledge(unreadable: Callable[[], list[str]]) -> Check:
    found = unreadable()
    if found:
        return fail(
            "knowledge",
            f"What was adopted can't be read by this version of Upwell: {'; '.join(found[:3])}",
            "The medical director looks at “What rules run on” and signs for the present version.",
        )
    return ok("knowledge", "What practices adopted can be read.")
