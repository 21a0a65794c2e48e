"""One import from beginning to end: read and check everything, then store it, at once or in batches."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

from upwell.access.acting import acting_as
from upwell.access.system import Purpose, system_actor
from upwell.base.actor import Actor
from upwell.base.clock import now
from upwell.base.errors import BadInput, NotFound
from upwell.exchange.database_stays import database_stays
from upwell.exchange.fhir.bundle import MB
from upwell.exchange.fhir.desk import Desk
from upwell.exchange.fhir.files import Found, find_files
from upwell.exchange.fhir.ingest import Intake, settle_people, settle_subjects, settle_versions
from upwell.exchange.fhir.job import Job
from upwell.exchange.fhir.known import Practice
from upwell.exchange.fhir.ledger import Ledger, lock, resume_at
from upwell.exchange.fhir.report import ImportReport
from upwell.exchange.fhir.resolve import Bases, Resolver
from upwell.exchange.fhir.spool import Spool, Waiting
from upwell.exchange.fhir.store import Store
from upwell.people.models import Practice as PracticeRow

DEFAULT_SOURCE = "fhir"
BATCHES_OVER_BYTES = 100 * MB
LONGEST_SOURCE = 100
BATCH = 5_000  # resources to a transaction, in batches
_CHUNK = 500  # resources to a statement
_CHUNK_BYTES = 8 * MB
_BATCH_BYTES = 48 * MB

Progress = Callable[[int, int | None], None]


def import_fhir(
    path: Path,
    *,
    practice_id: UUID,
    source: str = DEFAULT_SOURCE,
    by: Actor,
    keep_going: bool = False,
    progress: Progress | None = None,
    batches_over_bytes: int = BATCHES_OVER_BYTES,
    batch: int = BATCH,
) -> ImportReport:
    """Bring FHIR R4 records from a file or folder into the charts of a practice.

    Without ``keep_going`` the first resource that can't be taken stops the import and nothing is left behind.
    Up to ``batches_over_bytes`` all is one transaction. Larger inputs are checked completely first, and then
    committed ``batch`` by ``batch``; the same call takes up an interrupted run where it stopped.
    """
    began = time.monotonic()
    source = source.strip()
    if not 0 < len(source) <= LONGEST_SOURCE:
        raise BadInput(
            f"--source must name the system that the records come from, in at most {LONGEST_SOURCE} letters.",
            path="source",
        )
    files = find_files(path)
    report = ImportReport(practice_id, source, path.resolve().name, ignored_files=files.ignored)
    meter = Meter(progress or _silent, files.size)
    with Spool() as spool, database_stays():
        practice, bases = Practice(practice_id, source), Bases()
        job = Job(
            practice=practice,
            actor=system_actor(Purpose.IMPORT, practice_id, by.account_id),
            now=now(),
            desk=Desk(report, keep_going=keep_going),
            spool=spool,
            bases=bases,
            resolver=Resolver(spool, practice, bases),
        )
        _read(job, files, meter)
        report.in_batches = files.size > batches_over_bytes
        if report.in_batches:
            _store_in_batches(job, meter, batch)
        else:
            _store_at_once(job, meter)
    report.seconds = time.monotonic() - began
    return report


class Meter:
    """Progress: the first half is reading, in bytes; the second is storing."""

    def __init__(self, tell: Progress, size: int) -> None:
        self._tell = tell
        self._size = size
        self._read = 0
        self._stored = 0
        self.count = 1

    def read(self, size: int) -> None:
        """So many bytes more were read."""
        self._read = min(self._read + size, self._size)
        self._tell(self._read, 2 * self._size)

    def stored(self, count: int) -> None:
        """So many resources more were stored."""
        self._stored += count
        self._tell(self._size + self._size * self._stored // max(self.count, 1), 2 * self._size)


def _read(job: Job, files: Found, meter: Meter) -> None:
    """Read and check everything; after this, only the database itself can refuse something."""
    with acting_as(job.actor):
        if not PracticeRow.objects.filter(id=job.practice.practice_id).exists():
            raise NotFound("There is no such practice. Name one with --practice.")
    Intake(job).read(files, meter.read)
    settle_versions(job.spool, job.desk)
    with acting_as(job.actor):
        settle_people(job)
        settle_subjects(job.spool, job.desk, job.resolver)


def _store_at_once(job: Job, meter: Meter) -> None:
    meter.count, fingerprint = job.spool.measure()
    with acting_as(job.actor):
        lock(job.practice.practice_id, job.practice.source)
        ledger, store = Ledger(job, fingerprint), Store(job)
        for chunk in chunks(job.spool.in_order(), _CHUNK, _CHUNK_BYTES):
            store.put(chunk)
            meter.stored(len(chunk))
        ledger.close(meter.count, store.touched)


def _store_in_batches(job: Job, meter: Meter, batch: int) -> None:
    meter.count, fingerprint = job.spool.measure()
    with acting_as(job.actor):
        lock(job.practice.practice_id, job.practice.source)
        skip = resume_at(job, fingerprint)
        ledger = Ledger(job, fingerprint, skip)
    store, position = Store(job), 0
    for group in chunks(job.spool.in_order(), batch, _BATCH_BYTES):
        done = min(max(skip - position, 0), len(group))
        _count_as_done(job, group[:done])
        position += len(group)
        if done < len(group):
            _commit(job, ledger, store, group[done:], position)
        meter.stored(len(group))
    with acting_as(job.actor):
        ledger.close(position, store.touched)


def _commit(job: Job, ledger: Ledger, store: Store, group: list[Waiting], position: int) -> None:
    with acting_as(job.actor):
        lock(job.practice.practice_id, job.practice.source)
        for chunk in chunks(iter(group), _CHUNK, _CHUNK_BYTES):
            store.put(chunk)
        ledger.note(position, store.touched)
    job.desk.batches_committed = True


def _count_as_done(job: Job, group: list[Waiting]) -> None:
    """What an interrupted run had stored before."""
    for item in group:
        job.report.resumed_after += 1
        if item.type == "Medication":
            job.report.read_for_codes += 1
        else:
            job.report.of(item.type).unchanged += 1


def chunks(items: Iterator[Waiting], most: int, most_bytes: int) -> Iterator[list[Waiting]]:
    """The items in groups that are small in number and in size."""
    chunk: list[Waiting] = []
    size = 0
    for item in items:
        chunk.append(item)
        size += len(item.body)
        if len(chunk) >= most or size >= most_bytes:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _silent(_done: int, _total: int | None) -> None:
    """No progress is shown."""
