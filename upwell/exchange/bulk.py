"""Writing many rows with one statement. (COPY can't be used: PostgreSQL refuses it under row security.)

The rows travel as one JSON document, which PostgreSQL takes apart by the types of the columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from psycopg import sql

Row = Mapping[str, Any]
_Field = Any  # Django's fields are generic in ways that say nothing here


def insert(model: type[models.Model], rows: Sequence[Row]) -> None:
    """Insert rows, which all name the same columns; what they don't name gets the model's defaults.

    A default is asked for once, so every row must bring its own id. Bytes can't travel this way.
    """
    if not rows:
        return
    fields: list[_Field] = [field for field in model._meta.concrete_fields if field.column]
    own = [field for field in fields if field.attname in rows[0]]
    shared = [field for field in fields if field.attname not in rows[0]]
    statement = sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {}").format(
        sql.Identifier(model._meta.db_table),
        _list(sql.Identifier(field.column) for field in (*shared, *own)),
        _list([*(_cast(field) for field in shared), *(_own(field) for field in own)]),
        _records(own),
    )
    _execute(statement, [*(_value(field, field.get_default()) for field in shared), _document(rows)])


def update(model: type[models.Model], rows: Sequence[Row]) -> None:
    """Change rows by their ``id``; all name the same columns. The triggers keep the rows as they were."""
    if not rows:
        return
    fields = [field for field in model._meta.concrete_fields if field.attname in rows[0]]
    statement = sql.SQL("UPDATE {} AS kept SET {} FROM {} WHERE kept.id = t.id").format(
        sql.Identifier(model._meta.db_table),
        _list(
            sql.SQL("{} = {}").format(sql.Identifier(str(field.column)), _own(field))
            for field in fields
            if not field.primary_key
        ),
        _records(fields),
    )
    _execute(statement, [_document(rows)])


def _execute(statement: sql.Composed, values: list[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def _document(rows: Sequence[Row]) -> str:
    return orjson.dumps(rows, default=str).decode()


def _records(fields: Iterable[_Field]) -> sql.Composed:
    """The document as a table ``t``, whose columns have the names that the rows use."""
    columns = [sql.SQL("{} {}").format(sql.Identifier(field.attname), _type(field)) for field in fields]
    return sql.SQL("json_to_recordset(%s::json) AS t({})").format(_list(columns))


def _own(field: _Field) -> sql.Composed:
    return sql.SQL("t.{}").format(sql.Identifier(field.attname))


def _cast(field: _Field) -> sql.Composed:
    return sql.SQL("%s::{}").format(_type(field))


def _type(field: _Field) -> sql.SQL:
    return sql.SQL(field.db_type(connection))


def _list(parts: Iterable[sql.Composable]) -> sql.Composed:
    joined: sql.Composed = sql.SQL(", ").join(parts)
    return joined


def _value(field: _Field, value: Any) -> Any:
    """A default: JSON goes as text, lists as the driver writes them."""
    if value is None or isinstance(field, ArrayField) or not isinstance(field, models.JSONField):
        return value
    return orjson.dumps(value).decode()
