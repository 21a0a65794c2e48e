"""Sending a statement that is put together once: what every click asks goes to the driver without detours."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from psycopg import OperationalError, pq
from psycopg._queries import PostgresQuery
from psycopg.adapt import Transformer
from psycopg.errors import error_from_result
from psycopg.types.datetime import TimestamptzLoader

_OURS = (
    "upwell_statements"  # on the driver's connection, which is no other thread's as long as a request has it
)
_MOST = 150  # a planned statement takes a quarter of a megabyte of each connection's memory
_DONE = (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK)


class _Moment(TimestamptzLoader):
    """A moment as PostgreSQL writes it, read by Python's own reader: pages read hundreds, and the driver's is slow."""

    timezone = UTC  # as Django asks of each connection

    def load(self, data: Any) -> datetime:
        try:
            return datetime.fromisoformat(str(data, "ascii"))
        except ValueError:
            return super().load(data).replace(tzinfo=UTC)


class _Statement:
    """A statement on one connection. It finds out once how each type is written and read.

    Once the driver has it prepared, it is sent by its name in one call of the database's library, which waits without
    holding up other threads. A cursor does the same in Python, step by step, and that is most of what it costs.
    """

    __slots__ = ("_driver", "_query", "_result", "_sql", "_types")

    def __init__(self, driver: Any, sql: str) -> None:
        self._driver, self._sql = driver, sql
        self._types = Transformer(driver)
        self._query: Any = PostgresQuery(self._types)
        self._result: Any = None

    def send(self, params: Sequence[Any]) -> Any:
        """What has the answer: itself, or a cursor where it is not prepared yet, or no more (after a rollback)."""
        name = self._name(params)
        if name is None:
            return self._driver.cursor().execute(self._sql, params)
        line = self._driver.pgconn
        if not self._driver.autocommit and line.transaction_status == pq.TransactionStatus.IDLE:
            self._done(line.exec_(self._driver._get_tx_start_command()))
        self._result = self._done(line.exec_prepared(name, self._query.params, self._query.formats))
        return self

    def _name(self, params: Sequence[Any]) -> bytes | None:
        """By which the driver has prepared it, for values of these types; the values are written for it."""
        query, prepared = self._query, self._driver._prepared._names
        if query.query:
            query.dump(params)
        else:
            query.convert(self._sql, params)
        name: bytes | None = prepared.get((query.query, query.types))
        if name is not None:
            prepared.move_to_end((query.query, query.types))  # what is used least goes first
        return name

    def _done(self, result: Any) -> Any:
        if result.status in _DONE:
            return result
        if self._driver.pgconn.status == pq.ConnStatus.BAD:
            raise OperationalError(result.get_error_message())
        raise error_from_result(result, encoding=self._driver.info.encoding)

    @property
    def rowcount(self) -> int:
        count: int | None = self._result.command_tuples
        self._result = None
        return count or 0

    def fetchall(self) -> list[tuple[Any, ...]]:
        """The rows; they do not stay here."""
        result, self._result = self._result, None
        self._types.set_pgresult(result)
        rows = self._types.load_rows(0, result.ntuples, tuple)
        self._types.set_pgresult(None)
        return rows


def ask(sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Send a statement in the transaction that is open; all rows of its answer."""
    rows: list[tuple[Any, ...]] = _sent(sql, params).fetchall()
    return rows


def tell(sql: str, params: Sequence[Any]) -> int:
    """Send a statement that answers nothing; how many rows it touched."""
    count: int = _sent(sql, params).rowcount
    return count


def _sent(sql: str, params: Sequence[Any]) -> Any:
    """As Django's cursors do it: errors are Django's, and a transaction that is broken takes no more.

    Whoever captures statements (a test, say) is told of this one as of any other.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.connection is None or connection.queries_logged or connection.execute_wrappers:
        cursor: Any = connection.cursor()
        cursor.execute(sql, params)
        return cursor
    connection.validate_no_broken_transaction()
    driver = connection.connection
    held: dict[str, _Statement] | None = driver.__dict__.get(_OURS)
    if held is None:
        held = driver.__dict__[_OURS] = {}
        driver.prepared_max = _MOST
        driver.adapters.register_loader("timestamptz", _Moment)
    statement = held.get(sql)
    if statement is None:
        if len(held) >= _MOST:
            held.clear()
        statement = held[sql] = _Statement(driver, sql)
    with connection.wrap_database_errors:
        return statement.send(params)
