"""Writing many rows with one statement. (COPY can't be used: PostgreSQL refuses it under row security.)"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from django.db import connection, models
from psycopg import sql

Row = Mapping[str, Any]


class Text(str):
    """JSON that is text already and goes into its column as it stands."""


def insert(model: type[models.Model], rows: Sequence[Row]) -> None:
    """Insert rows; columns that they do not name get the model's defaults."""
    if not rows:
        return
    fields = [field for field in model._meta.concrete_fields if field.column]
    columns = [_values(field, rows) for field in fields]
    arrays = sql.SQL(", ").join(
        sql.SQL("%s::text[]::jsonb[]" if is_json(field) else f"%s::{field.db_type(connection)}[]")
        for field in fields
    )
    statement = sql.SQL("INSERT INTO {} ({}) SELECT * FROM unnest({})").format(
        sql.Identifier(model._meta.db_table),
        sql.SQL(", ").join(sql.Identifier(str(field.column)) for field in fields),
        arrays,
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, columns)


def update(model: type[models.Model], ident: Any, changes: Row) -> None:
    """Change some columns of one row; the trigger keeps the row as it was."""
    fields: list[Any] = [model._meta.get_field(name) for name in changes]
    assignments = sql.SQL(", ").join(
        sql.SQL("{} = %s::jsonb" if is_json(field) else "{} = %s").format(sql.Identifier(field.column))
        for field in fields
    )
    statement = sql.SQL("UPDATE {} SET {} WHERE id = %s").format(
        sql.Identifier(model._meta.db_table), assignments
    )
    values = [
        _json(value) if is_json(field) else value
        for field, value in zip(fields, changes.values(), strict=True)
    ]
    with connection.cursor() as cursor:
        cursor.execute(statement, [*values, ident])


def is_json(field: Any) -> bool:
    """Whether a column holds JSON."""
    return isinstance(field, models.JSONField)


def _values(field: models.Field[Any, Any], rows: Sequence[Row]) -> list[Any]:
    name = field.attname
    if name in rows[0]:
        values = [row[name] for row in rows]
    else:
        default = field.get_default()
        values = [default] * len(rows)
    return [_json(value) for value in values] if is_json(field) else values


def _json(value: Any) -> str | None:
    if value is None or isinstance(value, Text):
        return value
    return orjson.dumps(value).decode()
