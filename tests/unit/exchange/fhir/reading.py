"""The first pass of an import without a database: what was read, refused and left aside."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

from upwell.exchange.fhir.desk import Desk
from upwell.exchange.fhir.files import find_files
from upwell.exchange.fhir.ingest import Intake, settle_subjects, settle_versions
from upwell.exchange.fhir.linker import Linked, Linker
from upwell.exchange.fhir.report import ImportReport
from upwell.exchange.fhir.resolve import Bases, Resolver
from upwell.exchange.fhir.spool import Key, Spool

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@dataclass
class Before:
    """What the practice has already, in memory."""

    keys: set[Key] = field(default_factory=set)
    identifiers: dict[tuple[str, str, str], Key] = field(default_factory=dict)

    def prime(self, keys: Iterable[Key]) -> None:
        list(keys)

    def holds(self, key: Key) -> bool:
        return key in self.keys

    def by_identifier(self, kind: str, system: str | None, value: str) -> set[Key]:
        return {
            key
            for (own, at, number), key in self.identifiers.items()
            if own == kind and number == value and system in (None, at)
        }

    def party_names(self, keys: Iterable[Key]) -> dict[Key, str]:
        return {}


@dataclass
class Outcome:
    """The report, and the resources that would be stored."""

    report: ImportReport
    linked: list[Linked]
    patients: dict[Key, Key | None]

    @property
    def refusals(self) -> list[str]:
        return [str(refusal) for refusal in self.report.refusals]

    @property
    def keys(self) -> set[Key]:
        return {(one.item.type, one.item.id) for one in self.linked}

    def one(self, ident: str) -> Linked:
        return next(one for one in self.linked if one.item.id == ident)


def read(path: Path, *, keep_going: bool = True, before: Before | None = None) -> Outcome:
    """Read, check and link a file or folder."""
    known = before or Before()
    report = ImportReport(UUID(int=1), "test", path.name)
    with Spool() as spool:
        bases = Bases()
        resolver = Resolver(spool, known, bases)
        desk = Desk(report, keep_going=keep_going)
        job: Any = SimpleNamespace(
            spool=spool, desk=desk, report=report, bases=bases, now=NOW, resolver=resolver
        )
        Intake(job).read(find_files(path), lambda _size: None)
        settle_versions(spool, desk)
        settle_subjects(spool, desk, resolver)
        waiting = list(spool.in_order())
        linked = Linker(spool, resolver, cast(Any, known)).link(waiting)
        patients = {(w.type, w.id): spool.subject(w.subject, w.scope) for w in waiting if w.subject}
    return Outcome(report, linked, patients)
