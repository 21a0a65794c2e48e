"""A person's own charts."""

from __future__ import annotations

from uuid import UUID

from django.db import connection

from upwell.base.actor import Actor


def own_charts(actor: Actor) -> tuple[UUID, ...]:
    """Find the charts of the account that acts, and tell row security. One statement.

    Row security shows a person exactly the patient rows that carry their account.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH own AS MATERIALIZED (SELECT id FROM people_patient WHERE account_id = %s AND NOT entered_in_error"
            " ORDER BY merged_into_id NULLS FIRST, id),"
            " put AS (SELECT set_config('upwell.patients', coalesce(string_agg(id::text, ','), ''), true) FROM own)"
            " SELECT own.id FROM own, put",
            [actor.account_id],
        )
        return tuple(row[0] for row in cursor.fetchall())
