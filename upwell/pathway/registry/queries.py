"""Numbers over many patients of one practice. This is the one place that counts; no row leaves it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from upwell.access.acting import acting_as
from upwell.access.roles import require
from upwell.access.system import Purpose, system_actor
from upwell.audit.actions import record
from upwell.base.actor import Actor
from upwell.base.errors import NotPermitted
from upwell.pathway.registry.disclosure import Disclosure, disclosure

MOST_MONTHS = 36

_PATIENTS = "SELECT count(*) FROM people_patient WHERE merged_into_id IS NULL AND NOT entered_in_error"
# One person is one, however many charts were merged into theirs.
_PERSON = """
WITH RECURSIVE person(chart, id) AS (
    SELECT id, id FROM people_patient WHERE merged_into_id IS NULL AND NOT entered_in_error
    UNION ALL
    SELECT p.id, person.id FROM people_patient p JOIN person ON p.merged_into_id = person.chart
)
"""
_BY_MONTH = f"""
{_PERSON}
SELECT a.instrument, date_trunc('month', a.effective_at AT TIME ZONE %s)::date, count(*), count(DISTINCT person.id)
  FROM record_assessment a JOIN person ON person.chart = a.patient_id
 WHERE NOT a.entered_in_error
 GROUP BY 1, 2 ORDER BY 1, 2 DESC
"""  # noqa: S608 - put together from constants
_CHANGE = f"""
{_PERSON},
scored AS (
    SELECT person.id, a.instrument,
           first_value(a.total) OVER course AS first, last_value(a.total) OVER course AS last,
           row_number() OVER course AS place, count(*) OVER course AS scores
      FROM record_assessment a JOIN person ON person.chart = a.patient_id
     WHERE NOT a.entered_in_error AND a.total IS NOT NULL
    WINDOW course AS (PARTITION BY person.id, a.instrument ORDER BY a.effective_at, a.id
                      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
)
SELECT instrument, count(*), avg(last - first), percentile_cont(0.5) WITHIN GROUP (ORDER BY last - first)
  FROM scored WHERE place = 1 AND scores > 1 GROUP BY 1 ORDER BY 1
"""  # noqa: S608 - put together from constants


@dataclass(frozen=True, slots=True)
class MonthLine:
    """One month of one instrument."""

    month: date
    assessments: str
    people: str


@dataclass(frozen=True, slots=True)
class InstrumentNumbers:
    """One instrument: how often it was answered, and how scores moved from the first to the latest."""

    instrument: str
    months: tuple[MonthLine, ...]
    people_with_change: str
    mean_change: float | None
    median_change: float | None


@dataclass(frozen=True, slots=True)
class Numbers:
    """What a researcher may see of a practice."""

    patients: str
    instruments: tuple[InstrumentNumbers, ...]
    rule: Disclosure
    counted_at: datetime


def practice_numbers(*, by: Actor, time_zone: str, at: datetime) -> Numbers:
    """Count over the practice, as the system and for this one purpose; small groups are left out."""
    require(by, "numbers.read")
    if by.practice_id is None:
        raise NotPermitted("Numbers are counted over one practice.")
    rule = disclosure()
    with acting_as(system_actor(Purpose.COUNT, by.practice_id, by.account_id)) as counter:
        record("numbers.counted", by=counter, object_type="practice", object_id=by.practice_id)
        patients = int(_rows(_PATIENTS)[0][0])
        by_month, change = _rows(_BY_MONTH, [time_zone]), {row[0]: row[1:] for row in _rows(_CHANGE)}
    months: dict[str, list[MonthLine]] = {}
    for instrument, month, count, people in by_month:
        line = MonthLine(month, rule.words(count, people), rule.words(people, people))
        months.setdefault(instrument, []).append(line)
    instruments = tuple(_instrument(name, lines, change.get(name), rule) for name, lines in months.items())
    return Numbers(rule.words(patients, patients), instruments, rule, at)


def _instrument(name: str, lines: list[MonthLine], change: Any, rule: Disclosure) -> InstrumentNumbers:
    people, mean, median = change or (0, None, None)
    shown = rule.is_shown(people)
    return InstrumentNumbers(
        instrument=name,
        months=tuple(lines[:MOST_MONTHS]),
        people_with_change=rule.words(people, people),
        mean_change=float(mean) if shown and mean is not None else None,
        median_change=float(median) if shown and median is not None else None,
    )


def _rows(sql: str, parameters: list[str | UUID] | None = None) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters or [])
        return list(cursor.fetchall())
