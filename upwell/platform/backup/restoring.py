"""``upwell restore``: a backup becomes the database, in one step that either happens or does not."""

from __future__ import annotations

import contextlib
import secrets
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from upwell.base.clock import now
from upwell.base.errors import BadInput, Unavailable
from upwell.platform.backup import census, tools
from upwell.platform.backup.archive import BLOCK, Manifest
from upwell.platform.backup.writing import verify
from upwell.platform.configuration import set_now
from upwell.platform.database import Databases, running
from upwell.platform.home import Home
from upwell.platform.locks import FileLock
from upwell.platform.postgres import roles
from upwell.platform.postgres.binaries import Binaries, client_tools

if TYPE_CHECKING:
    from psycopg import Connection

_KEPT, _LOADING = "_before_restore_", "_restoring_"


def restore(
    home: Home,
    file: Path,
    progress: Callable[[str], None] = lambda _: None,
    *,
    known_migrations: Iterable[tuple[str, str]] | None = None,
    bring_up_to_date: Callable[[Databases], None] | None = None,
) -> Manifest:
    """Put a backup in the place of the present database, which is kept under another name.

    ``known_migrations`` are those that this version of the program has; a backup with others is refused.
    ``bring_up_to_date`` migrates the restored database before it takes its place (its log-ins are given).
    """
    programs = client_tools()
    progress("Checking the backup …")
    manifest = verify(file.absolute(), programs)
    _refuse_newer(file, manifest, known_migrations)
    with running(home, progress) as databases, _alone(home), _extracted(home, file, manifest) as dump:
        progress(f"Loading {manifest.total_rows} rows in {len(manifest.tables)} tables …")
        loaded = _load(databases, dump, manifest, programs)
        if bring_up_to_date is not None:
            bring_up_to_date(databases.on(loaded))
        kept = _swap(databases, loaded)
        _drop_leftovers(databases)
        databases.app.connect().close()
    progress(f"Restored the state of {manifest.created_at}. The former one is kept as the database {kept}.")
    return manifest


def _refuse_newer(file: Path, manifest: Manifest, known: Iterable[tuple[str, str]] | None) -> None:
    if known is None:
        return
    unknown = sorted({(app, name) for app, name in manifest.migrations} - set(known))
    if unknown:
        raise BadInput(
            f"{file} was written by a newer Upwell ({manifest.upwell_version}): this one does not know "
            f"{unknown[0][0]}.{unknown[0][1]}. Upgrade first. Nothing was changed.",
            path=str(file),
        )


@contextlib.contextmanager
def _alone(home: Home) -> Iterator[None]:
    lock = FileLock(home.root / "restore.lock")
    if not lock.take():
        raise Unavailable("Another restore is running on this home. Wait until it is done.")
    try:
        yield
    finally:
        lock.release()


@contextlib.contextmanager
def _extracted(home: Home, file: Path, manifest: Manifest) -> Iterator[Path]:
    """The dump as a file of its own: ``pg_restore`` has to be able to jump in it."""
    if home.free_bytes() < 4 * manifest.dump_size:  # the dump itself, and the database that comes out of it
        raise Unavailable(
            f"There is too little room on the disk of {home.root} to restore {file}. Nothing was changed."
        )
    work = Path(tempfile.mkdtemp(dir=home.root, prefix="restore-"))
    try:
        with file.open("rb") as source, (work / "database.dump").open("wb") as target:
            source.seek(BLOCK)
            left = manifest.dump_size
            while left:
                chunk = source.read(min(1 << 20, left))
                if not chunk:
                    raise BadInput(
                        f"{file} was cut off while it was read. Nothing was changed.", path=str(file)
                    )
                target.write(chunk)
                left -= len(chunk)
        yield work / "database.dump"
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _load(databases: Databases, dump: Path, manifest: Manifest, programs: Binaries) -> str:
    """Make a new database from the dump and compare it with what the backup says."""
    name = f"{databases.owner.dbname[:30]}{_LOADING}{secrets.token_hex(4)}"
    _drop_leftovers(databases)
    with _maintenance(databases) as server:
        _run(
            server,
            "CREATE DATABASE {name} OWNER {owner} TEMPLATE template0",
            name=name,
            owner=databases.owner.user,
        )
    inside = databases.on(name)
    try:
        wanted = dump.with_name("contents")
        wanted.write_text("\n".join(_ours(tools.contents(programs, dump))) + "\n")
        tools.load(programs, inside.owner, dump, wanted, "pre-data", "data")
        # Counted before row security comes into force, which would hide the rows from the owner as well.
        with inside.owner.connect() as connection:
            _compare_rows(manifest, census.count_rows(connection, list(manifest.tables)))
        tools.load(programs, inside.owner, dump, wanted, "post-data")
        # Only now: default rights that stood before would have been added to those of the backup.
        with (inside.admin or inside.owner).connect() as connection:
            roles.prepare(connection, inside, ours_alone=databases.embedded)
        with inside.owner.connect() as connection:
            _compare_protections(manifest, census.protections(connection, databases.app.user))
            connection.execute("ANALYZE")
    except BaseException:
        _drop(databases, name)
        raise
    return name


