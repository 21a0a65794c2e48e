"""Where alarms begin, as the rules of the session say it, for the lines in a picture."""

from __future__ import annotations

from upwell.knowledge.edition import kept
from upwell.knowledge.gates.conditions import parts_of
from upwell.knowledge.gates.loader import load_rule_set

Limit = tuple[float, str]  # a value, and the level that begins there


@kept
def limits() -> dict[str, tuple[Limit, ...]]:
    """For each vital sign its limits; of two levels at one value the milder, which begins first."""
    found: dict[str, dict[float, str]] = {}
    order = ("amber", "red")
    for rule in sorted(load_rule_set("session").rules, key=lambda one: one.level == "red"):
        parts = list(parts_of(rule.when)) if rule.level in order else []
        if any(part.since is not None for part in parts):  # not a limit of the whole session
            continue
        for part in parts:
            plain = part.change_from is None and part.for_minutes is None and part.fact is not None
            if not plain or not str(part.fact).startswith("vitals."):
                continue
            for value in (part.at_least, part.above, part.below, part.at_most):
                if value is not None:
                    found.setdefault(str(part.fact)[len("vitals.") :], {}).setdefault(value, str(rule.level))
    return {name: tuple(sorted(some.items())) for name, some in found.items()}
