"""Every PostgreSQL that is tested is sent each statement that the product has, though it is not asked every test.

``--note-statements FILE`` notes which statements each test sends, and how long it takes; ``--only-noted FILE`` runs, on
another PostgreSQL, the few quick tests that send them all. What depends on more than the words of a statement, runs in
any case: who sees what, and two at once.
"""

from __future__ import annotations

import functools
import json
import os
import re
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg
import pytest

ANYWAY = ("tests/integration/access/", "at_once")
# What differs from call to call and is still the same statement: how many values, which numbers, names and words.
VALUES = re.compile(r"(\(%s[^()]*\)(, ?)?)+|\d+|'[^']*'")
_OVERHEAD_SECONDS = 0.05  # of any test
Noted = tuple[float, set[str]]  # seconds and statements of a test


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("statements")
    group.addoption("--note-statements", type=Path, help="note here which statements each test sends")
    group.addoption("--only-noted", type=Path, help="run as few tests as send all that is noted here")


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


@pytest.hookimpl(trylast=True)  # after those that are left out by their marks
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not (file := config.getoption("--only-noted")):
        return
    noted = _noted(file)
    anyway = {one.nodeid for one in items if any(part in one.nodeid for part in ANYWAY)}
    chosen = anyway | enough({one.nodeid: noted[one.nodeid] for one in items if one.nodeid in noted}, anyway)
    config.hook.pytest_deselected(items=[one for one in items if one.nodeid not in chosen])
    items[:] = [one for one in items if one.nodeid in chosen]


def enough(noted: dict[str, Noted], anyway: set[str]) -> set[str]:
    """Which tests to run beside those that run ``anyway``, so that each statement that is noted is sent once more.

    Again and again the one that sends most new statements for its time; ``noted``: seconds and statements of each.
    """
    left = set().union(*(sent for _, sent in noted.values()))
    left = left.difference(*(noted[one][1] for one in anyway & noted.keys()))
    chosen: set[str] = set()
    while left:
        best = max(noted, key=lambda one: len(noted[one][1] & left) / (noted[one][0] + _OVERHEAD_SECONDS))
        chosen.add(best)
        left -= noted[best][1]
    return chosen


def _parts(file: Path) -> list[Path]:
    return list(file.parent.glob(f"{file.name}.*"))


def _noted(file: Path) -> dict[str, Noted]:
    lines = (json.loads(line) for part in _parts(file) for line in part.read_text().splitlines())
    return {test: (seconds, set(sent)) for test, seconds, sent in lines}


class Noting:
    """Listens to the driver; a statement that is kept prepared goes through a cursor the first time, too."""

    def __init__(self, file: Path) -> None:
        self.file = file.with_name(f"{file.name}.{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}")
        self.sent: set[str] = set()
        for cursor in (psycopg.Cursor, psycopg.ClientCursor):
            for name in {"execute", "executemany", "copy", "stream"} & vars(cursor).keys():
                setattr(cursor, name, self._listening(getattr(cursor, name)))

    def _listening(self, send: Any) -> Any:
        @functools.wraps(send)
        def listening(cursor: Any, query: Any, *values: Any, **options: Any) -> Any:
            self.sent.add(named(query if isinstance(query, str) else psycopg.sql.as_string(query)))
            return send(cursor, query, *values, **options)

        return listening

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[Any]:
        self.sent.clear()
        began = time.monotonic()
        result = yield
        if self.sent:
            note = [item.nodeid, round(time.monotonic() - began, 3), sorted(self.sent)]
            with self.file.open("a") as file:
                file.write(f"{json.dumps(note)}\n")
        return result


@functools.lru_cache(4096)
def named(query: str) -> str:
    """A short name of a statement, whatever its values are."""
    return sha256(VALUES.sub("?", query).encode()).hexdigest()[:12]
