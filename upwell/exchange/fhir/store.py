"""Putting resources into the chart: new ones are added, changed ones changed, the rest left as it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

import orjson
from django.db import DatabaseError, DataError, IntegrityError, transaction
from psycopg.errors import ProgramLimitExceeded

from upwell.base.ids import new_id
from upwell.exchange.fhir import bulk, charts
from upwell.exchange.fhir.change import Changer, Row
from upwell.exchange.fhir.job import Job
from upwell.exchange.fhir.known import Chart
from upwell.exchange.fhir.linker import Linked, Linker
from upwell.exchange.fhir.mapping import Columns, columns_of
from upwell.exchange.fhir.noticing import notice
from upwell.exchange.fhir.places import Refusal
from upwell.exchange.fhir.spool import Waiting
from upwell.exchange.fhir.tables import MODELS
from upwell.exchange.fhir.twins import likely_duplicates
from upwell.exchange.fhir.validate import CLINICAL, PARTIES
from upwell.people.numbers import allot_record_numbers

Fresh = tuple[Linked, Columns]


class Store:
    """Stores chunk after chunk; the order of the spool has whatever a resource rests on stored before it."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._practice = job.practice
        self._report = job.report
        self._linker = Linker(job.spool, job.resolver, job.practice)
        self.touched: set[UUID] = set()
        self._changer = Changer(job, self.touched)

    def put(self, items: Sequence[Waiting]) -> None:
        """Store a chunk, type by type."""
        by_type: dict[str, list[Waiting]] = defaultdict(list)
        for item in items:
            by_type[item.type].append(item)
        for kind, group in by_type.items():
            if kind == "Medication":
                self._report.read_for_codes += len(group)
            else:
                self._put_type(kind, group)

    def _put_type(self, kind: str, items: list[Waiting]) -> None:
        there = self._there(kind, [item.id for item in items])
        fresh = [item for item in items if item.id not in there]
        stale = [item for item in items if item.id in there and not there[item.id].settled(item.hash)]
        self._report.of(kind).unchanged += len(items) - len(fresh) - len(stale)
        owners = self._owners(kind, [*fresh, *stale])
        if fresh:
            self._add(kind, self._linker.link(fresh), owners)
        if stale:
            linked = self._linker.link(stale)
            self._changer.change(
                kind, [(one, there[one.item.id], owners.get(one.item.seq)) for one in linked]
            )

    def _there(self, kind: str, idents: list[str]) -> dict[str, Row]:
        names = ["source_id", "id", "content_hash"]
        names += [] if kind == "Patient" else ["unresolved"]
        names += ["patient_id"] if kind in CLINICAL else []
        rows = self._practice.rows(kind).filter(source_id__in=idents).values(*names)
        return {
            row["source_id"]: Row(
                row["id"],
                bytes(row["content_hash"] or b""),
                row.get("unresolved") or [],
                row.get("patient_id"),
            )
            for row in rows
        }

    def _owners(self, kind: str, items: list[Waiting]) -> dict[int, Chart]:
        """The chart of each clinical resource, by its number in the spool."""
        if kind not in CLINICAL:
            return {}
        keys = {item.seq: self._job.spool.subject(item.subject, item.scope) for item in items}
        found = self._practice.charts(key for key in keys.values() if key is not None)
        return {seq: found[key] for seq, key in keys.items() if key in found}

    def _add(self, kind: str, group: list[Linked], owners: dict[int, Chart]) -> None:
        rows: list[Fresh] = []
        for linked in group:
            owner = owners.get(linked.item.seq)
            if kind in CLINICAL and owner is None:
                self._refuse(linked.item, "belongs to a patient who was refused")
                continue
            notice(self._report, linked, owner)
            columns = columns_of(linked.resource, linked.links)
            rows.append((linked, columns | self._identity(linked, owner) | {"id": new_id()}))
        if kind == "Patient" and rows:
            given = allot_record_numbers(self._practice.practice_id, len(rows))
            for (_, columns), number in zip(rows, given, strict=True):
                columns["record_number"] = number
        stored = self._insert(kind, rows)
        self._report.of(kind).added += len(stored)
        self._beside(kind, stored)

    def _identity(self, linked: Linked, owner: Chart | None) -> Columns:
        now, account_id = self._job.now, self._job.actor.account_id
        columns: Columns = {
            "practice_id": self._practice.practice_id,
            "source": self._practice.source,
            "source_id": linked.item.id,
            "content_hash": linked.item.hash,
            "resource": orjson.Fragment(linked.item.body),
            "updated_at": now,
        }
        if linked.item.type != "Patient":
            columns |= {"unresolved": linked.unresolved, "imported_at": now}
        if linked.item.type in PARTIES:
            return columns | {"type": linked.item.type}
        columns |= {"created_at": now, "created_by_id": account_id, "updated_by_id": account_id}
        return columns | ({"patient_id": owner.id} if owner else {})

    def _beside(self, kind: str, stored: list[Fresh]) -> None:
        """What belongs beside the new rows: numbers, search keys, a word about likely duplicates."""
        practice_id = self._practice.practice_id
        if kind in PARTIES:
            charts.put_party_identifiers(
                practice_id, [(row["id"], linked.resource) for linked, row in stored]
            )
        elif kind == "Patient":
            people = [charts.Person(row["id"], row, linked.resource) for linked, row in stored]
            charts.put_identifiers(practice_id, people)
            charts.renew_search_keys(practice_id, people)
            twins = likely_duplicates(practice_id, people)
            for linked, row in stored:
                if row["id"] in twins:
                    name, where = f"Patient/{linked.item.id}", f"resembles record {twins[row['id']]}"
                    self._report.notice("likely-duplicate", linked.item.place, name, where)
            self.touched.update(person.id for person in people)
        else:
            self.touched.update(row["patient_id"] for _, row in stored)

    def _insert(self, kind: str, rows: list[Fresh]) -> list[Fresh]:
        """Insert together; if the database refuses, one by one, to name the one that it refuses."""
        try:
            with transaction.atomic():
                bulk.insert(MODELS[kind], [columns for _, columns in rows])
        except DatabaseError as error:
            if not is_about_a_row(error):
                raise
            return [one for one in rows if self._insert_one(kind, one)]
        return rows

    def _insert_one(self, kind: str, fresh: Fresh) -> bool:
        linked, columns = fresh
        try:
            with transaction.atomic():
                bulk.insert(MODELS[kind], [columns])
        except DatabaseError as error:
            if not is_about_a_row(error):
                raise
            self._refuse(linked.item, f"can't be stored ({type(error.__cause__).__name__})")
            return False
        return True

    def _refuse(self, item: Waiting, reason: str) -> None:
        self._job.desk.refuse(Refusal(item.place, reason, f"{item.type}/{item.id}"))


def is_about_a_row(error: DatabaseError) -> bool:
    """Whether the database refused what a row says, rather than failed itself."""
    return isinstance(error, DataError | IntegrityError) or isinstance(error.__cause__, ProgramLimitExceeded)
