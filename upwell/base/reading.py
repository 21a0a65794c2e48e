"""Reading joined rows with a statement that is put together once: what every click reads must cost little."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS, models
from django.db.models.base import ModelState

from upwell.base.asking import ask


class Part:
    """Some columns of one table in a joined statement, and the row made of them. Others are read when asked for."""

    def __init__(self, alias: str, model: type[models.Model], only: Iterable[str] = ()) -> None:
        wanted = frozenset(only)
        fields = [f for f in model._meta.concrete_fields if not wanted or f.name in wanted or f.primary_key]
        self._model = model
        self._names = [field.attname for field in fields]
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
        row = self._model.__new__(self._model)
        row._state = ModelState()
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
        row.__dict__.update(zip(self._names, values, strict=True))
        return row


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
