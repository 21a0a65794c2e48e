"""Finding patients in the register: by name however it is spelled, birth date, record number or another number.

Row security lets only plain comparisons use an index, so that names are found by pieces of them kept as rows
(``PatientSearchKey``). PostgreSQL picks the candidates; how well each fits is judged here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection

from upwell.office.patients.days import day_words
from upwell.office.patients.ranking import fit
from upwell.office.patients.terms import Terms
from upwell.people.names import full_names, normalise, query_keys

MOST_CANDIDATES = 300
SHARE_OF_KEYS = 0.3  # a name that has fewer of the pieces typed is not even looked at
FEW_KEYS = 3  # so little was typed that many fit equally well: then by the alphabet

_NAMED = """
named AS (
    SELECT patient_id AS id, count(*) AS hits FROM people_patientsearchkey
    WHERE practice_id = %(practice)s AND key = ANY(%(keys)s)
    GROUP BY patient_id HAVING count(*) >= %(least)s
)"""
_NUMBERED = """
numbered AS (
    SELECT id FROM people_patient WHERE practice_id = %(practice)s AND record_number = ANY(%(numbers)s)
    UNION
    SELECT patient_id FROM people_patientidentifier WHERE practice_id = %(practice)s AND value = ANY(%(numbers)s)
)"""
_BORN = """p.practice_id = %(practice)s AND
    (p.birth_date = ANY(%(days)s) OR p.birth_date BETWEEN %(first)s AND %(last)s)"""

_BY_NAME = "SELECT id, hits, false AS numbered FROM named ORDER BY hits DESC, id LIMIT %(most)s"
_BY_ALPHABET = """
    SELECT n.id, n.hits, false FROM named n JOIN people_patient p ON p.id = n.id AND p.practice_id = %(practice)s
    ORDER BY n.hits DESC, p.in_order, p.id LIMIT %(most)s"""
_BY_BIRTH_DATE = f"""
    SELECT p.id, 0, false FROM people_patient p WHERE {_BORN}
    ORDER BY p.in_order, p.id LIMIT %(most)s"""  # noqa: S608 - constants
_BY_BOTH = f"""
    SELECT n.id, n.hits, false FROM named n JOIN people_patient p ON p.id = n.id WHERE {_BORN}
    ORDER BY n.hits DESC, p.id LIMIT %(most)s"""  # noqa: S608 - constants

# A chart that was merged is found by its own name and numbers, and leads to the chart that was kept.
_ROWS = """
way(via, id, next, numbered) AS (
    SELECT p.id, p.id, p.merged_into_id, c.numbered FROM candidates c JOIN people_patient p ON p.id = c.id
    UNION ALL
    SELECT w.via, p.id, p.merged_into_id, w.numbered FROM way w JOIN people_patient p ON p.id = w.next
)
SELECT w.numbered, v.id, v.record_number, v.family_name, v.given_names, v.other_names,
       r.id, r.record_number, r.family_name, r.given_names, r.birth_date, r.birth_date_precision, r.sex, r.deceased
FROM way w JOIN people_patient v ON v.id = w.via JOIN people_patient r ON r.id = w.id
WHERE w.next IS NULL AND NOT v.entered_in_error AND NOT r.entered_in_error
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the register. ``also`` names the merged chart by which it was found."""

    id: UUID
    record_number: str
    family_name: str
    given_names: str
    birth_date: date | None
    birth_date_precision: str
    sex: str
    deceased: bool
    also: str = ""

    @property
    def born(self) -> str:
        """The birth date in words, as far as it is known."""
        return day_words(self.birth_date, self.birth_date_precision)


def find(practice_id: UUID, terms: Terms) -> list[Entry]:
    """Everybody who fits what was typed, best first. One query."""
    sql, values = _statement(practice_id, terms)
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found = cursor.fetchall()
    return _in_order(found, terms)


def _statement(practice_id: UUID, terms: Terms) -> tuple[str, dict[str, Any]]:
    keys = sorted(query_keys(terms.words))
    first, last = terms.period or (None, None)
    values = {
        "practice": practice_id,
        "keys": keys,
        "least": max(1, round(len(keys) * SHARE_OF_KEYS)),
        "numbers": list(terms.numbers),
        "days": list(terms.days),
        "first": first,
        "last": last,
        "most": MOST_CANDIDATES,
    }
    chosen = _choice(bool(keys), terms.is_dated, len(keys))
    parts = [_NUMBERED, *([_NAMED] if keys else [])]
    candidates = "SELECT id, 0 AS hits, true AS numbered FROM numbered"
    if chosen:
        candidates = f"{candidates} UNION ALL ({chosen})"
    return f"WITH RECURSIVE {', '.join(parts)}, candidates AS ({candidates}), {_ROWS}", values


def _choice(is_named: bool, is_dated: bool, keys: int) -> str:
    if is_named and is_dated:
        return _BY_BOTH
    if is_dated:
        return _BY_BIRTH_DATE
    if is_named:
        return _BY_ALPHABET if keys <= FEW_KEYS else _BY_NAME
    return ""


def _in_order(found: Iterable[tuple[Any, ...]], terms: Terms) -> list[Entry]:
    best: dict[UUID, tuple[float, Entry]] = {}
    for numbered, via, via_number, family, given, others, *columns in found:
        how_well = 2.0 if numbered else _fit(terms, family, given, others)
        if how_well <= 0:
            continue
        also = "" if via == columns[0] else f"{given} {family} ({via_number})".strip()
        entry = Entry(*[*columns, also])
        known = best.get(entry.id)
        if known is None or (how_well, not entry.also) > (known[0], not known[1].also):
            best[entry.id] = (how_well, entry)
    return [entry for _, entry in sorted(best.values(), key=_place)]


def _place(found: tuple[float, Entry]) -> tuple[float, str, str, UUID]:
    how_well, entry = found
    return -round(how_well, 3), normalise(entry.family_name), normalise(entry.given_names), entry.id


def _fit(terms: Terms, family: str, given: str, others: str) -> float:
    return fit(terms.words, full_names(family, given, json.loads(others))) if terms.words else 1.0
