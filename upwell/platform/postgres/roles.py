"""The database's roles: one owns the tables, one serves people and owns nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from upwell.base.errors import Unavailable
from upwell.platform.dsn import Databases, Dsn, one_row

if TYPE_CHECKING:
    from psycopg import Connection

OWNER = "upwell_owner"
APP = "upwell_app"
DATABASE = "upwell"
_OWNER_MAY = "LOGIN NOSUPERUSER NOBYPASSRLS NOREPLICATION NOCREATEROLE CREATEDB"
_APP_MAY = "LOGIN NOSUPERUSER NOBYPASSRLS NOREPLICATION NOCREATEROLE NOCREATEDB"


def ensure(databases: Databases) -> None:
    """Make the roles and the database of an embedded cluster; safe to call again after a crash halfway."""
    admin = databases.admin
    if admin is None:
        raise Unavailable("Only an embedded database is set up by us.")
    with admin.on("postgres").connect() as server:
        for login, may in ((databases.owner, _OWNER_MAY), (databases.app, _APP_MAY)):
            if not _exists(server, "pg_roles", "rolname", login.user):
                _run(server, f"CREATE ROLE {{role}} {may} PASSWORD {{password}}", login)
        if not _exists(server, "pg_database", "datname", databases.owner.dbname):
            _run(server, "CREATE DATABASE {database} OWNER {role} TEMPLATE template0", databases.owner)
            with admin.on(databases.owner.dbname).connect() as inside:
                prepare(inside, databases, ours_alone=True)
        for login, may in ((databases.owner, _OWNER_MAY), (databases.app, _APP_MAY)):
            if not logs_in(login):  # the home's secret is new, or the set-up was killed before this line
                _run(server, f"ALTER ROLE {{role}} {may} PASSWORD {{password}}", login)
    if not _prepared(databases.app):
        with admin.on(databases.owner.dbname).connect() as inside:
            prepare(inside, databases, ours_alone=True)
    check_app(databases.app)


def prepare(connection: Connection[Any], databases: Databases, *, ours_alone: bool) -> None:
    """Open a database to the application's role, and close it to everybody else.

    Tables that the owner makes from now on can be read and written by the application; a migration takes back
    what one table needs less of. ``ours_alone`` also shuts out other roles of the server from the database.
    """
    statements = [
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        "GRANT USAGE ON SCHEMA public TO {app}",
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public "
        "GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app}",
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public "
        "GRANT USAGE, SELECT ON SEQUENCES TO {app}",
        "GRANT CONNECT ON DATABASE {database} TO {app}",
        # A temporary table could stand in front of a true one, in a trigger that keeps history, say.
        "REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC, {app}",
    ]
    if ours_alone:
        statements.append("REVOKE CONNECT ON DATABASE {database} FROM PUBLIC")
    with connection.transaction():
        for statement in statements:
            connection.execute(_compose(statement, databases, connection.info.dbname))


def logs_in(login: Dsn) -> bool:
    """Whether the password that we have is the right one."""
    import psycopg

    try:
        login.connect().close()
    except psycopg.OperationalError as error:
        if "password authentication failed" in str(error) or "no password supplied" in str(error):
            return False
        raise
    return True


def check_app(app: Dsn) -> None:
    """Refuse an application role to which row security would not apply."""
    if may := unsafe_powers(app):
        raise Unavailable(
            f"The application's role {app.user} {' and '.join(may)}, so row security would not hold it. "
            f"Mend it as a superuser: ALTER ROLE {app.user} NOSUPERUSER NOBYPASSRLS NOCREATEDB "
            "NOCREATEROLE; "
            "and let another role own the tables."
        )


def unsafe_powers(app: Dsn) -> list[str]:
    """What the application's role could do that it must not, in words."""
    with app.connect() as connection:
        row = one_row(
            connection,
            "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb,"
            " EXISTS (SELECT FROM pg_class WHERE relowner = r.oid AND relpersistence <> 't'),"
            " EXISTS (SELECT FROM pg_database WHERE datdba = r.oid)"
            " FROM pg_roles r WHERE rolname = current_user",
        )
    names = ["is a superuser", "bypasses row security", "may make roles", "may make databases"]
    names += ["owns tables", "owns a database"]
    return [name for name, holds in zip(names, row, strict=True) if holds]


def _prepared(app: Dsn) -> bool:
    """Whether the last set-up came as far as granting; all grants are one transaction."""
    with app.connect() as connection:
        row = connection.execute(
            "SELECT EXISTS (SELECT FROM pg_default_acl d JOIN pg_namespace n ON n.oid = d.defaclnamespace"
            " WHERE n.nspname = 'public' AND d.defaclobjtype = 'r')"
        ).fetchone()
    return bool(row and row[0])


def _exists(server: Connection[Any], catalogue: str, column: str, name: str) -> bool:
    from psycopg import sql

    query = sql.SQL("SELECT 1 FROM {} WHERE {} = %s").format(
        sql.Identifier(catalogue), sql.Identifier(column)
    )
    return server.execute(query, (name,)).fetchone() is not None


def _compose(statement: str, databases: Databases, dbname: str) -> Any:
    from psycopg import sql

    return sql.SQL(statement).format(
        app=sql.Identifier(databases.app.user),
        owner=sql.Identifier(databases.owner.user),
        database=sql.Identifier(dbname),
    )


def _run(server: Connection[Any], statement: str, login: Dsn) -> None:
    from psycopg import sql

    # The password travels hashed, so that no log and no statistics view ever holds it.
    hashed = server.pgconn.encrypt_password(login.password.encode(), login.user.encode(), b"scram-sha-256")
    server.execute(
        sql.SQL(statement).format(
            role=sql.Identifier(login.user),
            database=sql.Identifier(login.dbname),
            password=sql.Literal(hashed.decode()),
        )
    )
