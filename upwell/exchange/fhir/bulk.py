"""Writing many rows with one statement. (COPY can't be used: PostgreSQL refuses it under row security.)"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import orjson
from django.db import connection, models
from psycopg import sql

Row = Mapping[str, Any]


def insert(model: type[models.Model], rows: Sequence[Row]) -> None:
    """Insert rows, sent as one JSON document; columns that they do not name get the model's defaults."""
    if not rows:
        return
    fields = [field for field in model._meta.concrete_fields if field.column]
    defaults = {field.column: field.get_default() for field in fields if field.attname not in rows[0]}
    document = [
        defaults | {field.column: row[field.attname] for field in fields if field.attname in row}
        for row in rows
    ]
    names = sql.SQL(", ").join(sql.Identifier(str(field.column)) for field in fields)
    typed = sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(str(field.column)), sql.SQL(str(field.db_type(connection))))
        for field in fields
    )
    statement = sql.SQL("INSERT INTO {} ({}) SELECT {} FROM jsonb_to_recordset(%s::jsonb) AS r({})").format(
        sql.Identifier(model._meta.db_table), names, names, typed
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [orjson.dumps(document, default=_as_json).decode()])


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
        orjson.dumps(value, default=_as_json).decode() if is_json(field) else value
        for field, value in zip(fields, changes.values(), strict=True)
    ]
    with connection.cursor() as cursor:
        cursor.execute(statement, [*values, ident])


def is_json(field: Any) -> bool:
    """Whether a column holds JSON."""
    return isinstance(field, models.JSONField)


def _as_json(value: Any) -> Any:
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no place in a row")
