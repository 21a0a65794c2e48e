"""Likely duplicates at a practice: which charts on record look like this person."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from upwell.people.duplicates import Likeness, Someone, likeness
from upwell.people.models import Patient, PatientIdentifier
from upwell.people.names import search_keys

MOST_CANDIDATES = 200
MOST_SHOWN = 10
SHARE_OF_KEYS = 0.4

# By name, by birth date, and by numbers; a merged chart stands for the one that was kept.
_CANDIDATES = """
WITH RECURSIVE named AS (
    SELECT patient_id AS id FROM people_patientsearchkey
    WHERE practice_id = %(practice)s AND key = ANY(%(keys)s)
    GROUP BY patient_id HAVING count(*) >= %(least)s ORDER BY count(*) DESC LIMIT %(most)s
), born AS (
    SELECT id FROM people_patient WHERE practice_id = %(practice)s AND birth_date = %(born)s LIMIT %(most)s
), numbered AS (
    SELECT patient_id AS id FROM people_patientidentifier
    WHERE practice_id = %(practice)s AND value = ANY(%(values)s) LIMIT %(most)s
), candidates AS (SELECT id FROM named UNION SELECT id FROM born UNION SELECT id FROM numbered),
way(via, id, next) AS (
    SELECT p.id, p.id, p.merged_into_id FROM candidates c JOIN people_patient p ON p.id = c.id
    UNION ALL
    SELECT w.via, p.id, p.merged_into_id FROM way w JOIN people_patient p ON p.id = w.next
)
SELECT via, id FROM way WHERE next IS NULL AND NOT id = ANY(%(without)s)
"""


@dataclass(frozen=True, slots=True)
class LookAlike:
    """A chart that looks like the person, and why. ``via`` is the merged chart that does, else the chart itself."""

    chart: Patient
    via: Patient
    likeness: Likeness


def someone_on_record(patient: Patient, identifiers: Collection[tuple[str, str]]) -> Someone:
    """A person who is on record."""
    return Someone(
        names=patient.all_names,
        birth_date=patient.birth_date,
        birth_date_precision=patient.birth_date_precision,
        sex=patient.sex,
        phone=patient.phone,
        email=patient.email,
        identifiers=frozenset(identifiers),
    )


def identifiers_of(patient_ids: Collection[UUID]) -> dict[UUID, list[tuple[str, str]]]:
    """The numbers that systems gave to each of these patients."""
    found: dict[UUID, list[tuple[str, str]]] = {}
    rows = PatientIdentifier.objects.filter(patient_id__in=patient_ids).order_by("system", "value")
    for patient_id, system, value in rows.values_list("patient_id", "system", "value"):
        found.setdefault(patient_id, []).append((system, value))
    return found


def look_alikes(practice_id: UUID, person: Someone, *, without: Collection[UUID] = ()) -> list[LookAlike]:
    """Who on record at the practice is likely to be this person, most likely first. Three queries at most."""
    kept_of = _candidates(practice_id, person, without)
    if not kept_of:
        return []
    ids = {*kept_of, *kept_of.values()}
    rows = {
        row.id: row for row in Patient.objects.filter(id__in=ids, entered_in_error=False).defer("resource")
    }
    numbers = identifiers_of(ids) if person.identifiers else {}
    best: dict[UUID, LookAlike] = {}
    for via, kept in kept_of.items():
        if via not in rows or kept not in rows:
            continue
        found = likeness(person, someone_on_record(rows[via], numbers.get(via, ())))
        if found.likely and (kept not in best or found.score > best[kept].likeness.score):
            best[kept] = LookAlike(rows[kept], rows[via], found)
    order = sorted(best.values(), key=lambda one: (-one.likeness.score, one.chart.family_name, one.chart.id))
    return order[:MOST_SHOWN]


def _candidates(practice_id: UUID, person: Someone, without: Collection[UUID]) -> dict[UUID, UUID]:
    keys = sorted(search_keys(" ".join(person.names), ""))
    values: dict[str, Any] = {
        "practice": practice_id,
        "keys": keys,
        "least": max(1, round(len(keys) * SHARE_OF_KEYS)),
        "born": person.birth_date,
        "values": [value for _, value in person.identifiers],
        "without": list(without),
        "most": MOST_CANDIDATES,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CANDIDATES, values)
        return dict(cursor.fetchall())
