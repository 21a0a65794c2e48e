"""Reading joined rows with a statement that is put together once: what every click reads must cost little."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS, models
from django.db.models.base import ModelState
from django.db.models.signals import post_init, pre_init

from upwell.base.asking import ask


def maker_of(model: type[models.Model], names: Sequence[str]) -> Callable[[Sequence[Any]], Any]:
    """Makes rows as ``from_db`` does, of the columns that are named; the others are read when asked for.

    A model of ours has nothing that wants to be told of each row; one that had would be made by Django.
    """
    of_django = (models.Model.__init__, models.Model.from_db.__func__)  # type: ignore[attr-defined]
    plain = (model.__init__, model.from_db.__func__) == of_django  # type: ignore[attr-defined]
    if not plain or pre_init.has_listeners(model) or post_init.has_listeners(model):
        return lambda values: model.from_db(DEFAULT_DB_ALIAS, names, values)
    names = tuple(names)

    def make(values: Sequence[Any]) -> Any:
        row: Any = model.__new__(model)
        state = ModelState()
        state.adding, state.db = False, DEFAULT_DB_ALIAS
        row.__dict__ = {"_state": state, **dict(zip(names, values, strict=True))}
        return row

    return make


class Part:
    """Some columns of one table in a joined statement, and the row made of them. Others are read when asked for."""

    def __init__(self, alias: str, model: type[models.Model], only: Iterable[str] = ()) -> None:
        wanted = frozenset(only)
        fields = [f for f in model._meta.concrete_fields if not wanted or f.name in wanted or f.primary_key]
        self._make = maker_of(model, [field.attname for field in fields])
        # Django has the driver leave JSON as text.
        self._documents = [n for n, field in enumerate(fields) if isinstance(field, models.JSONField)]
        self.columns = ", ".join(f'{alias}."{field.column}"' for field in fields)
        self.width = len(fields)

    def made_of(self, values: Sequence[Any]) -> Any:
        """The row as Django makes it when it has read one, without a call for each of its fields."""
        if self._documents:
            values = list(values)
            for place in self._documents:
                if values[place] is not None:
                    values[place] = json.loads(values[place])
        return self._make(values)


def rows_of(parts: Sequence[Part], sql: str, params: Sequence[Any]) -> list[list[Any]]:
    """What a statement finds: for each of its rows one object a part."""
    return [objects_of(parts, row) for row in ask(sql, params)]


def objects_of(parts: Sequence[Part], row: Sequence[Any], start: int = 0) -> list[Any]:
    """The objects in one row of an answer, from its column ``start`` on."""
    objects = []
    for part in parts:
        objects.append(part.made_of(row[start : start + part.width]))
        start += part.width
    return objects
