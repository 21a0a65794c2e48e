"""One real PostgreSQL for all tests: the embedded one, in a home of its own; every worker has its own database.

``UPWELL_PG_BIN`` points the same tests at another PostgreSQL's binaries.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

settings.register_profile("upwell", deadline=None)  # a busy machine is slow, not wrong
settings.load_profile("upwell")

CONTROLLER = "PYTEST_XDIST_WORKER" not in os.environ
if CONTROLLER:
    os.environ["UPWELL_TEST_HOME"] = tempfile.mkdtemp(prefix="upwell-tests-")
TEST_HOME = Path(os.environ["UPWELL_TEST_HOME"])
for inherited in ("DATABASE_URL", "UPWELL_DEMO", "UPWELL_HTTPS", "UPWELL_TRUSTED_PROXIES"):
    os.environ.pop(inherited, None)
os.environ["UPWELL_HOME"] = str(TEST_HOME)
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

from tests.emptying import emptied, versions  # noqa: E402
from upwell.platform.home import Home  # noqa: E402 - after the home is named
from upwell.platform.postgres import embedded  # noqa: E402

HOME = Home.at(TEST_HOME).create()
embedded.make_secrets(HOME)

import django  # noqa: E402

django.setup()
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
TEMPLATE = "upwell_tests"
# Workers would be left with nothing to do, were the longest file the last one.
LONGEST_FIRST = (
    "journeys/test_one_course.py",  # makes the demo for all journeys, and the next ones wait for it
    "integration/test_import",
    "journeys/test_every_page.py",
    "journeys/",
    "integration/live/",
    "integration/office/test_demo_load.py",
    "integration/pathway/session/",
    "integration/",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first; inside a file the order of pytest-django stays, by what tests do with the database."""

    def place(item: pytest.Item) -> int:
        path = item.nodeid.removeprefix("tests/")
        return next(
            (n for n, longer in enumerate(LONGEST_FIRST) if path.startswith(longer)), len(LONGEST_FIRST)
        )

    items.sort(key=place)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave nothing behind."""
    if CONTROLLER:
        shutil.rmtree(TEST_HOME, ignore_errors=True)


def _use(dbname: str) -> None:
    from django.db import connections

    for alias in connections:
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = dbname


def _make_template(databases: Any) -> None:
    """Migrate once; every database of the tests is a copy of it."""
    from upwell.platform.locks import FileLock
    from upwell.platform.postgres import roles
    from upwell.platform.schema import keep_knowledge, migrate

    lock = FileLock(TEST_HOME / "template.lock")
    while not lock.take():
        import time

        time.sleep(0.1)
    try:
        if (TEST_HOME / "template.made").exists():
            return
        from psycopg import sql

        with databases.admin.on("postgres").connect() as server:
            # No machine loses its power here; kills of processes are tested on servers that keep this on.
            for waits in ("fsync", "full_page_writes"):
                server.execute(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(waits)))
            server.execute("SELECT pg_reload_conf()")
            statement = sql.SQL("CREATE DATABASE {} OWNER {}")
            server.execute(statement.format(sql.Identifier(TEMPLATE), sql.Identifier(roles.OWNER)))
        with databases.admin.on(TEMPLATE).connect() as inside:
            roles.prepare(inside, databases, ours_alone=True)
        _use(TEMPLATE)
        migrate()
        keep_knowledge()
        _use("upwell")
        (TEST_HOME / "template.made").touch()
    finally:
        lock.release()


def _make_copy(databases: Any, name: str) -> None:
    from psycopg import sql

    from upwell.platform.postgres import roles

    with databases.admin.on("postgres").connect() as server:
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}")
        parts = sql.Identifier(name), sql.Identifier(TEMPLATE), sql.Identifier(roles.OWNER)
        server.execute(statement.format(*parts))


def _drop(databases: Any, name: str) -> None:
    from psycopg import sql

    with databases.admin.on("postgres").connect() as server:
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def _copy_of_template(databases: Any, name: str) -> Iterator[str]:
    _make_copy(databases, name)
    _use(name)
    try:
        yield name
    finally:
        _use("upwell")
        _drop(databases, name)


@pytest.fixture(scope="session")
def databases() -> Iterator[Any]:
    """The running server's log-ins (``app``, ``owner``, ``admin``)."""
    from upwell.platform.database import running

    with running(HOME) as found:
        yield found


@pytest.fixture(scope="session")
def django_db_setup(databases: Any, django_db_blocker: Any) -> Iterator[None]:
    """The schema as the product migrates it, used as the application's role: row security is on in every test."""
    with django_db_blocker.unblock():
        _make_template(databases)
        with _copy_of_template(databases, f"upwell_{WORKER}"), django_db_blocker.block():
            yield


@pytest.fixture(scope="session")
def own_copy(databases: Any, django_db_setup: None) -> Iterator[dict[str, Any]]:
    """What of this worker's second database is known: empty as long as there is none."""
    yield (known := {})
    if known:
        _drop(databases, f"upwell_{WORKER}_own")


@pytest.fixture
def committed_db(databases: Any, own_copy: dict[str, Any], django_db_blocker: Any) -> Iterator[str]:
    """A database of its own for a test that needs real commits, threads or kills; empty again afterwards."""
    name = f"upwell_{WORKER}_own"
    with django_db_blocker.unblock():
        if not own_copy:
            _drop(databases, name)
            _make_copy(databases, name)
            with databases.admin.on(name).connect() as inside:
                own_copy.update(versions(inside))
        _use(name)
        yield name
        _use(f"upwell_{WORKER}")
        with databases.admin.on(name).connect() as inside:
            if not emptied(inside, own_copy):
                own_copy.clear()


from tests.people import *  # noqa: E402, F403 - the fixtures that make practices, staff and patients
