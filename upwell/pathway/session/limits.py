"""Where alarms begin, as the rules of the session say it: for the lines in a picture, and beside the fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from upwell.knowledge.edition import kept
from upwell.knowledge.gates.conditions import parts_of
from upwell.knowledge.gates.loader import load_rule_set
from upwell.knowledge.gates.model import Condition

Limit = tuple[float, str]  # a value, and the level that begins there
LEVELS = ("amber", "red")
MARKS = {"at_least": "≥", "above": ">", "below": "<", "at_most": "≤"}
RISES = ("at_least", "above")


@dataclass(frozen=True, slots=True)
class Edge:
    """One limit of a vital sign: which level begins beyond it; a rise counts from the value before the dose."""

    level: str
    mark: str
    value: float
    is_rise: bool = False


@kept
def limits() -> dict[str, tuple[Limit, ...]]:
    """For each vital sign its limits; of two levels at one value the milder, which begins first."""
    return {
        name: tuple(sorted((one.value, one.level) for one in some if not one.is_rise))
        for name, some in edges().items()
    }


@kept
def edges() -> Mapping[str, tuple[Edge, ...]]:
    """The limits of each vital sign, those above before those below; they hold for the whole session."""
    found: dict[str, dict[tuple[float, bool], Edge]] = {}
    for level in LEVELS:
        for part in _plain(level):
            for name, mark in MARKS.items():
                value, rises = getattr(part, name), part.change_from is not None
                if value is not None and (not rises or name in RISES):
                    known = found.setdefault(str(part.fact)[len("vitals.") :], {})
                    known.setdefault((value, rises), Edge(level, mark, value, rises))
    return {name: tuple(sorted(some.values(), key=_place)) for name, some in found.items()}


def _place(edge: Edge) -> tuple[int, bool, bool, float]:
    return LEVELS.index(edge.level), edge.mark in "<≤", edge.is_rise, edge.value


def _plain(level: str) -> Iterator[Condition]:
    """The comparisons of a level with one reading; not those that hold for a part of the session alone."""
    for rule in load_rule_set("session").rules:
        parts = list(parts_of(rule.when)) if rule.level == level else []
        if any(part.since is not None for part in parts):
            continue
        for part in parts:
            holds_at_once = part.for_minutes is None and (part.change_from is None or _rises(part))
            if holds_at_once and str(part.fact).startswith("vitals."):
                yield part


def _rises(part: Condition) -> bool:
    return part.change_from == "baseline" and not part.relative
