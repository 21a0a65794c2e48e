"""Which items a course requires, and where each stands. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from upwell.knowledge.workup import Item


class Event(StrEnum):
    """What somebody says of an item. The last word counts."""

    DONE = "done"
    WAIVED = "waived"
    REOPENED = "reopened"


class Standing(StrEnum):
    """Where an item stands."""

    OPEN = "open"
    DONE = "done"
    WAIVED = "waived"


ANSWERS = "answers."  # the group of the facts that a work-up gives
ASKED = "workup"  # within it: items of which the prescriber decides where they are open
AFTER = {Event.DONE: Standing.DONE, Event.WAIVED: Standing.WAIVED, Event.REOPENED: Standing.OPEN}


@dataclass(frozen=True, slots=True)
class Said:
    """The last word on an item."""

    item: str
    event: Event
    at: datetime
    by_name: str
    note: str


@dataclass(frozen=True, slots=True)
class Line:
    """An item with where it stands."""

    item: Item
    standing: Standing
    said: Said | None

    @property
    def is_open(self) -> bool:
        return self.standing is Standing.OPEN

    @property
    def is_asked(self) -> bool:
        """While it is open, the prescriber decides at the gate, with a reason."""
        return self.item.fact.startswith(f"{ANSWERS}{ASKED}.")

    @property
    def is_for_condition(self) -> bool:
        """It is asked for because of something on record, such as a specialist's clearance."""
        return "condition" in self.item.applies

    @property
    def stops(self) -> bool:
        """While it is open, no dose can be given."""
        return bool(self.item.fact) and not self.is_asked


def required(items: Iterable[Item], case: Mapping[str, str], conditions: Collection[str]) -> list[Item]:
    """The items that a course requires. ``case``: substance, route, jurisdiction; ``conditions``: lists that match.

    What is not chosen yet rules nothing out: an item for one substance is shown once that substance is chosen.
    """
    return [one for one in items if _applies(one, case, conditions)]


def _applies(item: Item, case: Mapping[str, str], conditions: Collection[str]) -> bool:
    for name, allowed in item.applies.items():
        if name == "condition":
            if not set(allowed) & set(conditions):
                return False
        elif case.get(name) not in allowed:
            return False
    return True


def lines_of(items: Iterable[Item], said: Mapping[str, Said]) -> list[Line]:
    """Each item with its last word."""
    return [_line(one, said.get(one.id)) for one in items]


def _line(item: Item, said: Said | None) -> Line:
    standing = Standing.OPEN if said is None else AFTER[said.event]
    if (
        standing is Standing.WAIVED and not item.waivable
    ):  # rules that are stricter now than when it was left out
        standing = Standing.OPEN
    return Line(item, standing, said)


def gate_answers(lines: Iterable[Line]) -> dict[str, Any]:
    """What the work-up says to the gates: a fact is no while its item is open; how many other items are open."""
    found: dict[str, Any] = {"workup_open": 0}
    for line in lines:
        if not line.item.fact:
            found["workup_open"] += int(line.is_open)
            continue
        group, _dot, name = line.item.fact.removeprefix(ANSWERS).rpartition(".")
        (found.setdefault(group, {}) if group else found)[name] = not line.is_open
    return found


def of_first_doses(answers: Mapping[str, Any]) -> frozenset[str]:
    """The answers that count only until the first doses are behind the person."""
    return frozenset(answers) & {"workup_open", ASKED}
