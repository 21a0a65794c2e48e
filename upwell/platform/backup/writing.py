"""``upwell backup``: everything into one file while people go on working."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from upwell import __version__
from upwell.base.clock import now
from upwell.base.errors import BadInput, Unavailable
from upwell.platform.backup import census, tools
from upwell.platform.backup.archive import Manifest, Writer, inspect
from upwell.platform.configuration import set_now, variable
from upwell.platform.database import Databases, running
from upwell.platform.dsn import Dsn, one_row
from upwell.platform.home import Home
from upwell.platform.postgres.binaries import Binaries, client_tools

if TYPE_CHECKING:
    from psycopg import Connection

BACKUP_VARIABLE = variable("database_backup_url")


def backup(home: Home, file: Path, progress: Callable[[str], None] = lambda _: None) -> Manifest:
    """Write a backup, read it back, and only then give it its name."""
    file = file.absolute()
    if not file.parent.is_dir():
        raise BadInput(f"The folder {file.parent} is not there. Make it first.", path=str(file))
    if file.is_dir():
        raise BadInput(f"{file} is a folder; name a file, such as {file / 'upwell.backup'}.", path=str(file))
    programs = client_tools()
    with running(home, progress) as databases, _temporary_beside(file) as temporary:
        login = login_for_backup(databases)
        progress("Writing …")
        manifest = _write(temporary, login, databases.app.user, programs)
        progress("Reading it back …")
        verify(temporary, programs)
        os.replace(temporary, file)
        _sync_folder(file.parent)
    _note(home, manifest)
    progress(f"{file}: {manifest.total_rows} rows in {len(manifest.tables)} tables, read back and compared.")
    return manifest


def verify(file: Path, programs: Binaries) -> Manifest:
    """Read a backup from end to end: sums, dump, and the number of rows in it."""
    found: dict[str, int] = {}
    manifest = inspect(file)  # first the sums: pg_restore only ever gets to see what we wrote
    inspect(file, on_dump=lambda chunks: found.update(tools.count_in_dump(programs, chunks, file)))
    for table, about in manifest.tables.items():
        if found.get(table) != about["rows"]:
            raise BadInput(
                f"{file} is not whole: {table} has {found.get(table, 'no')} rows in it, not {about['rows']}.",
                path=str(file),
            )
    return manifest


def last_backup(home: Home) -> datetime | None:
    """When the last good backup of this home was written."""
    with contextlib.suppress(OSError, ValueError, KeyError):
        return datetime.fromisoformat(json.loads((home.root / "backup.json").read_text())["created_at"])
    return None


def login_for_backup(databases: Databases) -> Dsn:
    """A role that sees every row: row security is forced, so the tables' owner is not enough.

    A dump under row security would silently lack what the role may not see; it is refused instead.
    """
    from upwell.platform.postgres.external import from_url

    if databases.admin is not None:
        return databases.admin
    login = databases.owner
    if url := set_now("database_backup_url"):
        login = replace(from_url(url, BACKUP_VARIABLE), dbname=databases.owner.dbname)
    with login.connect() as connection:
        row = connection.execute(
            "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
    if not (row and row[0]):
        raise Unavailable(
            f"The role {login.user} does not see every row (row security holds it), so its backup would "
            "not be whole. Run this as a superuser:  CREATE ROLE upwell_backup LOGIN BYPASSRLS PASSWORD "
            f"'<a long random one>'; GRANT pg_read_all_data TO upwell_backup;  and set {BACKUP_VARIABLE}="
            f"postgresql://upwell_backup:<that password>@host:5432/{databases.owner.dbname}"
        )
    return login


def _write(target: Path, login: Dsn, app: str, programs: Binaries) -> Manifest:
    try:
        with target.open("wb") as file, login.connect(autocommit=False) as connection:
            _check_tools(connection, programs)
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            snapshot = one_row(connection, "SELECT pg_export_snapshot()")[0]
            writer = Writer(file)
            tools.dump(programs, login, snapshot, writer.write)
            manifest = _describe(connection, app, writer)
            writer.finish(manifest)
    except OSError as error:
        raise Unavailable(
            f"{target.parent} can't be written: {error.strerror}. No backup was made."
        ) from error
    return manifest


def _describe(connection: Connection[Any], app: str, writer: Writer) -> Manifest:
    """Counted in the same snapshot that was dumped."""
    tables = census.protections(connection, app)
    for name, rows in census.count_rows(connection, list(tables)).items():
        tables[name]["rows"] = rows
    return Manifest(
        created_at=now().isoformat(timespec="seconds"),
        upwell_version=__version__,
        postgres_version=str(connection.info.parameter_status("server_version")),
        dump_size=writer.size,
        dump_sha256=writer.sha256,
        tables=tables,
        migrations=census.migrations(connection),
    )


def _check_tools(connection: Connection[Any], programs: Binaries) -> None:
    major = connection.info.server_version // 10000
    if major > programs.major:
        raise Unavailable(
            f"The server is PostgreSQL {major}, but pg_dump is {programs.version}, which can't read it. "
            f"Set UPWELL_PG_BIN to the bin folder of a PostgreSQL {major}."
        )


@contextlib.contextmanager
def _temporary_beside(file: Path) -> Any:
    try:
        fd, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.", suffix=".part")
    except OSError as error:
        raise Unavailable(f"{file.parent} can't be written: {error.strerror}. No backup was made.") from error
    os.close(fd)
    try:
        yield Path(name)
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)


def _sync_folder(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _note(home: Home, manifest: Manifest) -> None:
    with contextlib.suppress(OSError):
        (home.root / "backup.json").write_text(json.dumps({"created_at": manifest.created_at}))
