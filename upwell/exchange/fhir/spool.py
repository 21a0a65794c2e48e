"""Where the input waits between being read and being stored: a private temporary SQLite file.

It is gone as soon as it is closed, even after a crash: SQLite unlinks it when it makes it. It holds each
resource once, in the text it came in, and finds it by identity, identifier and full URL. So memory is bounded
however large the input is, and what is stored is exactly what was checked.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from types import TracebackType

from upwell.base.errors import Unavailable
from upwell.exchange.fhir.places import Place
from upwell.exchange.fhir.validate import CLINICAL, PARTIES

Key = tuple[str, str]  # type, id

RANKS: dict[str, int] = (
    dict.fromkeys(PARTIES, 0)
    | {"Medication": 1, "Patient": 2}
    | dict.fromkeys(CLINICAL, 4)
    | {"Encounter": 3}
)

_SCHEMA = """
PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -32768; PRAGMA temp_store = FILE;
CREATE TABLE item (
  seq INTEGER PRIMARY KEY, rank INT, type TEXT, id TEXT, hash BLOB, file TEXT, line INT, entry INT, scope INT,
  subject TEXT, body BLOB, refused INT DEFAULT 0,
  UNIQUE (type, id, hash)
);
CREATE TABLE identifier (
  type TEXT, system TEXT, value TEXT, id TEXT, PRIMARY KEY (type, value, system, id)
) WITHOUT ROWID;
CREATE TABLE full_url (
  url TEXT, scope INT, type TEXT, id TEXT, PRIMARY KEY (url, scope, type, id)
) WITHOUT ROWID;
CREATE TABLE subject (ref TEXT, scope INT, type TEXT, id TEXT, PRIMARY KEY (ref, scope)) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A resource that waits to be stored."""

    type: str
    id: str
    hash: bytes
    place: Place
    scope: int
    subject: str  # the reference to the patient, as JSON
    body: bytes
    seq: int = 0  # its number in the spool


_READ = "SELECT seq, type, id, hash, file, line, entry, scope, subject, body FROM item WHERE NOT refused "
_CONTESTED = "SELECT type, id FROM item GROUP BY type, id HAVING count(*) > 1 ORDER BY type, id"


def _spooled(row: tuple[int, str, str, bytes, str, int, int, int, str, bytes]) -> Waiting:
    seq, kind, ident, digest, file, line, entry, scope, subject, body = row
    return Waiting(kind, ident, digest, Place(file, line, entry), scope, subject, body, seq)


def _place(place: Place) -> tuple[str, int, int]:
    return place.file, place.line, place.entry


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
                "There is no room for the import's temporary file. Free some space, or set SQLITE_TMPDIR "
                "to a folder on a larger disk, and start again. Nothing was imported."
            ) from None

    def add(self, waiting: Waiting) -> bool:
        """Put a resource in; False when the very same one is there already."""
        self._seq += 1
        done = self._db.execute(
            "INSERT OR IGNORE INTO item (seq, rank, type, id, hash, file, line, entry, scope, subject, body)"
            " VALUES (?,?,?,?,?,?,?,?,?,?,?)",
            (
                self._seq,
                RANKS[waiting.type],
                waiting.type,
                waiting.id,
                waiting.hash,
                *_place(waiting.place),
                waiting.scope,
                waiting.subject,
                waiting.body,
            ),
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

    def contested(self) -> Iterator[list[Waiting]]:
        """Groups of different resources that claim to be the same one."""
        for key in self._db.execute(_CONTESTED).fetchall():
            rows = self._db.execute(_READ + "AND type = ? AND id = ? ORDER BY file, line, entry", key)
            yield [_spooled(row) for row in rows]

    def refuse(self, seqs: Iterable[int]) -> None:
        """Take resources out of what will be stored."""
        self._db.executemany("UPDATE item SET refused = 1 WHERE seq = ?", [(seq,) for seq in seqs])

    # ---- whose chart

    def patients(self) -> Iterator[list[Waiting]]:
        """The patients, some at a time."""
        rows = self._db.execute(_READ + "AND type = 'Patient' ORDER BY seq")
        while part := rows.fetchmany(500):
            yield [_spooled(row) for row in part]

    def subjects(self) -> Iterator[Sequence[tuple[str, int]]]:
        """Every different reference to a patient, with the Bundle that it stands in, some at a time."""
        rows = self._db.execute("SELECT DISTINCT subject, scope FROM item WHERE rank >= 3 AND NOT refused")
        while part := rows.fetchmany(1000):
            yield part

    def settle_subject(self, ref: str, scope: int, key: Key) -> None:
        """Note which patient a reference means."""
        self._db.execute("INSERT OR REPLACE INTO subject VALUES (?,?,?,?)", (ref, scope, *key))

    def subject(self, ref: str, scope: int) -> Key | None:
        """The patient that a reference means."""
        found = self._db.execute(
            "SELECT type, id FROM subject WHERE ref = ? AND scope = ?", (ref, scope)
        ).fetchone()
        return (found[0], found[1]) if found else None

    def about(self, ref: str, scope: int) -> list[tuple[int, str, str, Place]]:
        """The resources about the patient of a reference: number, type, id and place."""
        rows = self._db.execute(
            "SELECT seq, type, id, file, line, entry FROM item"
            " WHERE rank >= 3 AND NOT refused AND subject = ? AND scope = ? ORDER BY file, line, entry",
            (ref, scope),
        )
        return [(seq, kind, ident, Place(*place)) for seq, kind, ident, *place in rows]

    # ---- finding

    def holds(self, key: Key) -> bool:
        """Whether a resource is in the input."""
        found = self._db.execute("SELECT 1 FROM item WHERE type = ? AND id = ? AND NOT refused LIMIT 1", key)
        return found.fetchone() is not None

    def body(self, key: Key) -> bytes | None:
        """The text of a resource."""
        found = self._db.execute("SELECT body FROM item WHERE type = ? AND id = ? AND NOT refused", key)
        row = found.fetchone()
        return row[0] if row else None

    def by_identifier(self, kind: str, system: str | None, value: str) -> set[str]:
        """The ids of the resources of a type that carry a number; any system's, if none is named."""
        rows = self._db.execute(
            "SELECT id FROM identifier WHERE type = ? AND value = ? AND system = coalesce(?, system)",
            (kind, value, system),
        ).fetchall()
        return {row[0] for row in rows if self.holds((kind, row[0]))}

    def by_full_url(self, url: str, scope: int) -> set[Key]:
        """What a full URL means: in its own Bundle if it is there, otherwise in any."""
        rows = self._db.execute("SELECT scope, type, id FROM full_url WHERE url = ?", (url,)).fetchall()
        own = {(row[1], row[2]) for row in rows if row[0] == scope}
        return own or {(row[1], row[2]) for row in rows}

    # ---- storing

    def measure(self) -> tuple[int, bytes]:
        """How many resources wait, and one fingerprint of them all in their order."""
        count, digest = 0, hashlib.sha256()
        rows = self._db.execute("SELECT type, id, hash FROM item WHERE NOT refused ORDER BY rank, seq")
        for kind, ident, content in rows:
            count += 1
            digest.update(f"{kind}/{ident} ".encode() + content)
        return count, digest.digest()

    def in_order(self) -> Iterator[Waiting]:
        """What waits, so that whatever a resource rests on comes before it."""
        yield from map(_spooled, self._db.execute(_READ + "ORDER BY rank, seq"))
