"""Storing a row once: sent twice, it is one row, without a failed transaction."""

from __future__ import annotations

from django.db import connection, models
from django.db.models.constants import OnConflict
from django.db.models.sql import InsertQuery


def insert_once(row: models.Model) -> bool:
    """Insert the row unless it would be there twice; whether it was inserted. One statement, no savepoint.

    Two that come at the same moment: the second waits until the first is durable, and is then told no.
    """
    fields = [field for field in row._meta.local_concrete_fields if not field.generated]
    query = InsertQuery(type(row), on_conflict=OnConflict.IGNORE)
    query.insert_values(fields, [row])
    inserted = 0
    with connection.cursor() as cursor:
        for sql, params in query.get_compiler(connection=connection).as_sql():
            cursor.execute(sql, params)
            inserted += cursor.rowcount
    row._state.adding = not inserted
    row._state.db = connection.alias
    return bool(inserted)
