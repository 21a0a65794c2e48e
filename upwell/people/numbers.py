"""Record numbers: each practice counts its own charts."""

from __future__ import annotations

from uuid import UUID

from django.db import connection

from upwell.base.errors import NotFound


def allot_record_numbers(practice_id: UUID, n: int) -> list[str]:
    """The practice's next ``n`` record numbers (``P-000001`` …), never given twice.

    The practice's row stays locked until the transaction ends, so that numbers have no gaps.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE people_practice SET next_record_number = next_record_number + %s WHERE id = %s"
            " RETURNING next_record_number",
            [n, practice_id],
        )
        row = cursor.fetchone()
    if row is None:
        raise NotFound("There is no such practice.")
    return [f"P-{number:06d}" for number in range(row[0] - n, row[0])]
