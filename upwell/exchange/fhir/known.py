"""What a practice already has, asked of the database in bulk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from upwell.exchange.fhir.dates import FhirDate, read_date
from upwell.exchange.fhir.resolve import CHART
from upwell.exchange.fhir.spool import Key
from upwell.exchange.fhir.tables import MODELS
from upwell.exchange.fhir.validate import PARTIES
from upwell.people.models import Patient, PatientIdentifier
from upwell.record.models import OriginIdentifier, OriginParty

REMEMBERED = 50_000


@dataclass(frozen=True, slots=True)
class Chart:
    """A patient's chart, and since when the patient lives."""

    id: UUID
    born: FhirDate | None


class Practice:
    """The records of one practice, of which one source is being imported."""

    def __init__(self, practice_id: UUID, source: str) -> None:
        self.practice_id = practice_id
        self.source = source
        self._held: dict[Key, bool] = {}
        self._forgotten: set[Key] = set()

    def rows(self, kind: str) -> QuerySet[Any]:
        """The rows of a type that came from this source."""
        found = MODELS[kind]._default_manager.filter(practice_id=self.practice_id, source=self.source)
        return found.filter(type=kind) if kind in PARTIES else found

    def prime(self, keys: Iterable[Key]) -> None:
        """Look many up at once, one query for each type."""
        if len(self._held) > REMEMBERED:
            self._held.clear()
        asked: dict[str, set[str]] = defaultdict(set)
        for kind, ident in keys:
            if kind in MODELS and not self._held.get((kind, ident)):
                asked[kind].add(ident)
        for kind, idents in asked.items():
            found = set(self.rows(kind).filter(source_id__in=idents).values_list("source_id", flat=True))
            self._held.update({(kind, ident): ident in found for ident in idents})

    def holds(self, key: Key) -> bool:
        """Whether a resource came from this source before."""
        if key in self._forgotten:
            return False
        if key not in self._held:
            self.prime([key])
        return self._held.get(key, False)

    def forget(self, key: Key) -> None:
        """What came under this id before is not what the input means by it."""
        self._forgotten.add(key)

    def by_identifier(self, kind: str, system: str | None, value: str) -> set[Key]:
        """Parties of this source, and patients of the practice, that carry a number."""
        if kind == "Patient":
            charts = PatientIdentifier.objects.filter(practice_id=self.practice_id, value=value)
            charts = charts if system is None else charts.filter(system=system)
            return {(CHART, str(chart)) for chart in charts.values_list("patient_id", flat=True)}
        parties = OriginIdentifier.objects.filter(
            practice_id=self.practice_id, value=value, party__source=self.source, party__type=kind
        )
        parties = parties if system is None else parties.filter(system=system)
        return {(kind, ident) for ident in parties.values_list("party__source_id", flat=True)}

    def charts(self, keys: Iterable[Key]) -> dict[Key, Chart]:
        """The charts of patients, by their id at the source or by Upwell's own."""
        keys = set(keys)
        columns = "id", "source_id", "birth_date", "birth_date_precision"
        own = Patient.objects.filter(practice_id=self.practice_id)
        rows = [
            *own.filter(id__in=[UUID(k[1]) for k in keys if k[0] == CHART]).values_list(*columns),
            *own.filter(
                source=self.source, source_id__in=[k[1] for k in keys if k[0] == "Patient"]
            ).values_list(*columns),
        ]
        found: dict[Key, Chart] = {}
        for ident, source_id, born, precision in rows:
            chart = Chart(ident, _born(born, precision))
            found[(CHART, str(ident))] = chart
            if source_id is not None:
                found[("Patient", source_id)] = chart
        return {key: chart for key, chart in found.items() if key in keys}

    def party_names(self, keys: Iterable[Key]) -> dict[Key, str]:
        """What the parties are called."""
        asked: dict[str, set[str]] = defaultdict(set)
        for kind, ident in keys:
            if kind in PARTIES:
                asked[kind].add(ident)
        names: dict[Key, str] = {}
        for kind, idents in asked.items():
            rows = OriginParty.objects.filter(
                practice_id=self.practice_id, source=self.source, type=kind, source_id__in=idents
            )
            names |= {(kind, ident): name for ident, name in rows.values_list("source_id", "name")}
        return names


def _born(day: date | None, precision: str) -> FhirDate | None:
    if day is None:
        return None
    length = {"year": 4, "month": 7}.get(precision, 10)
    return read_date(day.isoformat()[:length])
