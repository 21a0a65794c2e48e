"""Where a database is and as whom to log in there."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from upwell.base.errors import Unavailable

if TYPE_CHECKING:
    from typing import LiteralString

    from psycopg import Connection

CONNECT_TIMEOUT_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Dsn:
    """One log-in to one database."""

    dbname: str
    user: str = ""
    password: str = field(default="", repr=False)
    host: str = ""
    port: str = ""
    extra: tuple[tuple[str, str], ...] = ()  # sslmode and the like, from DATABASE_URL

    def kwargs(self) -> dict[str, Any]:
        """The connection's keywords, for psycopg."""
        named = {"dbname": self.dbname, "user": self.user, "password": self.password}
        named |= {"host": self.host, "port": self.port, **dict(self.extra)}
        settled: dict[str, Any] = {"connect_timeout": CONNECT_TIMEOUT_SECONDS, "application_name": "upwell"}
        return settled | {key: value for key, value in named.items() if value}

    def connect(self, **keywords: Any) -> Connection[tuple[Any, ...]]:
        """A plain connection, in autocommit unless told otherwise."""
        import psycopg  # here: a quarter of a second that most commands need not pay

        return psycopg.connect(**(self.kwargs() | {"autocommit": True} | keywords))

    def on(self, dbname: str) -> Dsn:
        """The same log-in on another database of the server."""
        return replace(self, dbname=dbname)

    def django(self) -> dict[str, Any]:
        """The same as an entry of Django's DATABASES."""
        options = {key: value for key, value in self.kwargs().items() if key not in _DJANGO_HAS_OWN_KEY}
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": self.dbname,
            "USER": self.user,
            "PASSWORD": self.password,
            "HOST": self.host,
            "PORT": self.port,
            "OPTIONS": options,
            "CONN_MAX_AGE": 0,
            "CONN_HEALTH_CHECKS": True,
        }

    def for_tools(self) -> tuple[str, dict[str, str]]:
        """The same for ``pg_dump`` and its kin: a connection string, and an environment with the password."""
        from psycopg.conninfo import make_conninfo

        keywords = self.kwargs()
        password = keywords.pop("password", None)  # never on a command line, where everyone can read it
        environment = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
        for kept in ("PGPASSFILE", "PGSSLROOTCERT", "PGSERVICEFILE"):
            if kept in os.environ:
                environment[kept] = os.environ[kept]
        if password:
            environment["PGPASSWORD"] = str(password)
        return make_conninfo("", **keywords), environment


def one_row(connection: Connection[Any], question: LiteralString, *values: Any) -> tuple[Any, ...]:
    """The one row that answers a question."""
    row = connection.execute(question, values or None).fetchone()
    if row is None:
        raise Unavailable(
            "The database gave no answer where it always has one; is it another kind of server?"
        )
    return tuple(row)


_DJANGO_HAS_OWN_KEY = {"dbname", "user", "password", "host", "port"}


@dataclass(frozen=True, slots=True)
class Databases:
    """The log-ins of an installation: the owner of the tables, the application, and the server's admin."""

    owner: Dsn
    app: Dsn
    admin: Dsn | None = None  # the embedded cluster's superuser; never used to serve anybody

    @property
    def embedded(self) -> bool:
        return self.admin is not None

    def on(self, dbname: str) -> Databases:
        """The same log-ins on another database."""
        admin = self.admin.on(dbname) if self.admin else None
        return Databases(self.owner.on(dbname), self.app.on(dbname), admin)
