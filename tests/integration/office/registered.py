"""Patients on record as registration makes them: with the keys by which the search finds them."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from upwell.access.acting import acting_as
from upwell.access.system import system_actor
from upwell.base.ids import new_id
from upwell.people.models import Patient, PatientIdentifier, PatientSearchKey, Practice
from upwell.people.names import search_keys
from upwell.people.numbers import allot_record_numbers
from upwell.people.search_keys import renew_search_keys


def register(
    practice: Practice, family: str, given: str, born: date | None = date(1980, 5, 2), **more: Any
) -> Patient:
    """One patient, found by name from now on."""
    identifiers = more.pop("identifiers", [])
    with acting_as(system_actor("set-up", practice.id)):
        number = more.pop("record_number", None) or allot_record_numbers(practice.id, 1)[0]
        patient = Patient.objects.create(
            practice=practice,
            family_name=family,
            given_names=given,
            birth_date=born,
            record_number=number,
            **more,
        )
        renew_search_keys(patient)
        for system, value in identifiers:
            PatientIdentifier.objects.create(practice=practice, patient=patient, system=system, value=value)
        return patient


def register_many(practice: Practice, family: str, n: int) -> list[Patient]:
    """Many patients of one family, at one stroke."""
    with acting_as(system_actor("set-up", practice.id)):
        numbers = allot_record_numbers(practice.id, n)
        rows = [
            Patient(
                practice=practice,
                family_name=family,
                given_names=f"Child {chr(97 + i % 26)}{chr(97 + i // 26)}",
                birth_date=date(1970 + i % 40, 1 + i % 12, 1 + i % 28),
                record_number=number,
            )
            for i, number in enumerate(numbers)
        ]
        Patient.objects.bulk_create(rows)
        PatientSearchKey.objects.bulk_create(
            PatientSearchKey(practice=practice, patient=row, key=key)
            for row in rows
            for key in search_keys(row.family_name, row.given_names)
        )
        return rows


def entered(**fields: Any) -> dict[str, str]:
    """A filled-in form for a new patient, as a browser sends it."""
    form = {
        "id": str(new_id()),
        "family_name": "Rivera",
        "given_names": "Alex",
        "birth_date": "1980-05-02",
        "birth_date_precision": "day",
        "sex": "female",
    }
    return {name: str(value) for name, value in {**form, **fields}.items() if value is not None}


def seen_by(practice: Practice, patient_id: UUID) -> Patient:
    """The patient as the database has it now."""
    with acting_as(system_actor("set-up", practice.id)):
        return Patient.objects.get(id=patient_id)
