"""Inserting rows with a statement that is put together once: what is stored with every click must cost little."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models.constants import OnConflict
from django.db.models.sql import InsertQuery

AT_ONCE = 100
# What the driver takes as it is; anything else goes through the field's own conversion.
_AS_IT_IS = (
    models.UUIDField,
    models.ForeignKey,
    models.TextField,
    models.DateTimeField,
    models.BooleanField,
    models.PositiveIntegerField,
    ArrayField,
)


def insert(rows: Sequence[models.Model], *, once: bool = False) -> int:
    """Insert rows of one kind; how many were. ``once``: what would be there twice is left out.

    One statement for each hundred. No defaults of the database: every column is sent.
    """
    model, connection, count = type(rows[0]), connections[DEFAULT_DB_ALIAS], 0
    for start in range(0, len(rows), AT_ONCE):
        part = rows[start : start + AT_ONCE]
        with connection.cursor() as cursor:
            cursor.execute(
                _statement(model, len(part), once), [value for row in part for value in values_of(row)]
            )
            count += cursor.rowcount
    for row in rows:
        row._state.adding, row._state.db = count == 0, DEFAULT_DB_ALIAS
    return count


def values_of(row: models.Model) -> list[Any]:
    """A row as the driver takes it, in the order of ``columns_of``."""
    connection = connections[DEFAULT_DB_ALIAS]
    return [
        getattr(row, field.attname)
        if as_it_is
        else field.get_db_prep_save(field.pre_save(row, add=True), connection)
        for field, as_it_is in columns_of(type(row))
    ]


@cache
def columns_of(model: type[models.Model]) -> tuple[tuple[models.Field[Any, Any], bool], ...]:
    """The columns of a table, each with whether its values need no conversion."""
    fields = [field for field in model._meta.local_concrete_fields if not field.generated]
    return tuple((field, type(field) in _AS_IT_IS) for field in fields)


def insert_sql(model: type[models.Model], *, once: bool = False) -> str:
    """The statement that inserts one row, to be part of a longer one; it takes what ``values_of`` gives."""
    return _statement(model, 1, once)


@cache
def _statement(model: type[models.Model], count: int, once: bool) -> str:
    """The statement as Django writes it for one row, with a place for each value, for as many rows."""
    query = InsertQuery(model, on_conflict=OnConflict.IGNORE if once else None)
    query.insert_values([field for field, _ in columns_of(model)], [model()])
    [(sql, _)] = query.get_compiler(connection=connections[DEFAULT_DB_ALIAS]).as_sql()
    into, values, rest = str(sql).partition(" VALUES ")
    row, conflict, ignored = rest.partition(" ON CONFLICT")
    return into + values + ", ".join([row] * count) + conflict + ignored
