"""Changing rows that are there already: what the source changed, and nothing that people changed by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from django.db.models import F

from upwell.exchange.fhir import bulk, charts
from upwell.exchange.fhir.dates import read_date
from upwell.exchange.fhir.job import Job
from upwell.exchange.fhir.known import Chart
from upwell.exchange.fhir.linker import Linked
from upwell.exchange.fhir.mapping import Columns, columns_of
from upwell.exchange.fhir.noticing import notice
from upwell.exchange.fhir.shapes import Json
from upwell.exchange.fhir.tables import MODELS
from upwell.exchange.fhir.validate import PARTIES
from upwell.people.models import Patient


@dataclass(frozen=True, slots=True)
class Row:
    """A row that is there already."""

    id: UUID
    hash: bytes
    unresolved: list[dict[str, str]]
    patient_id: UUID | None

    def settled(self, digest: bytes) -> bool:
        """Whether there is nothing to do: the same content, and every reference led somewhere already."""
        return self.hash == digest and not self.unresolved


class Changer:
    """Changes rows, and the trigger keeps each as it was."""

    def __init__(self, job: Job, touched: set[UUID]) -> None:
        self._job = job
        self._report = job.report
        self._touched = touched

    def change(self, kind: str, stale: Sequence[tuple[Linked, Row, Chart | None]]) -> None:
        """Bring rows up to the resources that came."""
        changed = [row.id for linked, row, _ in stale if row.hash != linked.item.hash]
        rows = MODELS[kind]._default_manager.filter(id__in=changed).values_list("id", "resource")
        before = {ident: resource or {} for ident, resource in rows}
        for linked, row, owner in stale:
            old = before.get(row.id)
            name = f"{kind}/{linked.item.id}"
            if old is not None and _is_older(linked.resource, old):
                self._report.notice("older-than-stored", linked.item.place, name)
                self._report.of(kind).unchanged += 1
                continue
            notice(self._report, linked, owner)
            changes = _changes(kind, linked, row, owner, old)
            if "patient_id" in changes:
                self._report.notice("moved-chart", linked.item.place, name)
            if changes:
                self._write(kind, linked, row, changes)
                self._report.of(kind).updated += 1
            else:
                self._report.of(kind).unchanged += 1

    def _write(self, kind: str, linked: Linked, row: Row, changes: Columns) -> None:
        stamps: Columns = {"updated_at": self._job.now}
        if kind not in PARTIES:
            stamps["updated_by_id"] = self._job.actor.account_id
        if kind == "Patient":
            stamps["version"] = (
                Patient.objects.filter(id=row.id).values_list(F("version") + 1, flat=True).get()
            )
        bulk.update(MODELS[kind], row.id, changes | stamps)
        practice_id = self._job.practice.practice_id
        if kind == "Patient":
            person = charts.Person(row.id, charts.current_columns(row.id), linked.resource)
            charts.put_identifiers(practice_id, [person])
            charts.renew_search_keys(practice_id, [person])
            self._touched.add(row.id)
        elif kind in PARTIES:
            charts.put_party_identifiers(practice_id, [(row.id, linked.resource)])
        else:
            self._touched.update(chart for chart in (row.patient_id, changes.get("patient_id")) if chart)


def _changes(kind: str, linked: Linked, row: Row, owner: Chart | None, before: Json | None) -> Columns:
    """The columns to change: those in which the resource differs from the one that the row came from."""
    changes: Columns = {}
    now = columns_of(linked.resource, linked.links)
    relinked = kind != "Patient" and linked.unresolved != row.unresolved
    if before is not None:
        then: dict[str, Any] = columns_of(before, linked.links) if before else {}
        changes = {name: value for name, value in now.items() if name not in then or then[name] != value}
        changes |= {"content_hash": linked.item.hash, "resource": orjson.Fragment(linked.item.body)}
    elif relinked:
        changes = {name: value for name, value in now.items() if name != "entered_in_error"}
    if relinked:
        changes["unresolved"] = linked.unresolved
    if owner is not None and owner.id != row.patient_id:
        changes["patient_id"] = owner.id
    return changes


def _is_older(resource: Json, before: Json) -> bool:
    """Whether both say when they were last updated, and the stored one is newer."""
    stamps = [(version.get("meta") or {}).get("lastUpdated") for version in (resource, before)]
    if not all(isinstance(stamp, str) for stamp in stamps):
        return False
    return read_date(stamps[0]).earliest < read_date(stamps[1]).earliest
