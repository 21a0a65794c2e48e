"""Two people change the same details: what is shown to the second, with their own entries kept. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from upwell.office.patients.words import LABELS, said


class Overtaken(Protocol):
    """A field that changed while the form was open."""

    @property
    def field(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Conflict:
    """What a field said when the form was opened, what it says now, and what the person entered, if they did."""

    label: Any
    before: str
    now: str
    entered: str
    is_contested: bool


def rebased(
    entered: Mapping[str, Any], base: Mapping[str, Any], current: Mapping[str, Any]
) -> dict[str, Any]:
    """The person's own entries over what is on record now: what they did not touch follows the record."""
    return {
        name: current[name] if base and entered[name] == base[name] else entered[name] for name in current
    }


def conflicts(
    entered: Mapping[str, Any],
    base: Mapping[str, Any],
    between: Iterable[Overtaken],
    current: Mapping[str, Any],
) -> list[Conflict]:
    """Each field that changed in between, in words."""
    found = []
    for change in between:
        name = change.field
        touched = entered[name] not in {base.get(name), current[name]}
        found.append(
            Conflict(
                label=LABELS[name],
                before=said(name, base.get(name), base),
                now=said(name, current[name], current),
                entered=said(name, entered[name], entered) if touched else "",
                is_contested=touched,
            )
        )
    return found
