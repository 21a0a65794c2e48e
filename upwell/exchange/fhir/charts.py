"""What a new or changed chart needs beside its row: numbers, search keys, and a look for the same person."""

from __future__ import annotations

from collections import defaultdict
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
from upwell.people.names import normalise, search_keys
from upwell.record.models import OriginIdentifier

PERSONAL = {"SS", "MR", "PI", "MC", "NI", "NH"}  # kinds of number that belong to one person alone
_Name = tuple[str, str, Any]


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


def likely_duplicates(practice_id: UUID, fresh: Sequence[Person]) -> dict[UUID, str]:
    """Which new patients may be on record already, by name and birth date or by a number: as which record."""
    own = {person.id for person in fresh}
    known = _by_name(practice_id, fresh, own)
    found = _by_number(practice_id, fresh, own)
    for person in fresh:
        key = _name(person.columns)
        if key is None:
            continue
        if known[key]:
            found[person.id] = known[key][0]
        known[key].append(person.columns["record_number"])
    return found


def _name(columns: dict[str, Any]) -> _Name | None:
    family, given = normalise(columns["family_name"]), normalise(columns["given_names"]).split(" ")[0]
    born = columns["birth_date"]
    return (family, given, born) if family and given and born else None


def _by_name(practice_id: UUID, fresh: Sequence[Person], own: set[UUID]) -> dict[_Name, list[str]]:
    days = {person.columns["birth_date"] for person in fresh} - {None}
    rows = Patient.objects.filter(practice_id=practice_id, birth_date__in=days, merged_into=None)
    known: dict[_Name, list[str]] = defaultdict(list)
    for row in rows.exclude(id__in=own).values("family_name", "given_names", "birth_date", "record_number"):
        key = _name(dict(row))
        if key is not None:
            known[key].append(row["record_number"])
    return known


def _by_number(practice_id: UUID, fresh: Sequence[Person], own: set[UUID]) -> dict[UUID, str]:
    carried = {
        (number.system, number.value): person.id
        for person in fresh
        for number in numbers(person.resource)
        if number.kind in PERSONAL
    }
    rows = PatientIdentifier.objects.filter(
        practice_id=practice_id, value__in={value for _, value in carried}, patient__merged_into=None
    ).exclude(patient_id__in=own)
    return {
        carried[(system, value)]: number
        for system, value, number in rows.values_list("system", "value", "patient__record_number")
        if (system, value) in carried
    }
