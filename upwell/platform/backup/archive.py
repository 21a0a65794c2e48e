"""The backup file: a tar that ordinary tools can open, in which every byte is accounted for."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from upwell.base.errors import BadInput

FORMAT = "upwell-backup"
FORMAT_VERSION = 1
DUMP, MANIFEST, SUMS = "database.dump", "manifest.json", "SHA256SUMS"
BLOCK = tarfile.BLOCKSIZE
_CHUNK = 1 << 20
_SMALL = 64 << 20  # no manifest is larger; a damaged size must not fill the memory


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says about itself."""

    created_at: str
    upwell_version: str
    postgres_version: str
    dump_size: int
    dump_sha256: str
    tables: dict[str, dict[str, Any]]  # name -> rows, and what row security and grants stand on it
    migrations: list[list[str]] = field(default_factory=list)
    format: str = FORMAT
    format_version: int = FORMAT_VERSION

    @property
    def total_rows(self) -> int:
        return sum(int(table["rows"]) for table in self.tables.values())

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def encode(self) -> bytes:
        return json.dumps(self.as_json(), indent=1, sort_keys=True).encode()


class Writer:
    """Writes a backup file front to back: the dump first, since only then its size is known."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self._sum = hashlib.sha256()
        self.size = 0
        file.write(b"\0" * BLOCK)  # the dump's header, filled in at the end

    def write(self, chunk: bytes) -> None:
        self._sum.update(chunk)
        self.size += len(chunk)
        self.file.write(chunk)

    @property
    def sha256(self) -> str:
        return self._sum.hexdigest()

    def finish(self, manifest: Manifest) -> None:
        """Add what describes the dump, and make the whole thing durable."""
        mtime = _mtime(manifest)
        self.file.write(_padding(self.size))
        about = manifest.encode()
        for name, content in ((MANIFEST, about), (SUMS, _sums(manifest, about))):
            self.file.write(_header(name, len(content), mtime) + content + _padding(len(content)))
        self.file.write(_end(self.file.tell()))
        self.file.seek(0)
        self.file.write(_header(DUMP, self.size, mtime))
        self.file.flush()
        os.fsync(self.file.fileno())


def inspect(path: Path, on_dump: Callable[[Iterator[bytes]], None] | None = None) -> Manifest:
    """Read a backup file from end to end, and refuse it if one byte is not as it was written.

    ``on_dump`` gets the dump's bytes while they are read.
    """
    try:
        with path.open("rb") as file:
            return _inspect(path, file, on_dump)
    except OSError as error:
        raise BadInput(f"{path} can't be read: {error.strerror}.", path=str(path)) from error


def _inspect(path: Path, file: IO[bytes], on_dump: Callable[[Iterator[bytes]], None] | None) -> Manifest:
    total = os.fstat(file.fileno()).st_size
    size = _read_header(path, file, DUMP)
    if size + 5 * BLOCK > total:
        raise _damaged(path, "it is cut off")
    digest = hashlib.sha256()
    file.seek(BLOCK + size + len(_padding(size)))
    about = _small_member(path, file, MANIFEST)
    manifest = _understood(path, about)
    sums = _small_member(path, file, SUMS)
    rest = file.read(_CHUNK)
    frame_fits = rest == _end(file.tell() - len(rest)) and file.tell() == total
    if sums != _sums(manifest, about) or manifest.dump_size != size or not frame_fits:
        raise _damaged(path, "its parts do not fit each other")
    file.seek(0)
    if file.read(BLOCK) != _header(DUMP, size, _mtime(manifest)):
        raise _damaged(path, "its first block is not as it was written")

    def chunks() -> Iterator[bytes]:
        left = size
        while left:
            chunk = file.read(min(_CHUNK, left))
            if not chunk:
                raise _damaged(path, "it is cut off")
            left -= len(chunk)
            digest.update(chunk)
            yield chunk

    stream = chunks()
    if on_dump is not None:
        on_dump(stream)
    for _ in stream:
        pass
    if digest.hexdigest() != manifest.dump_sha256 or file.read(len(_padding(size))) != _padding(size):
        raise _damaged(path, "the data in it is not what was written")
    _check_frame(path, file, size, manifest, about)
    return manifest


def _check_frame(path: Path, file: IO[bytes], size: int, manifest: Manifest, about: bytes) -> None:
    """Every byte around the data is as we would write it."""
    mtime = _mtime(manifest)
    expected = b""
    for name, content in ((MANIFEST, about), (SUMS, _sums(manifest, about))):
        expected += _header(name, len(content), mtime) + content + _padding(len(content))
    start = BLOCK + size + len(_padding(size))
    file.seek(start)
    if file.read() != expected + _end(start + len(expected)):
        raise _damaged(path, "its parts do not fit each other")


def _read_header(path: Path, file: IO[bytes], name: str) -> int:
    try:
        entry = tarfile.TarInfo.frombuf(file.read(BLOCK), "utf-8", "strict")
    except (tarfile.HeaderError, UnicodeDecodeError, ValueError) as error:
        if file.tell() <= BLOCK:
            raise BadInput(
                f"{path} is no backup of Upwell, or its start is damaged.", path=str(path)
            ) from error
        raise _damaged(path, "it is cut off, or a block is not as it was written") from error
    if entry.name != name:
        raise BadInput(f"{path} is no backup of Upwell.", path=str(path))
    return entry.size


def _small_member(path: Path, file: IO[bytes], name: str) -> bytes:
    size = _read_header(path, file, name)
    if size > _SMALL:
        raise _damaged(path, f"{name} in it is too large")
    content = file.read(size)
    if len(content) != size:
        raise _damaged(path, "it is cut off")
    file.seek(len(_padding(size)), io.SEEK_CUR)
    return content


def _understood(path: Path, about: bytes) -> Manifest:
    try:
        found = json.loads(about)
        if found["format"] == FORMAT and found["format_version"] > FORMAT_VERSION:
            raise BadInput(
                f"{path} was written by a newer Upwell ({found['upwell_version']}). Upgrade first.",
                path=str(path),
            )
        manifest = Manifest(**found)
        _mtime(manifest)
    except (ValueError, KeyError, TypeError) as error:
        raise _damaged(path, "what it says about itself can't be read") from error
    return manifest


def _mtime(manifest: Manifest) -> int:
    return int(datetime.fromisoformat(manifest.created_at).timestamp())


def _header(name: str, size: int, mtime: int) -> bytes:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mtime, entry.mode = size, mtime, 0o600
    return entry.tobuf(tarfile.GNU_FORMAT)


def _padding(size: int) -> bytes:
    return b"\0" * (-size % BLOCK)


def _end(position: int) -> bytes:
    closed = position + 2 * BLOCK
    return b"\0" * (2 * BLOCK + -closed % tarfile.RECORDSIZE)


def _sums(manifest: Manifest, about: bytes) -> bytes:
    return f"{manifest.dump_sha256}  {DUMP}\n{hashlib.sha256(about).hexdigest()}  {MANIFEST}\n".encode()


def _damaged(path: Path, how: str) -> BadInput:
    return BadInput(f"{path} is damaged: {how}. Nothing was changed. Use another backup.", path=str(path))
