"""A PostgreSQL that the operator runs: taken from ``DATABASE_URL``, checked before it is trusted."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from upwell.base.errors import BadInput, Unavailable
from upwell.platform.configuration import set_now, variable
from upwell.platform.dsn import Databases, Dsn, one_row
from upwell.platform.home import Home
from upwell.platform.postgres import roles
from upwell.platform.postgres.binaries import OLDEST_MAJOR

if TYPE_CHECKING:
    from collections.abc import Callable

    from psycopg import Connection

OWNER_VARIABLE, APP_VARIABLE = variable("database_url"), variable("database_app_url")


def from_url(text: str, variable: str = OWNER_VARIABLE) -> Dsn:
    """One log-in, from a URL such as ``postgresql://user:password@host:5432/upwell``."""
    import psycopg
    from psycopg.conninfo import conninfo_to_dict

    try:
        parts = {key: str(value) for key, value in conninfo_to_dict(text).items() if value is not None}
    except psycopg.Error as error:
        raise BadInput(
            f"{variable} can't be read ({str(error).strip().splitlines()[0]}). "
            "It looks like postgresql://user:password@host:5432/upwell",
            path=variable,
        ) from error
    if "dbname" not in parts or "user" not in parts:
        raise BadInput(
            f"{variable} names no {'user' if 'user' not in parts else 'database'}. "
            "It looks like postgresql://user:password@host:5432/upwell",
            path=variable,
        )
    known = {key: parts.pop(key, "") for key in ("dbname", "user", "password", "host", "port")}
    return Dsn(**known, extra=tuple(sorted(parts.items())))


def resolve(home: Home, url: str) -> Databases:
    """The two log-ins: the URL's is the owner, the application's password is the home's."""
    owner = from_url(url)
    if text := set_now("database_app_url"):
        return Databases(owner, from_url(text, APP_VARIABLE))
    extra = tuple((key, value) for key, value in owner.extra if key not in ("passfile", "service"))
    app = Dsn(owner.dbname, roles.APP, home.secret_if_any("app"), owner.host, owner.port, extra)
    return Databases(owner, app)


def prepare(databases: Databases, progress: Callable[[str], None]) -> None:
    """Check the server and the owner, and make the application's role where that is possible."""
    import psycopg

    try:
        connection = databases.owner.connect()
    except psycopg.OperationalError as error:
        raise Unavailable(
            f"The database of {OWNER_VARIABLE} does not answer: {_said(error)}. "
            "Check that it runs and that the URL is right."
        ) from error
    with connection:
        check_version(connection)
        _check_owner(connection, databases)
        if not _app_logs_in(databases):
            _make_app(connection, databases, progress)
        roles.prepare(connection, databases, ours_alone=False)
    roles.check_app(databases.app)


def check_version(connection: Connection[Any]) -> None:
    """Refuse a server that is too old to hold the schema."""
    if connection.info.server_version < OLDEST_MAJOR * 10000:
        shown = connection.info.parameter_status("server_version")
        raise Unavailable(
            f"The database server is PostgreSQL {shown}; Upwell needs {OLDEST_MAJOR} or newer. "
            f"Upgrade it, or leave {OWNER_VARIABLE} out to use the embedded one."
        )


def _said(error: Exception) -> str:
    return str(error).strip().splitlines()[0].rstrip(".")


def _check_owner(connection: Connection[Any], databases: Databases) -> None:
    row = connection.execute(
        "SELECT has_schema_privilege('public', 'CREATE')"
        " AND has_database_privilege(current_database(), 'CREATE')"
    ).fetchone()
    if not (row and row[0]):
        owner = databases.owner
        raise Unavailable(
            f"The role {owner.user} may not make tables in the database {owner.dbname}. "
            f"Mend it as a superuser: ALTER DATABASE {owner.dbname} OWNER TO {owner.user};"
        )
    if databases.app.user == databases.owner.user:
        raise Unavailable(
            f"{APP_VARIABLE} and {OWNER_VARIABLE} name the same role {databases.owner.user}; row security "
            "needs two: one that owns the tables and one that only uses them."
        )


def _app_logs_in(databases: Databases) -> bool:
    import psycopg

    if not databases.app.password and not set_now("database_app_url"):
        return False
    try:
        return roles.logs_in(databases.app)
    except psycopg.OperationalError as error:
        if "permission denied for database" in str(error):  # it exists; the grant follows
            return True
        raise Unavailable(
            f"The application's role {databases.app.user} can't log in: {_said(error)}."
        ) from error


def _make_app(connection: Connection[Any], databases: Databases, progress: Callable[[str], None]) -> None:
    """Make the application's role, or give it the password of this home."""
    app = databases.app
    if set_now("database_app_url"):
        raise Unavailable(f"The password in {APP_VARIABLE} is not that of {app.user}. Correct the URL.")
    may_make, there = one_row(
        connection,
        "SELECT rolsuper OR rolcreaterole, EXISTS (SELECT FROM pg_roles WHERE rolname = %s) FROM pg_roles"
        " WHERE rolname = current_user",
        app.user,
    )
    if there and may_make and (used := _used_elsewhere(connection, app)):
        raise Unavailable(
            f"The role {app.user} has another password than this home, and the database {used} uses it "
            f"right now. Give its log-in in {APP_VARIABLE} (postgresql://{app.user}:password@host/{app.dbname})."
        )
    if not may_make or not _try_make(connection, databases, there):
        raise Unavailable(
            f"The application needs a database role of its own, and {databases.owner.user} may not make or "
            f"change it. Run this as a superuser, then start again:  {'ALTER' if there else 'CREATE'} ROLE "
            f"{app.user} LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD '<a long random one>';  "
            f"and set {APP_VARIABLE}=postgresql://{app.user}:<that password>@host:5432/{app.dbname}"
        )
    if there:
        progress(f"The database role {app.user} was given a new password, which is kept in this home.")


def _try_make(connection: Connection[Any], databases: Databases, there: bool) -> bool:
    import psycopg
    from psycopg import sql

    app = databases.app
    hashed = connection.pgconn.encrypt_password(
        app.password.encode(), app.user.encode(), b"scram-sha-256"
    ).decode()
    verb = sql.SQL("ALTER ROLE" if there else "CREATE ROLE")
    role = sql.Identifier(app.user)
    try:
        connection.execute(sql.SQL("{} {} LOGIN PASSWORD {}").format(verb, role, sql.Literal(hashed)))
    except psycopg.errors.InsufficientPrivilege:
        return False
    with contextlib.suppress(psycopg.Error):  # a superuser doesn't need it, and others may have it already
        # so that a restore may end the application's connections
        connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(role))
    return True


def _used_elsewhere(connection: Connection[Any], app: Dsn) -> str | None:
    row = connection.execute(
        "SELECT datname FROM pg_stat_activity WHERE usename = %s AND datname <> current_database() LIMIT 1",
        (app.user,),
    ).fetchone()
    return str(row[0]) if row else None
