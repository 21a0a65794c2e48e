"""The operations of scoring over columns: what ``operations`` and ``conditions`` do for one form, for all at once.

A column of whole numbers has no gaps; a column of floats is NaN where nothing is known. Words are numbers of a book,
beyond every answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add, and_, eq, ge, gt, le, lt, or_
from typing import Any

import numpy as np
import numpy.typing as npt

from upwell.knowledge.instrument import Condition, Instrument, Scalar, Step

Column = npt.NDArray[Any]
Columns = dict[str, Column]
Mask = npt.NDArray[np.bool_]

_FIRST_WORD = int(np.iinfo(np.int16).max)  # beyond every number that an instrument knows


@dataclass(frozen=True, slots=True)
class Book:
    """The words that an instrument's decisions give, each with its number."""

    words: tuple[Scalar, ...]
    items: frozenset[str]

    @classmethod
    def of(cls, instrument: Instrument) -> Book:
        said = [one for step in instrument.steps for one in outcomes(step)]
        words = tuple(dict.fromkeys(one for one in said if isinstance(one, str | bool)))
        return cls(words, frozenset(item.id for item in instrument.items))

    def number(self, scalar: Scalar) -> float:
        """A scalar as a number of a column."""
        if isinstance(scalar, str | bool):
            place = next((n for n, one in enumerate(self.words) if one is scalar or one == scalar), None)
            return np.inf if place is None else _FIRST_WORD + place
        return scalar

    def wanted(self, condition: Condition) -> float | None:
        """What a condition compares with; the answers yes and no are 1 and 0."""
        if condition.equals is None:
            return None
        is_answer = isinstance(condition.equals, bool) and condition.value in self.items
        return int(condition.equals) if is_answer else self.number(condition.equals)


def outcomes(step: Step) -> list[Scalar]:
    """What a decision can give, in its order."""
    found = [row.then for row in step.rows]
    return list(dict.fromkeys(found if step.otherwise is None else [*found, step.otherwise]))


def unknown(column: Column) -> Mask | None:
    """Where a column has gaps; None where it can have none."""
    return np.isnan(column) if column.dtype.kind == "f" else None


@dataclass(frozen=True, slots=True)
class Judged:
    """A condition over all rows, in three values: true, false, and neither where it is not known."""

    true: Mask
    false: Mask


def condition_of(condition: Condition, columns: Mapping[str, Column], book: Book) -> Judged:
    """Judge a condition for every row."""
    if condition.unanswered is not None:
        column = columns[condition.unanswered]
        blank = unknown(column)
        blank = np.zeros(len(column), np.bool_) if blank is None else blank
        return Judged(blank, ~blank)
    if condition.all or condition.any:
        parts = [condition_of(part, columns, book) for part in condition.all or condition.any]
        both, either = (and_, or_) if condition.all else (or_, and_)
        return Judged(
            reduce(both, (part.true for part in parts)), reduce(either, (part.false for part in parts))
        )
    if condition.negated is not None:
        found = condition_of(condition.negated, columns, book)
        return Judged(found.false, found.true)
    return _compared(condition, columns[condition.value or ""], book)


def _compared(condition: Condition, column: Column, book: Book) -> Judged:
    limits: list[tuple[Callable[[Any, Any], Any], Any]] = [
        (ge, condition.at_least),
        (le, condition.at_most),
        (gt, condition.above),
        (lt, condition.below),
        (eq, book.wanted(condition)),
    ]
    true: Mask = reduce(and_, (compare(column, limit) for compare, limit in limits if limit is not None))
    blank = unknown(column)
    return Judged(true, ~true if blank is None else ~(true | blank))


def run_steps(instrument: Instrument, columns: Columns, book: Book, *, only_imputed: bool = False) -> None:
    """Run the steps; their outcomes become columns."""
    for step in instrument.steps:
        if step.imputation or not only_imputed:
            columns[step.name] = (
                _decided(step, columns, book)
                if step.op == "decide"
                else _worked_out(step, [columns[name] for name in step.of])
            )


def _decided(step: Step, columns: Columns, book: Book) -> Column:
    """The first row that holds; what can't be judged stays unknown, unless the table passes over it."""
    count = len(next(iter(columns.values())))
    found: Column = np.zeros(count, np.float32)  # each row is decided once, so what decides can be added up
    open_rows, decided = np.ones(count, np.bool_), np.zeros(count, np.bool_)
    for row in step.rows:
        judged = condition_of(row.when, columns, book)
        hit = open_rows & judged.true
        found += hit * np.float32(book.number(row.then))
        decided |= hit
        open_rows &= ~judged.true if step.proven else judged.false
    if step.otherwise is not None:
        found += open_rows * np.float32(book.number(step.otherwise))
        decided |= open_rows
    if not decided.all():
        found[~decided] = np.nan
    return found


def _worked_out(step: Step, given: Sequence[Column]) -> Column:
    low, high, by = step.minimum or 0, step.maximum or 0, 1 if step.by is None else step.by
    if step.op == "count":
        return _count(step, given)
    if step.op == "reverse":
        return low + high - given[0]
    if step.op == "multiply":
        return given[0] * by
    if step.op == "percent-of-maximum":
        return (given[0] - low) * by / (high - low)
    return _over_answered(step.op, given) if step.over_answered else _over(step.op, given)


def _over(op: str, given: Sequence[Column]) -> Column:
    """A gap makes the whole unknown: NaN carries through."""
    if op == "max":
        return reduce(np.maximum, given)
    if op == "min":
        return reduce(np.minimum, given)
    total = _sum(given)
    return total / len(given) if op == "mean" else total


def _sum(given: Sequence[Column]) -> Column:
    """The sum; small whole numbers get room for it."""
    room = np.int32 if all(one.dtype.kind != "f" for one in given) else np.float64
    total: Column = given[0].astype(room)
    for one in given[1:]:
        total += one
    return total


def _over_answered(op: str, given: Sequence[Column]) -> Column:
    """Gaps are left out; unknown only where there is nothing."""
    gaps = [unknown(one) for one in given]
    if all(one is None for one in gaps):
        return _over(op, given)
    if op == "max":
        return reduce(np.fmax, given)
    if op == "min":
        return reduce(np.fmin, given)
    answered = reduce(add, (1 if gap is None else ~gap for gap in gaps), np.zeros(len(given[0])))
    total = _sum([np.nan_to_num(one) for one in given])
    with np.errstate(invalid="ignore"):
        return np.where(answered > 0, total / answered if op == "mean" else total, np.nan)


def _count(step: Step, given: Sequence[Column]) -> Column:
    """How many are at their threshold or above it; unknown where one is."""
    own = step.at_least_for or {}
    counted: Column = np.zeros(len(given[0]), np.int16)
    blank = None
    for name, column in zip(step.of, given, strict=True):
        counted += column >= own.get(name, step.at_least or 0)
        if (gap := unknown(column)) is not None:
            blank = gap if blank is None else blank | gap
    return counted if blank is None else np.where(blank, np.nan, counted)
