"""Inserting rows with a statement that is put together once: what is stored with every click must cost little."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models.constants import OnConflict
from django.db.models.sql import InsertQuery

from upwell.base.asking import tell

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
    count = insert_values(type(rows[0]), [values_of(row) for row in rows], once=once)
    for row in rows:
        row._state.adding, row._state.db = count == 0, DEFAULT_DB_ALIAS
    return count


def insert_values(
    model: type[models.Model], rows: Sequence[Sequence[Any]], *, once: bool = False, last: bool = False
) -> int:
    """The same for rows that are values already, as the driver takes them, in the order of ``columns_of``.

    ``last``: nothing more is sent in the transaction.
    """
    count = 0
    for start in range(0, len(rows), AT_ONCE):
        part = rows[start : start + AT_ONCE]
        values = [value for row in part for value in row]
        ends = last and start + AT_ONCE >= len(rows)
        count += tell(_statement(model, len(part), once), values, last=ends)
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


def as_document(value: Any) -> str:
    """JSON as the driver takes it for a column of that kind, without looking for a way itself."""
    return json.dumps(value)


def as_list(words: Iterable[str]) -> str:
    """A list of texts as PostgreSQL writes it."""
    quoted = (word.replace("\\", "\\\\").replace('"', '\\"') for word in words)
    return "{" + ",".join(f'"{word}"' for word in quoted) + "}"


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
