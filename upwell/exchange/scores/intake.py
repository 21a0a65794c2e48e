"""The first pass: every row is read and checked, by itself, against the others and against who is on record."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from upwell.base.errors import BadInput
from upwell.exchange.scores.desk import Desk
from upwell.exchange.scores.lines import Broken
from upwell.exchange.scores.occasions import Dates, Weeks
from upwell.exchange.scores.people import Chart, People
from upwell.exchange.scores.refusals import Wrong
from upwell.exchange.scores.rows import RowReader
from upwell.exchange.scores.spool import Spool
from upwell.exchange.scores.table import Table

_PEOPLE_AT_ONCE = 2_000


def read_rows(table: Table, reader: RowReader, spool: Spool, desk: Desk) -> None:
    """Check every row by itself and let it wait."""
    counts, read, add = desk.report.counts, reader.read, spool.add
    for found in table.rows():
        counts.rows += 1
        if isinstance(found, Broken):
            desk.refuse(found.line, Wrong(found.reason))
            continue
        line, cells = found
        try:
            row = read(line, cells)
        except Wrong as wrong:
            desk.refuse(line, wrong)
            continue
        if row is None:
            counts.without_answers += 1
        else:
            add(row)
    counts.totals_checked = reader.totals_checked
    if not counts.rows:
        raise BadInput(f"{desk.report.label} has a header but no rows.", path=desk.report.label)
    spool.finish_reading()


def settle_repeats(spool: Spool, desk: Desk, calendar: Weeks | Dates) -> None:
    """One person at one time has one set of answers: what stands twice is taken once, what disagrees not at all."""
    contested: list[int] = []
    for line, identifier, occasion, first, last in spool.contested():
        other = last if line == first else first
        about = f"{identifier}, {calendar.words(occasion)}"
        desk.refuse(
            line, Wrong(f"{about} stands in line {other} with other answers, and nothing says which is right")
        )
        contested.append(line)
    spool.drop(contested)
    desk.report.counts.repeated = spool.drop_repeated()


def settle_people(spool: Spool, desk: Desk, people: People, calendar: Weeks | Dates) -> None:
    """Rows that can't belong into the chart that is on record are refused."""
    refused: list[int] = []
    for identifiers in _groups(spool.people(), _PEOPLE_AT_ONCE):
        for identifier, charts in people.find(identifiers).items():
            if _is_plain(charts):
                continue
            for row in spool.rows_of(identifier):
                moment = calendar.moment(row.occasion)
                why = _why_not(charts) or charts[0].forbids(moment, calendar.day(moment))
                if why:
                    desk.refuse(row.line, Wrong(f"{identifier}, {calendar.words(row.occasion)}: {why}"))
                    refused.append(row.line)
    spool.drop(refused)


def _is_plain(charts: list[Chart]) -> bool:
    first = charts[0]
    return len(charts) == 1 and first.born_on is None and first.died_at is None and not first.in_error


def _why_not(charts: list[Chart]) -> str | None:
    if len(charts) > 1:
        return f"{len(charts)} patients on record carry this identifier; merge their charts first"
    if charts[0].in_error:
        return "the chart on record is marked as entered in error"
    return None


def _groups(items: Iterator[str], size: int) -> Iterator[list[str]]:
    while group := list(islice(items, size)):
        yield group
