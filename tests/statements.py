"""Every PostgreSQL that is tested is sent each statement that the product has, though it is not asked every test.

``--note-statements FILE`` notes which tests send a statement that no test before them sent; ``--only-noted FILE`` runs
those alone, on another PostgreSQL. What depends on more than the words of a statement, runs in any case: who sees what,
and two at once.
"""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

ANYWAY = ("tests/integration/access/", "at_once")
# What differs from call to call and is still the same statement: how many values, which numbers, names and words.
VALUES = re.compile(r"(\(%s[^()]*\)(, ?)?)+|\d+|'[^']*'")


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("statements")
    group.addoption("--note-statements", type=Path, help="note here which tests send statements that are new")
    group.addoption("--only-noted", type=Path, help="run only the tests that were noted here")


def pytest_configure(config: pytest.Config) -> None:
    if file := config.getoption("--note-statements"):
        if hasattr(config, "workerinput") or not config.getoption("numprocesses", None):
            config.pluginmanager.register(Noting(file))
        else:
            file.parent.mkdir(parents=True, exist_ok=True)
            for former in _parts(file):
                former.unlink()
    if (file := config.getoption("--only-noted")) and not _noted(file):
        raise pytest.UsageError(
            f"Nothing is noted in {file}: run the tests with --note-statements {file} first."
        )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not (file := config.getoption("--only-noted")):
        return
    noted = _noted(file)
    chosen = [one.nodeid in noted or any(part in one.nodeid for part in ANYWAY) for one in items]
    config.hook.pytest_deselected(items=[one for one, runs in zip(items, chosen, strict=True) if not runs])
    items[:] = [one for one, runs in zip(items, chosen, strict=True) if runs]


def _parts(file: Path) -> list[Path]:
    return list(file.parent.glob(f"{file.name}.*"))


def _noted(file: Path) -> set[str]:
    return {line for part in _parts(file) for line in part.read_text().splitlines()}


class Noting:
    """Listens to the driver; a statement that is kept prepared goes through a cursor the first time, too."""

    def __init__(self, file: Path) -> None:
        self.file = file.with_name(f"{file.name}.{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}")
        self.seen: set[str] = set()
        self.new = False
        for cursor in (psycopg.Cursor, psycopg.ClientCursor):
            for name in {"execute", "executemany", "copy", "stream"} & vars(cursor).keys():
                setattr(cursor, name, self._listening(getattr(cursor, name)))

    def _listening(self, send: Any) -> Any:
        @functools.wraps(send)
        def listening(cursor: Any, query: Any, *values: Any, **options: Any) -> Any:
            self._heard(query if isinstance(query, str) else psycopg.sql.as_string(query))
            return send(cursor, query, *values, **options)

        return listening

    def _heard(self, query: str) -> None:
        statement = VALUES.sub("?", query)
        self.new |= statement not in self.seen
        self.seen.add(statement)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[Any]:
        self.new = False
        result = yield
        if self.new:
            with self.file.open("a") as file:
                file.write(f"{item.nodeid}\n")
        return result
