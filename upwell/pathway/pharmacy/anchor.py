"""The anchor: what the book was, kept outside the database and sealed, so that both can't be rewritten together.

One file for each practice in the folder ``ledger`` of the home: a line for every entry, with its position and hash.
Each line carries a seal over itself and the seal before it, made with a secret of the installation that the database
does not know. Whoever changes the database alone is found out at the first position that differs; whoever cuts its end
is found out too. It is written after the commit: entries since then are in the book, and not yet here.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from django.conf import settings

from upwell.base.clock import now
from upwell.base.errors import UpwellError
from upwell.pathway.pharmacy.rules import Mark

log = logging.getLogger("upwell.ledger")
ENTRY, RESTORED, BEGUN = "entry", "restored", "begun"
END_BYTES = 64_000  # the last lines, whatever words stand in them
SECRET = "ledger"  # noqa: S105 - the name of the file that holds it


class AnchorBroken(UpwellError):
    """The anchor itself is not as it was written."""

    code = "anchor-broken"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the anchor. ``restored`` and ``begun`` say where the book stood when it began anew."""

    kind: str
    position: int
    hash: str
    at: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Anchor:
    """What the file says: how the book was, position by position, and when it was restored."""

    lines: tuple[Line, ...] = ()
    last_seal: str = ""
    exists: bool = False

    @property
    def marks(self) -> list[Mark]:
        """The positions that count: a restore lets go of what came after the position it went back to."""
        kept: dict[int, str] = {}
        for line in self.lines:
            if line.kind != ENTRY:
                kept = {at: known for at, known in kept.items() if at <= line.position}
            if line.position:
                kept[line.position] = line.hash
        return [Mark(position, kept[position]) for position in sorted(kept)]

    @property
    def head(self) -> int:
        return max((mark.position for mark in self.marks), default=0)

    @property
    def restarts(self) -> list[Line]:
        return [line for line in self.lines if line.kind != ENTRY]


def folder() -> Path:
    """Where anchors are kept: in the home, beside the database and not in it."""
    return Path(settings.HOME.root) / "ledger"


def path_of(practice_id: UUID) -> Path:
    return folder() / f"{practice_id}.anchor"


def practices_anchored() -> list[UUID]:
    """The practices that have an anchor, whatever the database says."""
    found = []
    for path in sorted(folder().glob("*.anchor")) if folder().is_dir() else []:
        try:
            found.append(UUID(path.name.removesuffix(".anchor")))
        except ValueError:
            continue
    return found


def read_anchor(practice_id: UUID) -> Anchor:
    """The anchor of a practice; raises ``AnchorBroken`` with the line where its seals do not hold."""
    try:
        text = path_of(practice_id).read_text("utf-8")
    except FileNotFoundError:
        return Anchor()
    lines, seal = [], ""
    whole, _torn, _rest = text.rpartition("\n")  # a line that a power cut left half written was never durable
    for number, raw in enumerate(whole.splitlines(), start=1):
        line, kept = _parsed(raw)
        if line is None or not hmac.compare_digest(kept, _seal(practice_id, seal, line)):
            raise AnchorBroken(
                f"The anchor of the drug book is not as it was written, from line {number} on. It was changed, or"
                " the installation's secret “ledger” is another one.",
                path=f"{path_of(practice_id)}:{number}",
            )
        lines.append(line)
        seal = kept
    return Anchor(tuple(lines), seal, exists=True)


def read_end(practice_id: UUID) -> Anchor:
    """The last line of an anchor, its seal checked with the one before: what adding to it needs, however long it is."""
    try:
        with path_of(practice_id).open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(size - END_BYTES, 0))
            raw = file.read().decode("utf-8", "replace").rpartition("\n")[0].splitlines()
    except FileNotFoundError:
        return Anchor()
    if size > END_BYTES:
        raw = raw[1:]  # the first is cut in two
    found = [_parsed(one) for one in raw[-2:]]
    if len(found) < 2 or any(line is None for line, _seal_of in found):
        return read_anchor(practice_id)
    (_before, before), (last, kept) = found
    if last is None or not hmac.compare_digest(kept, _seal(practice_id, before, last)):
        return read_anchor(practice_id)  # which names the line
    return Anchor((last,), kept, exists=True)


def _parsed(raw: str) -> tuple[Line | None, str]:
    try:
        found: Any = json.loads(raw)
        seal = str(found.pop("seal"))
        return Line(**found), seal
    except (ValueError, TypeError, KeyError, AttributeError):
        return None, ""


def _seal(practice_id: UUID, before: str, line: Line) -> str:
    said = json.dumps([str(practice_id), before, line.kind, line.position, line.hash, line.at, line.words])
    key = settings.HOME.secret(SECRET).encode()
    return hmac.new(key, said.encode(), hashlib.sha256).hexdigest()


def append_lines(practice_id: UUID, known: Anchor, lines: Sequence[Line], file: IO[str]) -> None:
    """Add sealed lines, durably."""
    seal = known.last_seal
    for line in lines:
        seal = _seal(practice_id, seal, line)
        said = {"kind": line.kind, "position": line.position, "hash": line.hash, "at": line.at}
        said |= {"words": line.words, "seal": seal}
        file.write(json.dumps(said) + "\n")
    file.flush()
    os.fsync(file.fileno())


@contextmanager
def opened(practice_id: UUID) -> Iterator[IO[str]]:
    """The file, for this process alone to add to."""
    folder().mkdir(mode=0o700, exist_ok=True)
    fd = os.open(path_of(practice_id), os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(fd, "a", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        _drop_torn(fd)
        yield file


def _drop_torn(fd: int) -> None:
    """Take away what a power cut left half written at the end."""
    size = os.fstat(fd).st_size
    end = os.pread(fd, END_BYTES, max(size - END_BYTES, 0))
    torn = len(end) - (end.rfind(b"\n") + 1)
    if torn:
        os.ftruncate(fd, size - torn)


def moment() -> str:
    """Now, as a line says it."""
    stamp: datetime = now()
    return stamp.isoformat(timespec="seconds")
