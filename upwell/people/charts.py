"""The charts that belong together: a kept chart and every chart that was merged into it."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from upwell.base.asking import ask

_DOWN = """
WITH RECURSIVE family(kept, id, depth) AS (
    SELECT id, id, 0 FROM people_patient WHERE id = ANY(%s)
    UNION ALL
    SELECT f.kept, p.id, f.depth + 1 FROM family f JOIN people_patient p ON p.merged_into_id = f.id
)
SELECT kept, id FROM family ORDER BY depth, id
"""
_UP = """
WITH RECURSIVE way(id, next) AS (
    SELECT id, merged_into_id FROM people_patient WHERE id = %s
    UNION ALL
    SELECT p.id, p.merged_into_id FROM way w JOIN people_patient p ON p.id = w.next
)
SELECT id FROM way WHERE next IS NULL
"""


def chart_ids(patient_id: UUID) -> list[UUID]:
    """The chart itself, first, and every chart merged into it, through any number of merges.

    One query. Empty where the actor may not see the chart, so that a filter by it finds nothing.
    """
    return charts_of([patient_id]).get(patient_id, [])


def charts_of(patient_ids: Iterable[UUID]) -> dict[UUID, list[UUID]]:
    """``chart_ids`` of many charts at once, in one query: for the rows of a list."""
    found: dict[UUID, list[UUID]] = {}
    for kept, chart in ask(_DOWN, [list(patient_ids)]):
        found.setdefault(kept, []).append(chart)
    return found


def kept_chart(patient_id: UUID) -> UUID | None:
    """The chart that is kept in place of this one: itself, unless it was merged. None if it can't be seen."""
    found = ask(_UP, [patient_id])
    return found[0][0] if found else None
