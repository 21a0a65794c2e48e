"""Small tables of answers, written by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from io import BytesIO
from zoneinfo import ZoneInfo

from upwell.exchange.scores.columns import ColumnMap, Layout, lay_out
from upwell.exchange.scores.lines import Broken, Lines, Watched
from upwell.exchange.scores.occasions import Weeks
from upwell.exchange.scores.rows import RowReader
from upwell.exchange.scores.table import Table
from upwell.knowledge.loader import load_instrument

PHQ9 = load_instrument("phq-9")
GAD7 = load_instrument("gad-7")
CHICAGO = ZoneInfo("America/Chicago")
NOW = datetime(2026, 3, 11, 15, 0, tzinfo=UTC)  # ten in the morning in Chicago, a Wednesday
HEADER = ["Patient_Identifier", "Week", *(f"DPQ{n}" for n in range(1, 11)), "PHQ9_Score"]


def line(
    who: object = "31970", week: object = 1, answers: str = "0123012301", total: object = None
) -> list[str]:
    """One row. ``answers`` has a sign for each of ten items: a digit, or ``.`` for a blank."""
    given = ["" if sign == "." else sign for sign in answers]
    added = sum(int(sign) for sign in given[:9] if sign.isdigit())
    return [str(who), str(week), *given, str(added if total is None else total)]


def text(*rows: list[str], header: list[str] = HEADER, delimiter: str = ",", end: str = "\n") -> str:
    """A table as text."""
    return "".join(delimiter.join(row) + end for row in (header, *rows))


def table(content: str | bytes) -> Table:
    """A table that reads this content."""
    raw = content.encode() if isinstance(content, str) else content
    return Table(Lines(Watched(BytesIO(raw), lambda count: None)), "scores.csv")


def cells(content: str | bytes) -> Iterator[tuple[int, list[str]] | Broken]:
    """The rows of this content."""
    return table(content).rows()


def layout(header: list[str] = HEADER, has_start: bool = False, **named: object) -> Layout:
    """Where the columns of a PHQ-9 table are."""
    columns = ColumnMap(**named)  # type: ignore[arg-type]
    return lay_out(header, PHQ9, columns, file="scores.csv", has_start=has_start)


def reader(start: date | None = None, header: list[str] = HEADER) -> RowReader:
    """Reads rows of a PHQ-9 table, from Chicago."""
    return RowReader(layout(header), PHQ9, Weeks(CHICAGO, NOW, start))
