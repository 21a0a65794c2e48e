"""The rules that a watch goes by, as it needs them: by the facts that can make them hold."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from upwell.knowledge.edition import kept
from upwell.knowledge.gates.conditions import parts_of
from upwell.knowledge.gates.loader import load_fact_book, load_gates, load_rule_set
from upwell.knowledge.gates.model import Condition, Rule, RuleSet
from upwell.science.rules.fitting import Fits, fits_of

GATE = "session"


@dataclass(frozen=True, slots=True)
class Leaf:
    """One comparison inside a rule. The rule can only begin to hold when one of its comparisons does."""

    rule: str
    fact: str
    condition: Condition
    since_baseline: bool
    sure: bool  # whether a quick look can tell at all

    @property
    def fits(self) -> Fits:
        """The comparison, of a value or of its change."""
        return fits_of(self.condition)


class Limits(NamedTuple):
    """Within these a value is plausible, and neither it nor its change since the baseline makes a rule hold.

    They may be narrower than they need be, and are whole numbers where they can be: those are compared fastest.
    """

    low: float = -sys.maxsize
    high: float = sys.maxsize
    fall: float = -sys.maxsize
    rise: float = sys.maxsize

    def since(self, base: float | None) -> tuple[float, float]:
        """What a value may be; without a baseline nothing is known that it could have changed from."""
        if base is None:
            return self.low, self.high
        lowest, highest = base + self.fall, base + self.rise
        while lowest - base < self.fall:  # where the sum was rounded
            lowest = math.nextafter(lowest, math.inf)
        while highest - base > self.rise:
            highest = math.nextafter(highest, -math.inf)
        return max(self.low, lowest), min(self.high, highest)


@kept
def watched() -> tuple[tuple[RuleSet, Mapping[str, tuple[Leaf, ...]]], ...]:
    """The rule sets of the session, and the comparisons of their rules with a level, by fact."""
    found = []
    for name in load_gates()[GATE].rule_sets:
        rules = load_rule_set(name)
        by_fact: dict[str, list[Leaf]] = {}
        for leaf in (leaf for rule in rules.rules if rule.level is not None for leaf in _leaves(rule)):
            by_fact.setdefault(leaf.fact, []).append(leaf)
        found.append((rules, {fact: tuple(leaves) for fact, leaves in by_fact.items()}))
    return tuple(found)


@kept
def holding() -> Callable[[int, str, Any], frozenset[str]]:
    """Rules of a set that a value alone may make hold; never without one that it could."""
    sets = watched()

    @lru_cache(typed=True)
    def of_value(place: int, fact: str, value: Any) -> frozenset[str]:
        leaves = sets[place][1][fact]
        return frozenset(
            one.rule for one in leaves if not one.since_baseline and (not one.sure or one.fits(value))
        )

    return of_value


@kept
def limits() -> Callable[[str], Limits | None]:
    """The limits of a fact; None where a look at the value and its change can't tell."""
    by_fact: dict[str, list[Leaf]] = {}
    for _, leaves_of in watched():
        for fact, leaves in leaves_of.items():
            by_fact.setdefault(fact, []).extend(leaves)
    plausible = load_fact_book().plausible

    @lru_cache
    def of_fact(fact: str) -> Limits | None:
        return _limits(Limits(*map(_whole, plausible.get(fact, ()))), by_fact.get(fact, ()))

    return of_fact


def _limits(found: Limits, leaves: Sequence[Leaf]) -> Limits | None:
    for leaf in leaves:
        within = _without(leaf.condition) if leaf.sure else None
        if within is None:
            return None
        low, high = within
        if leaf.since_baseline:
            found = found._replace(fall=max(found.fall, low), rise=min(found.rise, high))
        else:
            found = found._replace(low=max(found.low, low), high=min(found.high, high))
    return found


def _without(condition: Condition) -> tuple[float, float] | None:
    """Between which numbers the comparison surely does not hold; None where it is not about more or less."""
    if condition.above is not None:
        return -sys.maxsize, _whole(condition.above)
    if condition.at_least is not None:
        return -sys.maxsize, _whole(condition.at_least) - 1
    if condition.below is not None:
        return _whole(condition.below), sys.maxsize
    if condition.at_most is not None:
        return _whole(condition.at_most) + 1, sys.maxsize
    return None


def _whole(number: float) -> float:
    """80.0 as 80."""
    return int(number) if number == int(number) else number


@kept
def runs() -> Mapping[str, tuple[Fits, ...]]:
    """The comparisons that have to hold for a time, by fact."""
    found: dict[str, list[Fits]] = {}
    for rules, _ in watched():
        for condition in (part for rule in rules.rules for part in parts_of(rule.when)):
            for part in () if condition.for_minutes is None else parts_of(condition):
                if part.fact is not None:
                    found.setdefault(part.fact, []).append(fits_of(part))
    return {name: tuple(fits) for name, fits in found.items()}


@kept
def longest() -> timedelta:
    """The longest run that a rule of the session asks for."""
    parts = (part for rules, _ in watched() for rule in rules.rules for part in parts_of(rule.when))
    return timedelta(minutes=max((part.for_minutes or 0 for part in parts), default=0))


def facts_of_rule(rule: Rule) -> Iterator[str | None]:
    """What a rule looks at."""
    for condition in (rule.when, rule.unless):
        yield from () if condition is None else (part.fact for part in parts_of(condition))


def _leaves(rule: Rule) -> Iterator[Leaf]:
    turned = [
        part for one in parts_of(rule.when) if one.negated is not None for part in parts_of(one.negated)
    ]
    for part in parts_of(rule.when):
        if part.fact is not None:
            since_baseline = part.change_from == "baseline" and not part.relative
            plain = since_baseline or part.change_from is None
            sure = plain and part.reading == "latest" and part not in turned
            yield Leaf(rule.id, part.fact, part, since_baseline and sure, sure)
