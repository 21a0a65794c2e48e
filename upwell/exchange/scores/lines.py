"""Lines of text from bytes, with their numbers; what is not text is refused where it stands."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from typing import BinaryIO

MB = 1024 * 1024
LONGEST_LINE_BYTES = 1 * MB  # a table has no such line, and memory must stay bounded
UTF8_MARK = b"\xef\xbb\xbf"
NOT_TEXT = {
    b"\xff\xfe": "is UTF-16 text",
    b"\xfe\xff": "is UTF-16 text",
    b"PK\x03\x04": "is a spreadsheet or an archive, not a table of text",
    b"\xd0\xcf\x11\xe0": "is an old spreadsheet, not a table of text",
    b"\x1f\x8b": "is compressed",
    b"%PDF": "is a PDF",
}


class Broken(Exception):
    """A line that is not text. ``fatal`` where nothing after it can be read either."""

    def __init__(self, line: int, reason: str, *, fatal: bool = False) -> None:
        super().__init__(reason)
        self.line = line
        self.reason = reason
        self.fatal = fatal


class Watched(io.RawIOBase):
    """A stream that reports what is read from it and keeps a fingerprint of it."""

    def __init__(self, stream: BinaryIO, on_bytes: Callable[[int], None]) -> None:
        self._stream = stream
        self._on_bytes = on_bytes
        self.digest = hashlib.sha256()
        self.size = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        data = self._stream.read(len(view))
        count = len(data)
        view[:count] = data
        self.digest.update(data)
        self.size += count
        self._on_bytes(count)
        return count


class Lines:
    """The lines of a file, one by one; ``number`` is the line that was read last, counted from 1.

    An iterator of its own, not a generator, so that reading can go on after a line that was refused.
    """

    def __init__(self, stream: io.RawIOBase) -> None:
        self._stream = io.BufferedReader(stream, MB)
        self.number = 0
        self._offset = 0

    def __iter__(self) -> Lines:
        return self

    def __next__(self) -> str:
        raw = self._stream.readline(LONGEST_LINE_BYTES)
        if not raw:
            raise StopIteration
        self.number += 1
        start, self._offset = self._offset, self._offset + len(raw)
        if self.number == 1:
            raw = self._first(raw)
        if len(raw) >= LONGEST_LINE_BYTES and raw[-1:] != b"\n":
            raise Broken(
                self.number, f"is longer than {LONGEST_LINE_BYTES:,} bytes; is this a table?", fatal=True
            )
        if b"\0" in raw:
            raise Broken(self.number, f"holds a NUL at byte {raw.index(0) + 1} of the line; that is not text")
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError as error:
            place = self._offset - len(raw) + error.start
            where = f"byte {place - start + 1} of the line, byte {place + 1} of the file"
            raise Broken(
                self.number, f"is not UTF-8 (0x{raw[error.start]:02X} at {where}). Save the file as UTF-8"
            ) from None

    def _first(self, raw: bytes) -> bytes:
        for mark, words in NOT_TEXT.items():
            if raw.startswith(mark):
                raise Broken(
                    1, f"shows that this {words}. Save it as CSV in UTF-8 and import that", fatal=True
                )
        return raw.removeprefix(UTF8_MARK)
