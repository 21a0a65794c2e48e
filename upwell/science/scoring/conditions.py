"""Conditions in three values: true, false, and unknown where an answer that matters is missing."""

from __future__ import annotations

from collections.abc import Callable
from operator import eq, ge, gt, le, lt
from typing import Any

from upwell.knowledge.instrument import Condition
from upwell.science.scoring.values import Value, Values

Predicate = Callable[[Values], bool | None]
Comparison = tuple[Callable[[Any, Any], bool], Any]


def compile_condition(condition: Condition) -> Predicate:
    """A function that judges the condition. Unknown (None) never counts as no."""
    if condition.unanswered is not None:
        return _unanswered(condition.unanswered)
    if condition.all:
        return _all(tuple(compile_condition(part) for part in condition.all))
    if condition.any:
        return _any(tuple(compile_condition(part) for part in condition.any))
    if condition.negated is not None:
        return _not(compile_condition(condition.negated))
    if condition.value is not None:
        return _compare(condition.value, _comparisons(condition))
    raise ValueError("A condition without a value; the schema should have refused it.")


def _unanswered(name: str) -> Predicate:
    return lambda values: values.get(name) is None


def _all(parts: tuple[Predicate, ...]) -> Predicate:
    def every(values: Values) -> bool | None:
        outcome: bool | None = True
        for part in parts:
            holds = part(values)
            if holds is False:
                return False
            if holds is None:
                outcome = None
        return outcome

    return every


def _any(parts: tuple[Predicate, ...]) -> Predicate:
    def some(values: Values) -> bool | None:
        outcome: bool | None = False
        for part in parts:
            holds = part(values)
            if holds is True:
                return True
            if holds is None:
                outcome = None
        return outcome

    return some


def _not(part: Predicate) -> Predicate:
    def negated(values: Values) -> bool | None:
        holds = part(values)
        return None if holds is None else not holds

    return negated


def _compare(name: str, comparisons: list[Comparison]) -> Predicate:
    if len(comparisons) == 1:
        compare, limit = comparisons[0]
        return _compare_once(name, compare, limit)

    def holds(values: Values) -> bool | None:
        value: Value = values.get(name)
        if value is None:
            return None
        return all(compare(value, limit) for compare, limit in comparisons)

    return holds


def _compare_once(name: str, compare: Callable[[Any, Any], bool], limit: Any) -> Predicate:
    def holds(values: Values) -> bool | None:
        value: Value = values.get(name)
        return None if value is None else compare(value, limit)

    return holds


def _comparisons(condition: Condition) -> list[Comparison]:
    table = [
        (ge, condition.at_least),
        (le, condition.at_most),
        (gt, condition.above),
        (lt, condition.below),
        (eq, condition.equals),
    ]
    return [(compare, limit) for compare, limit in table if limit is not None]
