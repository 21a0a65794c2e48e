"""Locks between processes: held by the kernel, so that a killed holder never leaves one behind."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from pathlib import Path
from typing import Any


class FileLock:
    """A lock on a file, exclusive or shared, with a note about who holds it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fd: int | None = None

    @property
    def held(self) -> bool:
        return self._fd is not None

    def take(self, *, shared: bool = False) -> bool:
        """Take it if it is free; never waits."""
        fd = (
            self._fd
            if self._fd is not None
            else os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        )
        try:
            fcntl.flock(fd, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            if self._fd is None:
                os.close(fd)
            return False
        self._fd = fd
        return True

    def release(self) -> None:
        if self._fd is not None:
            os.close(self._fd)  # the file stays: removing it would let two processes lock two files
            self._fd = None

    def write_note(self, note: dict[str, Any]) -> None:
        """Say who holds it, for the one who finds it taken."""
        if self._fd is None:
            raise RuntimeError("only the holder of a lock may write its note")
        os.ftruncate(self._fd, 0)
        os.pwrite(self._fd, json.dumps(note).encode(), 0)

    def read_note(self) -> dict[str, Any]:
        """What the holder wrote; empty when it wrote nothing yet."""
        with contextlib.suppress(OSError, ValueError):
            note = json.loads(self.path.read_text())
            if isinstance(note, dict):
                return note
        return {}

    def is_taken(self) -> bool:
        """Whether another process holds it now."""
        if self.held or not self.path.exists():
            return False
        if self.take(shared=True):
            self.release()
            return False
        return True
