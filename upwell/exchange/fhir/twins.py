"""A look for people who may be on record already, which joins no charts; and for ids that mean somebody else now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import orjson
from django.db.models import Q

from upwell.exchange.fhir.charts import Person
from upwell.exchange.fhir.known import Practice
from upwell.exchange.fhir.mapping import Links, columns_of
from upwell.exchange.fhir.mapping.names import full_name
from upwell.exchange.fhir.mapping.patient import numbers
from upwell.exchange.fhir.shapes import Json
from upwell.exchange.fhir.spool import Waiting
from upwell.people.duplicates import Someone, likeness, nothing_in_common
from upwell.people.models import Patient, PatientIdentifier

MOST_COMPARED = 100  # with each new patient
_Number = tuple[str, str]
_Entry = tuple[str, Someone]  # record number, who it is
_COLUMNS = (
    "id", "record_number", "family_name", "given_names", "other_names", "birth_date",
    "birth_date_precision", "sex", "phone", "email",
)  # fmt: skip


class Register:
    """People to compare with, found by birth date and by number."""

    def __init__(self) -> None:
        self._by_day: dict[date, list[_Entry]] = defaultdict(list)
        self._by_number: dict[_Number, list[_Entry]] = defaultdict(list)

    def add(self, record_number: str, someone: Someone) -> None:
        """Put somebody in."""
        entry = record_number, someone
        if someone.birth_date is not None:
            self._by_day[someone.birth_date].append(entry)
        for number in someone.identifiers:
            self._by_number[number].append(entry)

    def twin(self, someone: Someone) -> str:
        """The record that looks most like this person, if any is likely to be theirs."""
        entries = [entry for number in someone.identifiers for entry in self._by_number[number]]
        if someone.birth_date is not None:
            entries += self._by_day[someone.birth_date]
        judged = ((likeness(someone, other), record) for record, other in entries[:MOST_COMPARED])
        likely = [(found.score, record) for found, record in judged if found.likely]
        return max(likely)[1] if likely else ""


def likely_duplicates(practice_id: UUID, fresh: Sequence[Person]) -> dict[UUID, str]:
    """Which of these new patients may be on record already, and under which record number."""
    own = [(person, _someone(person.columns, _numbers(person))) for person in fresh]
    register = _on_record(practice_id, [someone for _, someone in own], {person.id for person in fresh})
    found: dict[UUID, str] = {}
    for person, someone in own:
        if twin := register.twin(someone):
            found[person.id] = twin
        register.add(person.columns["record_number"], someone)
    return found


def strangers(practice: Practice, came: Sequence[Waiting]) -> list[Waiting]:
    """Who has nothing in common with the person that this source had under the same id before."""
    rows = practice.rows("Patient").filter(source_id__in=[item.id for item in came])
    known = dict(rows.values_list("source_id", "content_hash"))
    changed = [item for item in came if item.id in known and bytes(known[item.id] or b"") != item.hash]
    there = rows.filter(source_id__in=[item.id for item in changed]).exclude(resource=None)
    before = {ident: _as_sent(resource) for ident, resource in there.values_list("source_id", "resource")}
    return [
        item
        for item in changed
        if item.id in before and nothing_in_common(before[item.id], _as_sent(orjson.loads(item.body)))
    ]


def _as_sent(resource: Json) -> Someone:
    sent = {(number.system, number.value) for number in numbers(resource)}
    return _someone(columns_of(resource, Links()), sent)


def _numbers(person: Person) -> set[_Number]:
    return {(number.system, number.value) for number in numbers(person.resource) if number.system}


def _someone(columns: dict[str, Any], identifiers: Iterable[_Number]) -> Someone:
    names = [f"{columns['given_names']} {columns['family_name']}"]
    names += [full_name(name) for name in columns["other_names"]]
    return Someone(
        names=tuple(names),
        birth_date=columns["birth_date"],
        birth_date_precision=columns["birth_date_precision"],
        sex=columns["sex"],
        phone=columns["phone"],
        email=columns["email"],
        identifiers=frozenset(identifiers),
    )


def _on_record(practice_id: UUID, people: Sequence[Someone], own: set[UUID]) -> Register:
    wanted = {number for someone in people for number in someone.identifiers}
    rows = PatientIdentifier.objects.filter(practice_id=practice_id, value__in={value for _, value in wanted})
    shared: dict[UUID, set[_Number]] = defaultdict(set)
    for patient_id, system, value in rows.exclude(patient_id__in=own).values_list(
        "patient_id", "system", "value"
    ):
        if (system, value) in wanted:
            shared[patient_id].add((system, value))
    days = {someone.birth_date for someone in people if someone.birth_date is not None}
    charts = Patient.objects.filter(Q(birth_date__in=days) | Q(id__in=list(shared)), practice_id=practice_id)
    register = Register()
    for row in charts.filter(merged_into=None, entered_in_error=False).exclude(id__in=own).values(*_COLUMNS):
        register.add(row["record_number"], _someone(dict(row), shared.get(row["id"], ())))
    return register
