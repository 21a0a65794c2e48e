"""Queries that are put together once: what every page asks must cost little.

Django takes longer to write a query than PostgreSQL, which has it prepared, takes to answer it. A kept query is written
by Django the first time; each later call fills in its values.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Field, ForeignObject, Lookup, QuerySet

Row = TypeVar("Row")
Value = UUID | datetime | date | str | Sequence[UUID]


@Field.register_lookup
@ForeignObject.register_lookup
class AnyOf(Lookup):
    """``patient_id__any=ids``: as ``in``, with one value in the statement however many ids there are."""

    lookup_name = "any"
    prepare_rhs = False

    def get_db_prep_lookup(self, value: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return "%s", ([self.lhs.output_field.get_db_prep_value(one, connection) for one in value],)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        left, before = self.process_lhs(compiler, connection)
        right, values = self.process_rhs(compiler, connection)
        return f"{left} = ANY({right})", (*before, *values)


_Made = tuple[QuerySet[Any, Row], Any, str, list[Any], Any]


class KeptQuery(Generic[Row]):
    """A query written once. Called with the values of its places, in order, it answers with rows.

    Raises
    ------
    TypeError
        When a value does not reach a filter as it is: the query looks at it, or changes it.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Row]], kinds: Sequence[type]) -> None:
        self._build, self._kinds = build, kinds
        self._made: _Made[Row] | None = None

    def __call__(self, *values: Value) -> list[Row]:
        rows: Any
        rows, compiler, sql, params, converters = self._made or self._make()
        filled = [values[one.number] if isinstance(one, _Place) else one for one in params]
        ready = copy(compiler)
        ready.connection = connections[DEFAULT_DB_ALIAS]
        ready.as_sql = lambda *_, **__: (sql, filled)
        ready.get_converters = lambda _columns: converters
        asked: Any = SimpleNamespace(
            query=_Written(rows.query, ready),
            db=DEFAULT_DB_ALIAS,
            model=rows.model,
            _fields=rows._fields,
            _known_related_objects={},
        )
        return list(rows._iterable_class(asked))

    def _make(self) -> _Made[Row]:
        samples = [_sample(kind, number) for number, kind in enumerate(self._kinds)]
        rows = self._build(*samples)
        compiler = rows.query.get_compiler(DEFAULT_DB_ALIAS)
        sql, found = compiler.as_sql()
        params = [_place(one, samples) for one in found]
        lost = set(range(len(samples))) - {one.number for one in params if isinstance(one, _Place)}
        if lost:
            raise TypeError(f"Values {sorted(lost)} of a kept query do not reach a filter as they are.")
        # What turns a column's value into Python's is the same each time, and dear to find for many columns.
        converters = compiler.get_converters([one[0] for one in compiler.select[: compiler.col_count]])
        self._made = rows, compiler, sql, params, converters
        return self._made


def kept_query(*kinds: type) -> Callable[[Callable[..., QuerySet[Any, Row]]], KeptQuery[Row]]:
    """Keep the query that a function builds. ``kinds`` are the types of its values: UUID, datetime, date, str, list.

    The function is called once, with stand-ins: it hands its arguments to filters and must not look at them. A list is
    for the lookup ``any``; whatever else changes from call to call makes another query.
    """

    def keep(build: Callable[..., QuerySet[Any, Row]]) -> KeptQuery[Row]:
        return KeptQuery(build, kinds)

    return keep


class _Place:
    """Where a value goes."""

    def __init__(self, number: int) -> None:
        self.number = number


class _Written:
    """A query whose SQL is written already."""

    def __init__(self, query: Any, compiler: Any) -> None:
        self._query, self._compiler = query, compiler

    def get_compiler(self, *_: Any, **__: Any) -> Any:
        return self._compiler

    def __getattr__(self, name: str) -> Any:
        return getattr(self._query, name)


def _sample(kind: type, number: int) -> Any:
    """A stand-in that no query holds otherwise."""
    if kind is UUID:
        return UUID(int=(0xFEED << 112) + number)
    if kind is list:
        return [UUID(int=(0xFEEE << 112) + number)]
    if kind is datetime:
        return datetime(1111, 11, 11, tzinfo=UTC) + timedelta(microseconds=number)
    if kind is date:
        return date(1111, 11, 11) + timedelta(days=number)
    if kind is str:
        return f"\N{REPLACEMENT CHARACTER}{number}"
    raise TypeError(f"A kept query takes no {kind.__name__}.")


def _place(param: Any, samples: list[Any]) -> Any:
    for number, sample in enumerate(samples):
        if type(param) is type(sample) and param == sample:
            return _Place(number)
    return param
