"""Queries that are put together once: what every page asks must cost little.

Django takes longer to write a query than PostgreSQL, which has it prepared, takes to answer it. A kept query is written
by Django the first time; each later call fills in its values.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from copy import copy
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Field, ForeignObject, Lookup, QuerySet
from django.db.models.query import (
    FlatValuesListIterable,
    ModelIterable,
    ValuesListIterable,
    get_related_populators,
)
from psycopg.sql import Literal

from upwell.base.asking import ask
from upwell.base.reading import maker_of

Row = TypeVar("Row")
Value = UUID | datetime | date | str | Sequence[UUID]
_CONSTANT = (str, int, bool)


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
        made = self._made
        if made is None:
            made = self._made = _Made(self._build, self._kinds)
        filled = [values[one.number] if isinstance(one, _Place) else one for one in made.params]
        return made.rows_of(ask(made.sql, filled))


class _Made(Generic[Row]):
    """What Django wrote, and how rows are made of the answer."""

    def __init__(self, build: Callable[..., QuerySet[Any, Row]], kinds: Sequence[type]) -> None:
        samples = [_sample(kind, number) for number, kind in enumerate(kinds)]
        asked: Any = build(*samples)
        compiler: Any = asked.query.get_compiler(DEFAULT_DB_ALIAS)
        sql, found = compiler.as_sql()
        self.sql, self.params = _written(sql, [_place(one, samples) for one in found])
        lost = set(range(len(samples))) - {one.number for one in self.params if isinstance(one, _Place)}
        if lost:
            raise TypeError(f"Values {sorted(lost)} of a kept query do not reach a filter as they are.")
        self._compiler, self._width = compiler, compiler.col_count if compiler.has_extra_select else None
        # What turns a column's value into Python's is the same each time, and dear to find for many columns.
        self._converters = compiler.get_converters([one[0] for one in compiler.select[: compiler.col_count]])
        self._shape = _shape_of(asked, compiler)

    def rows_of(self, answer: Iterable[Any]) -> list[Row]:
        if self._width is not None:
            answer = [row[: self._width] for row in answer]
        if self._converters:
            ready = copy(self._compiler)
            ready.connection = connections[DEFAULT_DB_ALIAS]
            answer = ready.apply_converters(answer, self._converters)
        return [self._shape(row) for row in answer]


def _shape_of(asked: Any, compiler: Any) -> Callable[[Any], Any]:
    """How one row of the answer becomes what the query gives."""
    kind = asked._iterable_class
    if kind is FlatValuesListIterable:
        return _first
    if kind is ValuesListIterable:
        return tuple
    if kind is not ModelIterable:
        raise TypeError("A kept query gives rows, or a list of values.")
    fields = compiler.klass_info["select_fields"]
    start, end = fields[0], fields[-1] + 1
    make = maker_of(
        compiler.klass_info["model"], [one[0].target.attname for one in compiler.select[start:end]]
    )
    beside = get_related_populators(compiler.klass_info, compiler.select, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]
    for one in beside:
        _quicken(one)
    more = compiler.annotation_col_map or {}

    def made(row: Any) -> Any:
        found = make(row[start:end])
        for one in beside:
            one.populate(row, found)
        for name, place in more.items():
            setattr(found, name, row[place])
        return found

    return made


def _first(row: Any) -> Any:
    return row[0]


def _quicken(populator: Any) -> None:
    """What belongs to a row is made as the row is."""
    make = maker_of(populator.model_cls, populator.init_list)
    populator.model_cls = SimpleNamespace(from_db=lambda _db, _names, values: make(values))
    for one in populator.related_populators:
        _quicken(one)


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


def _written(sql: str, params: Iterable[Any]) -> tuple[str, list[Any]]:
    """What never changes stands in the text: the plan that is made once knows it, and which index holds just that."""
    left: list[Any] = []
    each = iter(params)

    def put(found: re.Match[str]) -> str:
        if found[0] == "%%":
            return found[0]
        param = next(each)
        if type(param) in _CONSTANT:
            return Literal(param).as_string().replace("%", "%%")
        left.append(param)
        return found[0]

    return re.sub("%[%s]", put, sql), left


def _place(param: Any, samples: list[Any]) -> Any:
    for number, sample in enumerate(samples):
        if type(param) is type(sample) and param == sample:
            return _Place(number)
    return param
