"""``pg_dump`` and ``pg_restore``: run, fed, read, and their complaints understood."""

from __future__ import annotations

import contextlib
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, cast

from upwell.base.errors import BadInput, Unavailable
from upwell.platform.dsn import Dsn
from upwell.platform.postgres.binaries import Binaries

_CHUNK = 1 << 20
_PREAMBLE_LINES = 16


def dump(tools: Binaries, login: Dsn, snapshot: str, write: Callable[[bytes], None]) -> None:
    """Write a dump of the database, as one snapshot of it sees it."""
    target, environment = login.for_tools()
    command = [tools.program("pg_dump"), "--format=custom", f"--snapshot={snapshot}", f"--dbname={target}"]
    with (
        tempfile.TemporaryFile() as complaints,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=complaints, env=environment) as process,
    ):
        while chunk := _out(process).read(_CHUNK):
            write(chunk)
        process.wait()
        complaints.seek(0)
        said = complaints.read().decode(errors="replace").strip()
    if process.returncode != 0:
        raise Unavailable(f"pg_dump failed, no backup was written: {_last_line(said)}")


def count_in_dump(tools: Binaries, chunks: Iterator[bytes], path: Path) -> dict[str, int]:
    """How many rows of each table a dump really holds, read back from its bytes."""
    command = [tools.program("pg_restore"), "--data-only", "--file=-"]
    found: dict[str, int] = {}
    with (
        tempfile.TemporaryFile() as complaints,
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=complaints
        ) as process,
    ):
        feeding = threading.Thread(target=_feed, args=(process, chunks))
        feeding.start()
        _count(process, found)
        feeding.join()
        process.wait()
        complaints.seek(0)
        said = complaints.read().decode(errors="replace").strip()
    if process.returncode != 0:
        if "unsupported version" in said:
            raise BadInput(
                f"{path} was written by a newer PostgreSQL than these programs ({tools.version}). "
                "Set UPWELL_PG_BIN to a newer one.",
                path=str(path),
            )
        raise BadInput(
            f"The database in {path} can't be read: {_last_line(said)}. Nothing was changed.", path=str(path)
        )
    return found


def load(tools: Binaries, login: Dsn, dump_file: Path, contents: Path, *sections: str) -> None:
    """Load parts of a dump into an empty database; the first complaint ends it.

    It goes through ``psql``: ``pg_restore`` 17 and later begins with a setting that older servers refuse.
    """
    target, environment = login.for_tools()
    reading = [
        tools.program("pg_restore"),
        "--no-owner",
        f"--use-list={contents}",
        "--file=-",
        str(dump_file),
    ]
    reading += [f"--section={section}" for section in sections]
    writing = [tools.program("psql"), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", f"--dbname={target}"]
    with (
        tempfile.TemporaryFile() as complaints,
        subprocess.Popen(reading, stdout=subprocess.PIPE, stderr=complaints) as source,
        subprocess.Popen(
            writing, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=complaints, env=environment
        ) as sink,
    ):
        _feed(sink, _without_new_settings(source))
        failed = sink.wait() != 0
        _out(source).close()
        failed = source.wait() != 0 or failed
        complaints.seek(0)
        said = complaints.read().decode(errors="replace")
    if failed:
        raise Unavailable(f"The backup could not be loaded, nothing was changed: {_last_line(said)}")


def _without_new_settings(source: subprocess.Popen[bytes]) -> Iterator[bytes]:
    lines = _out(source)
    for _ in range(_PREAMBLE_LINES):  # only there: further down the same words could be somebody's data
        line = lines.readline()
        if not line.startswith(b"SET transaction_timeout"):
            yield line
    while chunk := lines.read(_CHUNK):
        yield chunk


def contents(tools: Binaries, dump_file: Path) -> list[str]:
    """The dump's table of contents, one line for each thing in it."""
    done = subprocess.run(
        [tools.program("pg_restore"), "--list", str(dump_file)], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise BadInput(
            f"The database in the backup can't be read: {_last_line(done.stderr)}. Nothing was changed."
        )
    return done.stdout.splitlines()


def _feed(process: subprocess.Popen[bytes], chunks: Iterator[bytes]) -> None:
    sink = cast("IO[bytes]", process.stdin)
    try:
        for chunk in chunks:
            sink.write(chunk)
    except (BrokenPipeError, BadInput):
        pass  # it has given up, or the file is cut off; both are told elsewhere
    finally:
        with contextlib.suppress(BrokenPipeError):
            sink.close()


def _count(process: subprocess.Popen[bytes], found: dict[str, int]) -> None:
    """Count the lines between ``COPY … FROM stdin;`` and ``\\.``: one line is one row."""
    table: str | None = None
    rows = 0
    for line in _out(process):
        if table is not None:
            if line == b"\\.\n":
                found[table] = rows
                table = None
            else:
                rows += 1
        elif line.startswith(b"COPY ") and line.endswith(b" FROM stdin;\n"):
            table = _table_name(line.decode())
            rows = 0


def _out(process: subprocess.Popen[bytes]) -> IO[bytes]:
    return cast("IO[bytes]", process.stdout)  # it was asked for as a pipe


def _table_name(line: str) -> str:
    """``schema.table`` of a COPY line, with the quotes that the database gives it."""
    rest, quoted = line.removeprefix("COPY "), False
    for position, letter in enumerate(rest):
        if letter == '"':
            quoted = not quoted
        elif letter == " " and not quoted:
            return rest[:position]
    return rest


def _last_line(said: str) -> str:
    lines = [
        line for line in said.strip().splitlines() if "error" in line.lower()
    ] or said.strip().splitlines()
    return lines[0] if lines else "it said nothing"
