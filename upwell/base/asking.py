"""Sending a statement that is put together once: what every click asks goes to the driver without detours."""

from __future__ import annotations

import select
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

    def send(self, params: Sequence[Any], *, last: bool) -> Any:
        """What has the answer: itself, or a cursor where it is not prepared yet, or no more (after a rollback).

        A transaction that has not begun begins with it, and ends with it where it is the ``last``, in one go.
        """
        name = self._name(params)
        if name is None:
            return self._driver.cursor().execute(self._sql, params)
        line, query = self._driver.pgconn, self._query
        begins = not self._driver.autocommit and line.transaction_status == pq.TransactionStatus.IDLE
        if not begins and not last:
            self._result = self._done(line.exec_prepared(name, query.params, query.formats))
            return self
        line.enter_pipeline_mode()
        if begins:
            line.send_query_params(self._driver._get_tx_start_command(), None)
        line.send_query_prepared(name, query.params, query.formats)
        if last:
            line.send_query_params(b"COMMIT", None)
        results = [self._done(one) for one in _collected(line)]
        self._result = results[int(begins)]
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


def _collected(line: Any) -> list[Any]:
    """What comes back for all that was sent in one go. Waiting is left to the system: others run meanwhile."""
    line.pipeline_sync()
    waiting = select.poll()
    waiting.register(line.socket, select.POLLIN)
    while line.flush():
        waiting.modify(line.socket, select.POLLIN | select.POLLOUT)
        waiting.poll()
        line.consume_input()
    waiting.modify(line.socket, select.POLLIN)
    results: list[Any] = []
    while not results or results[-1].status != pq.ExecStatus.PIPELINE_SYNC:
        while line.is_busy():
            waiting.poll()
            line.consume_input()
        if (result := line.get_result()) is not None:  # None: one of them is answered
            results.append(result)
    line.exit_pipeline_mode()
    return results[:-1]


def ask(sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Send a statement in the transaction that is open; all rows of its answer."""
    rows: list[tuple[Any, ...]] = _sent(sql, params).fetchall()
    return rows


def tell(sql: str, params: Sequence[Any], *, last: bool = False) -> int:
    """Send a statement that answers nothing; how many rows it touched.

    ``last``: nothing more is sent in the transaction that is open, so it may end with this one.
    """
    count: int = _sent(sql, params, last=last).rowcount
    return count


def _sent(sql: str, params: Sequence[Any], *, last: bool = False) -> Any:
    """As Django's cursors do it: errors are Django's, and a transaction that is broken takes no more.

    Whoever captures statements (a test, say) is told of this one as of any other.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.queries_logged or connection.execute_wrappers:
        cursor: Any = connection.cursor()
        cursor.execute(sql, params)
        return cursor
    connection.validate_no_broken_transaction()
    connection.ensure_connection()
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
        return statement.send(params, last=last and len(connection.atomic_blocks) == 1)
