"""A person's own charts."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from django.db import connection

from upwell.base.actor import Actor


class OwnCare(NamedTuple):
    """A person's own charts, the kept ones first, and the clock of the practice that keeps the first."""

    patient_ids: tuple[UUID, ...]
    time_zone: str


def own_care(actor: Actor) -> OwnCare:
    """Find the charts of the account that acts, and tell row security. One statement.

    Row security shows a person exactly the patient rows that carry their account.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH own AS MATERIALIZED (SELECT id, practice_id, merged_into_id FROM people_patient"
            " WHERE account_id = %s AND NOT entered_in_error ORDER BY merged_into_id NULLS FIRST, id),"
            " put AS (SELECT set_config('upwell.patients', coalesce(string_agg(id::text, ','), ''), true) FROM own)"
            " SELECT own.id, practice.time_zone FROM put, own"
            " LEFT JOIN people_practice practice ON practice.id = own.practice_id"
            " ORDER BY own.merged_into_id NULLS FIRST, own.id",
            [actor.account_id],
        )
        rows = cursor.fetchall()
    return OwnCare(tuple(row[0] for row in rows), (rows[0][1] if rows else None) or "UTC")


def own_charts(actor: Actor) -> tuple[UUID, ...]:
    """The charts alone."""
    return own_care(actor).patient_ids
