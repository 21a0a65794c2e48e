"""Updating a row with a statement that is put together once: what is written with every click must cost little."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models


def update(row: models.Model, names: tuple[str, ...]) -> None:
    """Write these fields of a row that is there. No signals, no checks: those are the database's."""
    connection = connections[DEFAULT_DB_ALIAS]
    sql, fields = _statement(type(row), names)
    values: list[Any] = [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(sql, [*values, row.pk])


@cache
def _statement(
    model: type[models.Model], names: tuple[str, ...]
) -> tuple[str, tuple[models.Field[Any, Any], ...]]:
    quote = connections[DEFAULT_DB_ALIAS].ops.quote_name
    by_name = {field.name: field for field in model._meta.local_concrete_fields}
    fields = tuple(by_name[name] for name in names)
    places = ", ".join(f"{quote(str(field.column))} = %s" for field in fields)
    table, key = quote(model._meta.db_table), quote(str(model._meta.pk.column))
    return f"UPDATE {table} SET {places} WHERE {key} = %s", fields  # noqa: S608
