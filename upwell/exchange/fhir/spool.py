"""Where the input waits between being read and being stored: a private temporary SQLite file.

It is gone as soon as it is closed, even after a crash: SQLite unlinks it when it makes it. It holds each resource once,
in the text it came in, with an index to find it by identity, identifier and full URL; memory stays bounded however
large the input is, and what is stored is exactly what was checked.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from types import TracebackType

from upwell.base.errors import Unavailable
from upwell.exchange.fhir.places import Place
from upwell.exchange.fhir.validate import CLINICAL, PARTIES

Key = tuple[str, str]  # type, id

RANKS = {kind: 0 for kind in PARTIES} | {"Medication": 1, "Patient": 2} | {kind: 4 for kind in CLINICAL} | {"Encounter": 3}

_SCHEMA = """
PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -32768; PRAGMA temp_store = FILE;
CREATE TABLE item (
  seq INTEGER PRIMARY KEY, rank INT, type TEXT, id TEXT, hash BLOB, file TEXT, line INT, entry INT, scope INT,
  subject TEXT, body BLOB, refused INT DEFAULT 0,
  UNIQUE (type, id, hash)
);
CREATE TABLE identifier (type TEXT, system TEXT, value TEXT, id TEXT, PRIMARY KEY (type, system, value, id)) WITHOUT ROWID;
CREATE TABLE full_url (url TEXT, scope INT, type TEXT, id TEXT, PRIMARY KEY (url, scope, type, id)) WITHOUT ROWID;
CREATE TABLE subject (ref TEXT, scope INT, type TEXT, id TEXT, PRIMARY KEY (ref, scope)) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Spooled:
    """A resource that waits to be stored."""

    seq: int
    type: str
    id: str
    hash: bytes
    place: Place
    scope: int
    subject: str  # the reference to the patient, as JSON
    body: bytes

    @property
    def key(self) -> Key:
        return self.type, self.id


_COLUMNS = "seq, type, id, hash, file, line, entry, scope, subject, body"


def _spooled(row: tuple[int, str, str, bytes, str, int, int, int, str, bytes]) -> Spooled:
    seq, kind, ident, digest, file, line, entry, scope, subject, body = row
    return Spooled(seq, kind, ident, digest, Place(file, line, entry), scope, subject, body)


class Spool(AbstractContextManager["Spool"]):
    """The waiting resources of one import."""

    def __init__(self) -> None:
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.executescript(_SCHEMA)
        self._db.execute("BEGIN")
        self._seq = 0

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()
        if isinstance(error, sqlite3.OperationalError) and "full" in str(error):
            raise Unavailable(
                "There is no room for the import's temporary file. Free some space, or set SQLITE_TMPDIR to a folder "
                "on a larger disk, and start again. Nothing was imported."
            ) from None

    def add(self, key: Key, digest: bytes, place: Place, scope: int, subject: str, body: bytes) -> bool:
        """Put a resource in; False when the very same one is there already."""
        self._seq += 1
        done = self._db.execute(
            "INSERT OR IGNORE INTO item (seq, rank, type, id, hash, file, line, entry, scope, subject, body)"
            " VALUES (?,?,?,?,?,?,?,?,?,?,?)",
            (self._seq, RANKS[key[0]], *key, digest, place.file, place.line, place.entry, scope, subject, body),
        )
        return done.rowcount == 1

    def add_identifiers(self, key: Key, identifiers: Iterable[tuple[str, str]]) -> None:
        """Remember by which numbers a resource can be found."""
        self._db.executemany(
            "INSERT OR IGNORE INTO identifier VALUES (?,?,?,?)",
            [(key[0], system, value, key[1]) for system, value in identifiers],
        )

    def add_full_url(self, url: str, scope: int, key: Key) -> None:
        """Remember the full URL under which a Bundle carries a resource."""
        self._db.execute("INSERT OR IGNORE INTO full_url VALUES (?,?,?,?)", (url, scope, *key))

    def finish_reading(self) -> None:
        """Make ready for what comes next."""
        self._db.execute("CREATE INDEX item_by_rank ON item (rank, seq)")

    # ---- several resources under one identity

    def contested(self) -> Iterator[list[Spooled]]:
        """Groups of different resources that claim to be the same one."""
        keys = self._db.execute("SELECT type, id FROM item GROUP BY type, id HAVING count(*) > 1 ORDER BY 1, 2").fetchall()
        for key in keys:
            rows = self._db.execute(
                f"SELECT {_COLUMNS} FROM item WHERE type = ? AND id = ? ORDER BY file, line, entry", key
            )
            yield [_spooled(row) for row in rows]

    def refuse(self, seqs: Iterable[int]) -> None:
        """Take resources out of what will be stored."""
        self._db.executemany("UPDATE item SET refused = 1 WHERE seq = ?", [(seq,) for seq in seqs])

    # ---- whose chart

    def subjects(self) -> Iterator[tuple[str, int]]:
        """Every different reference to a patient, with the Bundle that it stands in."""
        yield from self._db.execute("SELECT DISTINCT subject, scope FROM item WHERE rank >= 3 AND NOT refused")

    def settle_subject(self, ref: str, scope: int, key: Key) -> None:
        """Note which patient a reference means."""
        self._db.execute("INSERT OR REPLACE INTO subject VALUES (?,?,?,?)", (ref, scope, *key))

    def subject(self, ref: str, scope: int) -> Key | None:
        """The patient that a reference means."""
        found = self._db.execute("SELECT type, id FROM subject WHERE ref = ? AND scope = ?", (ref, scope)).fetchone()
        return (found[0], found[1]) if found else None

    def about(self, ref: str, scope: int) -> Iterator[Spooled]:
        """The resources about the patient of a reference."""
        rows = self._db.execute(
            f"SELECT {_COLUMNS} FROM item WHERE rank >= 3 AND NOT refused AND subject = ? AND scope = ? ORDER BY seq",
            (ref, scope),
        )
        yield from map(_spooled, rows)

    # ---- finding

    def holds(self, key: Key) -> bool:
        """Whether a resource is in the input."""
        found = self._db.execute("SELECT 1 FROM item WHERE type = ? AND id = ? AND NOT refused LIMIT 1", key)
        return found.fetchone() is not None

    def body(self, key: Key) -> bytes | None:
        """The text of a resource."""
        row = self._db.execute("SELECT body FROM item WHERE type = ? AND id = ? AND NOT refused", key).fetchone()
        return row[0] if row else None

    def by_identifier(self, kind: str, system: str, value: str) -> set[str]:
        """The ids of the resources of a type that carry a number."""
        rows = self._db.execute(
            "SELECT id FROM identifier WHERE type = ? AND system = ? AND value = ?", (kind, system, value)
        ).fetchall()
        return {row[0] for row in rows if self.holds((kind, row[0]))}

    def by_full_url(self, url: str, scope: int) -> set[Key]:
        """What a full URL means: in its own Bundle if it is there, otherwise in any."""
        rows = self._db.execute("SELECT scope, type, id FROM full_url WHERE url = ?", (url,)).fetchall()
        own = {(row[1], row[2]) for row in rows if row[0] == scope}
        return own or {(row[1], row[2]) for row in rows}

    # ---- storing

    def count(self) -> int:
        """How many resources wait."""
        return int(self._db.execute("SELECT count(*) FROM item WHERE NOT refused").fetchone()[0])

    def in_order(self) -> Iterator[Spooled]:
        """What waits, so that whatever a resource rests on comes before it."""
        rows = self._db.execute(f"SELECT {_COLUMNS} FROM item WHERE NOT refused ORDER BY rank, seq")
        yield from map(_spooled, rows)
