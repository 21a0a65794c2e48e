"""The operations that scoring is made of: one function per operation, never one per instrument.

Each builder takes a step of an instrument and gives back a function from values to a value. An operation over
a missing value is itself missing (None), unless the step says ``over_answered``: a gap never counts as zero.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from operator import ge
from typing import Any

from upwell.knowledge.instrument import Scalar, Step
from upwell.science.scoring.conditions import Predicate, compile_condition
from upwell.science.scoring.values import Evaluate, Value, Values

Aggregate = Callable[[list[Any]], Value]


def _over(step: Step, aggregate: Aggregate) -> Evaluate:
    """Apply ``aggregate`` to the step's values; missing if one is missing (or all, over the answered)."""
    names, over_answered = step.of, step.over_answered

    def evaluate(values: Values) -> Value:
        found: list[Any] = [values[name] for name in names]
        if None in found:
            found = [value for value in found if value is not None] if over_answered else []
        return aggregate(found) if found else None

    return evaluate


def build_sum(step: Step) -> Evaluate:
    """The sum of the items."""
    return _over(step, sum)


def build_mean(step: Step) -> Evaluate:
    """The mean of the items, exact."""
    return _over(step, lambda found: sum(map(Fraction, found)) / len(found))


def build_max(step: Step) -> Evaluate:
    """The highest of a group of items (one domain asked in several ways)."""
    return _over(step, max)


def build_min(step: Step) -> Evaluate:
    """The lowest of a group of items."""
    return _over(step, min)


def build_count(step: Step) -> Evaluate:
    """How many items are at their threshold or above it; single items may have a threshold of their own."""
    own: Mapping[str, float] = step.at_least_for or {}
    thresholds: list[Any] = [own.get(name, step.at_least) for name in step.of]
    names = step.of

    def evaluate(values: Values) -> Value:
        found: list[Any] = [values[name] for name in names]
        return None if None in found else sum(map(ge, found, thresholds))

    return evaluate


def _on_one(step: Step, change: Callable[[Any], Any]) -> Evaluate:
    (name,) = step.of

    def evaluate(values: Values) -> Value:
        value = values[name]
        changed: Value = None if value is None else change(value)
        return changed

    return evaluate


def build_reverse(step: Step) -> Evaluate:
    """An item that is worded the other way round: lowest becomes highest."""
    ends = _required(step.minimum) + _required(step.maximum)
    return _on_one(step, lambda value: ends - value)


def build_multiply(step: Step) -> Evaluate:
    """A raw score brought to another scale by a factor."""
    factor = _required(step.by)
    return _on_one(step, lambda value: value * factor)


def build_percent_of_maximum(step: Step) -> Evaluate:
    """A score as a share of the highest that can be had, times ``by`` (100 for per cent)."""
    low, scale = _required(step.minimum), _required(step.by)
    width = _required(step.maximum) - low
    return _on_one(step, lambda value: Fraction(value - low) * Fraction(scale) / Fraction(width))


def build_decide(step: Step) -> Evaluate:
    """A decision table: the first row that holds decides; unknown before any that holds stays unknown.

    A ``proven`` table passes over rows that can't be judged yet: it gives the first that certainly holds.
    """
    rows: list[tuple[Predicate, Scalar]] = [(compile_condition(row.when), row.then) for row in step.rows]
    otherwise, proven = step.otherwise, step.proven

    def evaluate(values: Values) -> Value:
        for holds, then in rows:
            outcome = holds(values)
            if outcome:
                return then
            if outcome is None and not proven:
                return None
        return otherwise

    return evaluate


def _required(number: float | None) -> float:
    if number is None:
        raise ValueError("A step without a number it needs; the schema should have refused it.")
    return number


OPERATIONS: Mapping[str, Callable[[Step], Evaluate]] = {
    "sum": build_sum,
    "mean": build_mean,
    "max": build_max,
    "min": build_min,
    "count": build_count,
    "reverse": build_reverse,
    "multiply": build_multiply,
    "percent-of-maximum": build_percent_of_maximum,
    "decide": build_decide,
}
