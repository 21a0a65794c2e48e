"""Where the rows wait between being read and being stored: a private temporary SQLite file.

It is gone as soon as it is closed, even after a crash. It bounds memory however large the table is, finds rows
that stand twice, and gives the rows back person by person; what is stored is exactly what was checked.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from types import TracebackType

from upwell.base.errors import Unavailable
from upwell.exchange.scores.occasions import Occasion
from upwell.exchange.scores.rows import Answers, Row

_SCHEMA = """
PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -32768; PRAGMA temp_store = FILE;
CREATE TABLE row (line INTEGER PRIMARY KEY, identifier TEXT, occasion, answers TEXT);
"""
# By length first, so that plain numbers stand in the order of counting.
_PERSON = "length(identifier), identifier"
_INDEX = f"CREATE INDEX row_order ON row ({_PERSON}, occasion, line, answers)"
_CONTESTED = f"""
SELECT row.line, row.identifier, row.occasion, twice.lowest, twice.highest FROM row JOIN (
  SELECT identifier, occasion, min(line) lowest, max(line) highest FROM row
  GROUP BY {_PERSON}, occasion HAVING min(answers) <> max(answers)
) twice ON length(row.identifier) = length(twice.identifier) AND row.identifier = twice.identifier
AND row.occasion = twice.occasion ORDER BY row.line
"""  # noqa: S608 - no part of it comes from outside
_REPEATED = f"""
DELETE FROM row WHERE line IN (
  SELECT line FROM (SELECT line, min(line) OVER (PARTITION BY {_PERSON}, occasion) first FROM row) WHERE line > first
)
"""  # noqa: S608
_IN_ORDER = (
    f"SELECT line, identifier, occasion, answers FROM row ORDER BY {_PERSON}, occasion LIMIT -1 OFFSET ?"  # noqa: S608
)
_ROWS_OF = (
    "SELECT line, identifier, occasion, answers FROM row"
    " WHERE length(identifier) = length(?1) AND identifier = ?1 ORDER BY line"
)
_PEOPLE = f"SELECT DISTINCT identifier FROM row ORDER BY {_PERSON}"  # noqa: S608
_AT_ONCE = 5_000


class Spool(AbstractContextManager["Spool"]):
    """The waiting rows of one import."""

    def __init__(self) -> None:
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.executescript(_SCHEMA)
        self._db.execute("BEGIN")
        self._waiting: list[tuple[int, str, Occasion, str]] = []

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()
        if isinstance(error, sqlite3.OperationalError):
            raise Unavailable(
                "There is no room for the temporary file of the import. Make room, or name another folder in TMPDIR. "
                f"({error})"
            ) from error

    def add(self, row: Row) -> None:
        """Let a row wait."""
        words = ",".join(["" if answer is None else str(answer) for answer in row.answers])
        self._waiting.append((row.line, row.identifier, row.occasion, words))
        if len(self._waiting) >= _AT_ONCE:
            self._flush()

    def finish_reading(self) -> None:
        """Every row is there: put them in order."""
        self._flush()
        self._db.execute(_INDEX)

    def _flush(self) -> None:
        self._db.executemany("INSERT INTO row VALUES (?, ?, ?, ?)", self._waiting)
        self._waiting.clear()

    def count(self) -> int:
        """How many rows wait."""
        return int(self._db.execute("SELECT count(*) FROM row").fetchone()[0])

    def last_occasion(self) -> Occasion | None:
        """The highest week."""
        found: Occasion | None = self._db.execute("SELECT max(occasion) FROM row").fetchone()[0]
        return found

    def contested(self) -> Iterator[tuple[int, str, Occasion, int, int]]:
        """Rows of one person and time that disagree: line, person, time, and the first and last such line."""
        yield from self._db.execute(_CONTESTED)

    def drop_repeated(self) -> int:
        """Keep the first of rows that say the same; how many went."""
        return self._db.execute(_REPEATED).rowcount

    def drop(self, lines: Iterable[int]) -> None:
        """Take rows out, because they were refused."""
        self._db.executemany("DELETE FROM row WHERE line = ?", ((line,) for line in lines))

    def people(self) -> Iterator[str]:
        """Every person, each once."""
        for (identifier,) in self._db.execute(_PEOPLE):
            yield identifier

    def rows_of(self, identifier: str) -> list[Row]:
        """The rows of one person, as they stand in the table."""
        return [_row(*found) for found in self._db.execute(_ROWS_OF, (identifier,))]

    def in_order(self, after: int = 0) -> Iterator[Row]:
        """All rows, person by person; ``after`` so many."""
        for found in self._db.execute(_IN_ORDER, (after,)):
            yield _row(*found)


def _row(line: int, identifier: str, occasion: Occasion, words: str) -> Row:
    answers: Answers = tuple([int(word) if word else None for word in words.split(",")])
    return Row(line, identifier, occasion, answers)
