"""Whether a value fits what a condition compares it with; made once of each condition of an edition."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from operator import ge, gt, le, lt
from typing import Any, TypeVar

from upwell.knowledge.edition import kept
from upwell.knowledge.gates.model import Condition, Scalar

Fits = Callable[[Any], bool]
T = TypeVar("T")
_NUMBERS = (int, float)


def _once_for_each(make: Callable[[Condition], T]) -> Callable[[Condition], T]:
    """Makes a thing once of each condition, told by its identity: a condition may hold what has no hash."""

    @kept
    def made() -> dict[int, tuple[Condition, T]]:
        return {}  # the condition is kept beside, so that no other can have the same identity

    def of(condition: Condition) -> T:
        of_edition = made()
        found = of_edition.get(id(condition))
        if found is None or found[0] is not condition:
            found = of_edition[id(condition)] = (condition, make(condition))
        return found[1]

    return of


def _fits(condition: Condition) -> Fits:
    """All comparisons that the condition asks for; a value of another kind never fits."""
    numbers = (
        (ge, condition.at_least),
        (le, condition.at_most),
        (gt, condition.above),
        (lt, condition.below),
    )
    asked = [_number(compare, limit) for compare, limit in numbers if limit is not None]
    if condition.equals is not None:
        asked.append(_same(condition.equals))
    if condition.one_of:
        same = [_same(one) for one in condition.one_of]
        asked.append(lambda value: any(fits(value) for fits in same))
    return asked[0] if len(asked) == 1 else lambda value: all(one(value) for one in asked)


def _number(compare: Callable[[Any, Any], bool], limit: float) -> Fits:
    return lambda value: isinstance(value, _NUMBERS) and not isinstance(value, bool) and compare(value, limit)


def _same(wanted: Scalar) -> Fits:
    """Equal and of one kind: yes is not the number 1."""
    is_yes_or_no = isinstance(wanted, bool)
    return lambda value: bool(value == wanted) and isinstance(value, bool) is is_yes_or_no


def _once(condition: Condition) -> Condition:
    return replace(condition, for_minutes=None)


fits_of: Callable[[Condition], Fits] = _once_for_each(_fits)
once_of: Callable[[Condition], Condition] = _once_for_each(
    _once
)  # what has to hold for a time, at one moment
