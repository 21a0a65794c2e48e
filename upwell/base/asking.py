"""Sending a statement that is put together once: what every click asks goes to the driver without detours."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from psycopg.types.datetime import TimestamptzLoader

_OURS = "upwell_cursors"  # on the driver's connection, which is no other thread's as long as a request has it
_MOST = 150  # a planned statement takes a quarter of a megabyte of each connection's memory


class _Moment(TimestamptzLoader):
    """A moment as PostgreSQL writes it, read by Python's own reader: pages read hundreds, and the driver's is slow."""

    timezone = UTC  # as Django asks of each connection

    def load(self, data: Any) -> datetime:
        try:
            return datetime.fromisoformat(str(data, "ascii"))
        except ValueError:
            return super().load(data).replace(tzinfo=UTC)


def ask(sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Send a statement in the transaction that is open; all rows of its answer."""
    cursor = _sent(sql, params)
    rows: list[tuple[Any, ...]] = cursor.fetchall()
    cursor._reset(reset_query=False)  # the cursor stays; what it answered does not
    return rows


def tell(sql: str, params: Sequence[Any]) -> int:
    """Send a statement that answers nothing; how many rows it touched."""
    count: int = _sent(sql, params).rowcount
    return count


def _sent(sql: str, params: Sequence[Any]) -> Any:
    """As Django's cursors do it: errors are Django's, and a transaction that is broken takes no more.

    Each statement has its cursor for as long as the connection lasts: it has found out already how each type is
    written and read. Whoever captures statements (a test, say) is told of this one as of any other.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.connection is None or connection.queries_logged or connection.execute_wrappers:
        cursor: Any = connection.cursor()
        cursor.execute(sql, params)
        return cursor
    connection.validate_no_broken_transaction()
    held: dict[str, Any] | None = connection.connection.__dict__.get(_OURS)
    if held is None:
        held = connection.connection.__dict__[_OURS] = {}
        connection.connection.prepared_max = _MOST
        connection.connection.adapters.register_loader("timestamptz", _Moment)
    cursor = held.get(sql)
    if cursor is None:
        if len(held) >= _MOST:
            held.clear()
        cursor = held[sql] = connection.connection.cursor()
    with connection.wrap_database_errors:
        return cursor.execute(sql, params)
