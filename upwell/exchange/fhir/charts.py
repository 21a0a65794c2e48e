"""What a new or changed chart needs beside its row: numbers of other systems, and search keys."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from upwell.base.ids import new_id
from upwell.exchange.fhir import bulk
from upwell.exchange.fhir.mapping.names import full_name
from upwell.exchange.fhir.mapping.party import identifiers
from upwell.exchange.fhir.mapping.patient import numbers
from upwell.exchange.fhir.shapes import Json
from upwell.people.models import Patient, PatientIdentifier, PatientSearchKey
from upwell.people.names import search_keys
from upwell.record.models import OriginIdentifier


@dataclass(frozen=True, slots=True)
class Person:
    """A chart that was just stored: its row's columns and the resource that it came in."""

    id: UUID
    columns: dict[str, Any]
    resource: Json


def put_identifiers(practice_id: UUID, people: Iterable[Person]) -> None:
    """Store the numbers that other systems gave to these patients; those that are there already stay."""
    wanted = {
        (person.id, number.system, number.value): number.kind
        for person in people
        for number in numbers(person.resource)
    }
    there = set(
        PatientIdentifier.objects.filter(patient_id__in={chart for chart, _, _ in wanted}).values_list(
            "patient_id", "system", "value"
        )
    )
    rows = [
        {"id": new_id(), "practice_id": practice_id, "patient_id": key[0], "system": key[1], "value": key[2]}
        | {"kind": kind}
        for key, kind in wanted.items()
        if key not in there
    ]
    bulk.insert(PatientIdentifier, rows)


def put_party_identifiers(practice_id: UUID, parties: Iterable[tuple[UUID, Json]]) -> None:
    """Store by which numbers practitioners, organisations and places can be found."""
    wanted = dict.fromkeys(
        (party, *number) for party, resource in parties for number in identifiers(resource)
    )
    there = set(
        OriginIdentifier.objects.filter(party_id__in={party for party, _, _ in wanted}).values_list(
            "party_id", "system", "value"
        )
    )
    rows = [
        {"id": new_id(), "practice_id": practice_id, "party_id": key[0], "system": key[1], "value": key[2]}
        for key in wanted
        if key not in there
    ]
    bulk.insert(OriginIdentifier, rows)


def renew_search_keys(practice_id: UUID, people: Sequence[Person]) -> None:
    """Make the keys by which a search finds these patients, under every name they have."""
    PatientSearchKey.objects.filter(patient_id__in=[person.id for person in people]).delete()
    rows = [
        {"id": new_id(), "practice_id": practice_id, "patient_id": person.id, "key": key}
        for person in people
        for key in sorted(_keys(person.columns))
    ]
    bulk.insert(PatientSearchKey, rows)


def _keys(columns: dict[str, Any]) -> set[str]:
    others = [full_name(name) for name in columns["other_names"]]
    return search_keys(columns["family_name"], columns["given_names"], *others)


def current_columns(ident: UUID) -> dict[str, Any]:
    """The names of a chart as they stand now."""
    return dict(Patient.objects.values("family_name", "given_names", "other_names").get(id=ident))
