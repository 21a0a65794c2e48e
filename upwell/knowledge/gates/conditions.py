"""Reads a condition as a rule file writes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from upwell.knowledge.gates.model import Condition

_PLAIN = (
    "fact", "since", "given", "same_day", "has", "takes", "above", "below", "at_least", "at_most", "equals", "window",
    "reading", "change_from", "relative", "unit", "for_minutes", "unproven", "onset_within_days",
    "ever", "within_days", "gap_days",
)  # fmt: skip


def build_condition(raw: Mapping[str, Any]) -> Condition:
    """The condition that a table of a rule file describes."""
    return Condition(
        all=tuple(build_condition(part) for part in raw.get("all", ())),
        any=tuple(build_condition(part) for part in raw.get("any", ())),
        negated=build_condition(raw["not"]) if "not" in raw else None,
        one_of=tuple(raw.get("one_of", ())),
        **{key: raw[key] for key in _PLAIN if key in raw},
    )


def parts_of(condition: Condition) -> Iterator[Condition]:
    """The condition and all that stands inside it."""
    yield condition
    inner = (*condition.all, *condition.any, *(() if condition.negated is None else (condition.negated,)))
    for part in inner:
        yield from parts_of(part)