def _ours(contents: list[str]) -> list[str]:
    """The dump without what the new database gets from us: default rights, which name their roles."""
    return [line for line in contents if " DEFAULT ACL " not in line and " SCHEMA - public " not in line]


def _compare_rows(manifest: Manifest, found: dict[str, int]) -> None:
    for table, about in manifest.tables.items():
        if found.get(table) != about["rows"]:
            raise Unavailable(
                f"After loading, {table} has {found.get(table, 0)} rows, not {about['rows']}. "
                "Nothing was changed."
            )


def _compare_protections(manifest: Manifest, found: dict[str, dict[str, Any]]) -> None:
    for table, about in manifest.tables.items():
        there = found.get(table, {})
        for what, wanted in about.items():
            if what != "rows" and there.get(what) != wanted:
                raise Unavailable(
                    f"After loading, {table} has {what} {there.get(what)}, not {wanted}. Nothing was changed."
                )


def _swap(databases: Databases, loaded: str) -> str:
    """Exchange the names of the two databases in one transaction, so that there is always a whole one."""
    import psycopg

    current = databases.owner.dbname
    done = threading.Event()
    ending = threading.Thread(target=_end_connections, args=(databases, current, loaded, done))
    ending.start()
    try:
        with _maintenance(databases) as server:
            for attempt in range(5):
                kept = f"{current[:30]}{_KEPT}{now():%Y%m%d_%H%M%S}"
                try:
                    with server.transaction():
                        _run(server, "ALTER DATABASE {current} RENAME TO {kept}", current=current, kept=kept)
                        _run(
                            server,
                            "ALTER DATABASE {loaded} RENAME TO {current}",
                            loaded=loaded,
                            current=current,
                        )
                    break
                except (psycopg.errors.ObjectInUse, psycopg.errors.DuplicateDatabase):
                    if attempt == 4:
                        raise
                    time.sleep(1)
    except psycopg.Error as error:
        _drop(databases, loaded)
        raise Unavailable(
            f"The restored database could not take its place: {error}. Nothing was changed. "
            "Stop upwell serve and try again."
        ) from error
    finally:
        done.set()
        ending.join()
    with _maintenance(databases) as server:
        for name in _names(server, f"{current[:30]}{_KEPT}"):
            if name != kept:
                _run(server, "DROP DATABASE {name} WITH (FORCE)", name=name)
    return kept


def _end_connections(databases: Databases, current: str, loaded: str, done: threading.Event) -> None:
    """End the sessions that stand in the way; new ones wait at the door while the names change."""
    with _maintenance(databases) as server:
        while not done.is_set():
            server.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname IN (%s, %s) AND pid <> pg_backend_pid() AND backend_type = 'client backend'",
                (current, loaded),
            )
            done.wait(0.05)


def _maintenance(databases: Databases) -> Connection[Any]:
    """A connection beside the databases that are renamed."""
    login = databases.admin or databases.owner
    return login.on(set_now("maintenance_db")).connect()


def _drop_leftovers(databases: Databases) -> None:
    """Drop what a killed restore left behind; it never took its place."""
    with _maintenance(databases) as server:
        for name in _names(server, f"{databases.owner.dbname[:30]}{_LOADING}"):
            _run(server, "DROP DATABASE {name} WITH (FORCE)", name=name)


def _drop(databases: Databases, name: str) -> None:
    with _maintenance(databases) as server:
        _run(server, "DROP DATABASE IF EXISTS {name} WITH (FORCE)", name=name)


def _names(server: Connection[Any], start: str) -> list[str]:
    rows = server.execute(
        "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", (start,)
    ).fetchall()
    return [str(row[0]) for row in rows]


def _run(server: Connection[Any], statement: str, **names: str) -> None:
    from psycopg import sql

    identifiers = {key: sql.Identifier(name) for key, name in names.items()}
    server.execute(sql.SQL(statement).format(**identifiers))
