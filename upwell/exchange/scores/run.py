"""One import of scores from beginning to end: read and check everything, then store it, at once or in batches."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from uuid import UUID

from upwell.access.acting import acting_as
from upwell.access.system import Purpose, system_actor
from upwell.base.actor import Actor
from upwell.base.clock import now as clock_now
from upwell.exchange.database_stays import database_stays
from upwell.exchange.scores.columns import ColumnMap, lay_out
from upwell.exchange.scores.desk import Desk
from upwell.exchange.scores.intake import read_rows, settle_people, settle_repeats
from upwell.exchange.scores.lines import MB, Lines, Watched
from upwell.exchange.scores.logbook import Interrupted, Logbook
from upwell.exchange.scores.occasions import Dates, Weeks
from upwell.exchange.scores.options import check_source, check_start, label_of, opened, scorable, zone_of
from upwell.exchange.scores.people import People
from upwell.exchange.scores.report import ScoresReport
from upwell.exchange.scores.rows import Row, RowReader
from upwell.exchange.scores.spool import Spool
from upwell.exchange.scores.store import Store
from upwell.exchange.scores.table import DELIMITERS, Table

DEFAULT_SOURCE = "scores"
BATCHES_OVER_BYTES = 100 * MB
BATCH = 10_000  # rows to a transaction, in batches: a batch holds up whoever registers a patient meanwhile
_CHUNK = 2_000  # rows to a statement

Progress = Callable[[int, int | None], None]


def _silent(done: int, total: int | None) -> None:
    """No progress is shown."""


def import_scores(
    path: Path,
    *,
    practice_id: UUID,
    instrument: str,
    by: Actor,
    start_date: date | None = None,
    columns: ColumnMap | None = None,
    source: str = DEFAULT_SOURCE,
    keep_going: bool = False,
    progress: Progress | None = None,
    batches_over_bytes: int = BATCHES_OVER_BYTES,
    batch: int = BATCH,
) -> ScoresReport:
    """Bring answers to a questionnaire from a table into the charts of a practice, as history.

    Without ``keep_going`` the first row that can't be taken stops the import, and nothing is left behind.
    Up to ``batches_over_bytes`` all is one transaction. Larger tables are checked completely first and then
    committed ``batch`` by ``batch``; a run that was interrupted is taken up where it stopped by the same call.
    """
    started = _Import(
        path,
        practice_id,
        instrument,
        by,
        start_date,
        columns or ColumnMap(),
        source,
        keep_going,
        progress or _silent,
    )
    return started.run(batches_over_bytes, batch)


class _Import:
    """The state of one import."""

    def __init__(
        self,
        path: Path,
        practice_id: UUID,
        instrument: str,
        by: Actor,
        start_date: date | None,
        columns: ColumnMap,
        source: str,
        keep_going: bool,
        progress: Progress,
    ) -> None:
        self._path = path
        self._instrument = scorable(instrument)
        self._named = columns
        self._named_start = start_date
        self._progress = progress
        self._now = clock_now()
        self._size = 0
        self._read = 0
        self._actor = system_actor(Purpose.IMPORT, practice_id, by.account_id)
        self._report = ScoresReport(practice_id, self._instrument.id, check_source(source), label_of(path))
        self._desk = Desk(self._report, keep_going=keep_going)
        self._people = People(practice_id, self._report.source, by.account_id)

    def run(self, batches_over_bytes: int, batch: int) -> ScoresReport:
        """Read, check, store."""
        began = time.monotonic()
        with Spool() as spool, database_stays():
            with acting_as(self._actor):
                self._zone = zone_of(self._report.practice_id)
            check_start(self._named_start, self._now.astimezone(self._zone).date())
            self._take_in(spool)
            self._report.in_batches = self._read > batches_over_bytes
            with acting_as(self._actor):
                before = self._log.interrupted() if self._report.in_batches else None
                self._settle_dates(spool, before)
                settle_people(spool, self._desk, self._people, self._calendar)
            self._count = spool.count()
            if self._report.in_batches:
                self._in_batches(spool, batch, before)
            else:
                self._at_once(spool)
        self._report.seconds = time.monotonic() - began
        return self._report

    # ---- reading and checking

    def _take_in(self, spool: Spool) -> None:
        with opened(self._path) as (stream, size):
            self._size = size
            watched = Watched(stream, self._advance)
            table = Table(Lines(watched), self._report.label)
            self._layout = lay_out(
                table.header,
                self._instrument,
                self._named,
                file=self._report.label,
                has_start=bool(self._named_start),
            )
            self._calendar: Weeks | Dates = (
                Weeks(self._zone, self._now, self._named_start)
                if self._layout.by_week
                else Dates(self._zone, self._now)
            )
            self._report.columns = self._layout.as_json()
            self._report.delimiter = DELIMITERS[table.delimiter]
            read_rows(table, RowReader(self._layout, self._instrument, self._calendar), spool, self._desk)
        self._size = self._read
        settle_repeats(spool, self._desk, self._calendar)
        options = [self._instrument.id, str(self._named_start), self._report.columns]
        watched.digest.update(json.dumps(options).encode())
        self._log = Logbook(self._report, self._actor, watched.digest.digest())

    def _settle_dates(self, spool: Spool, before: Interrupted | None) -> None:
        """Without a start date the last week is today's, or what it was when the interrupted run began."""
        calendar = self._calendar
        self._report.date_assumed = calendar.assumed
        if isinstance(calendar, Weeks) and calendar.assumed:
            if before is not None and before.start is not None:
                calendar.start = before.start
            else:
                calendar.assume(int(spool.last_occasion() or 1))
            self._report.notices.append(
                f"No --start-date was given: the last week of the table was taken to be {calendar.today}, so week 1 is "
                f"{calendar.start}. The dates are marked as assumed; run again with --start-date to set them."
            )
        if self._layout.total is None:
            self._report.notices.append("The table has no column with totals, so none could be checked.")
        self._report.start_date = calendar.start

    # ---- storing

    def _at_once(self, spool: Spool) -> None:
        with acting_as(self._actor):
            self._log.lock()
            run = self._log.begin()
            store = self._store()
            for chunk in _chunks(spool.in_order(), _CHUNK):
                store.put(chunk, run.id)
                self._stored(len(chunk))
            self._log.finish(run, self._count)

    def _in_batches(self, spool: Spool, batch: int, before: Interrupted | None) -> None:
        position = 0
        with acting_as(self._actor):
            self._log.lock()
            if before is not None and before.refused == self._log.refused_lines():
                position = self._report.resumed_after = before.stored
            run = self._log.begin(position)
        self._stored(position)
        store = self._store()
        for group in _chunks(spool.in_order(position), batch):
            with acting_as(self._actor):
                self._log.lock()
                for chunk in _chunks(iter(group), _CHUNK):
                    store.put(chunk, run.id)
                position += len(group)
                self._log.note(run, position)
            self._stored(len(group))
        with acting_as(self._actor):
            self._log.finish(run, position)

    def _store(self) -> Store:
        return Store(
            practice_id=self._report.practice_id,
            actor=self._actor,
            people=self._people,
            instrument=self._instrument,
            layout=self._layout,
            calendar=self._calendar,
            source=self._report.source,
            counts=self._report.counts,
        )

    # ---- progress: the first half is reading, the second storing

    def _advance(self, count: int) -> None:
        self._read += count
        self._progress(self._read, 2 * self._size if self._size else None)

    def _stored(self, count: int) -> None:
        self._stored_count = getattr(self, "_stored_count", 0) + count
        done = self._size + self._size * self._stored_count // max(self._count, 1)
        self._progress(min(done, 2 * self._size), 2 * self._size)


def _chunks(rows: Iterator[Row], size: int) -> Iterator[list[Row]]:
    """Groups of about ``size`` rows that keep a person together, as far as memory allows."""
    chunk: list[Row] = []
    for row in rows:
        full = len(chunk) >= size and (row.identifier != chunk[-1].identifier or len(chunk) >= size * 4)
        if full:
            yield chunk
            chunk = []
        chunk.append(row)
    if chunk:
        yield chunk
