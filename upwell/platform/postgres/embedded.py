"""The embedded database as one thing: set up if need be, started, its roles in order."""

from __future__ import annotations

from collections.abc import Callable

from upwell.platform.dsn import Databases, Dsn
from upwell.platform.home import Home
from upwell.platform.postgres import binaries, cluster, roles
from upwell.platform.postgres.osuser import server_user
from upwell.platform.postgres.server import PostgresServer


def resolve(home: Home) -> Databases:
    """The log-ins of the embedded database; their passwords are the home's."""

    def login(user: str, secret: str, dbname: str = roles.DATABASE) -> Dsn:
        return Dsn(dbname, user, home.secret_if_any(secret), str(home.sockets), "5432")

    owner, app = login(roles.OWNER, "owner"), login(roles.APP, "app")
    return Databases(owner, app, login(cluster.SUPERUSER, "admin"))


def make_secrets(home: Home) -> None:
    """Make what passwords the home does not have yet."""
    for name in ("admin", "owner", "app", "django"):
        home.secret(name)


def open_server(home: Home, progress: Callable[[str], None]) -> PostgresServer:
    """Set the cluster up if need be and start it. The caller holds the server's lock, and stops it."""
    home.create()
    make_secrets(home)
    user = server_user()
    programs = binaries.for_server(home, user)
    if not (home.cluster / "PG_VERSION").is_file():
        progress(f"Setting up the database (PostgreSQL {programs.version}) in {home.cluster} …")
    cluster.ensure(home, programs, user)
    server = PostgresServer(home, programs, user)
    server.start(progress)
    try:
        roles.ensure(resolve(home))
    except BaseException:
        server.stop()
        raise
    return server
