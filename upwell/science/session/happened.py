"""What happened beside the plan: adverse events, near misses, deviations, each with what was said of it later."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from upwell.science.session.events import Event

ADVERSE, NEAR_MISS, DEVIATION = "adverse-event", "near-miss", "deviation"
KINDS = (ADVERSE, NEAR_MISS, DEVIATION)
UPDATES, SERIOUS, BECAUSE = "updates", "serious", "serious_because"


@dataclass(slots=True)
class Happened:
    """One event as it stands now: of each thing that was said, what was said last."""

    id: str
    kind: str
    observed_at: datetime
    says: dict[str, Any]
    updated_by: list[str] = field(default_factory=list)

    @property
    def serious(self) -> bool:
        """Said to be so, or by one of the criteria that make it so."""
        return self.says.get(SERIOUS) is True or bool(self.says.get(BECAUSE))

    def moment(self, name: str) -> datetime | None:
        """``onset_at`` or ``resolved_at``."""
        text = self.says.get(name)
        return None if text is None else datetime.fromisoformat(text)

    def as_json(self) -> dict[str, Any]:
        """The event as a result carries it."""
        keys = ("term", "ctcae_grade", "onset_at", "resolved_at", "action", "outcome")
        return {
            "id": self.id,
            "kind": self.kind,
            "observed_at": self.observed_at.isoformat(),
            **{key: self.says.get(key) for key in keys},
            "serious": self.serious,
            "serious_because": list(self.says.get(BECAUSE) or ()),
            "updated_by": list(self.updated_by),
        }


class Happenings:
    """All of them, heard event by event. An update that names nothing known stands for itself."""

    def __init__(self) -> None:
        self.found: dict[str, Happened] = {}
        self._first: dict[str, str] = {}

    def take(self, event: Event) -> tuple[Happened, bool]:
        """Hear one; it as it stands now, and whether it names an event that is not there."""
        named = event.body.get(UPDATES)
        first = None if named is None else self._first.get(named.lower())
        if first is not None and self.found[first].kind == event.type:
            self._first[event.id] = first
            return self._gone_on(self.found[first], event), False
        self._first[event.id] = event.id
        says = {key: value for key, value in event.body.items() if key != UPDATES}
        self.found[event.id] = Happened(event.id, event.type, event.observed_at, says)
        return self.found[event.id], named is not None

    def _gone_on(self, one: Happened, event: Event) -> Happened:
        body: Mapping[str, Any] = event.body
        if body.get(SERIOUS) is False and BECAUSE not in body:
            one.says.pop(BECAUSE, None)  # not serious after all: what made it so is gone with it
        one.says |= {key: value for key, value in body.items() if key != UPDATES}
        one.updated_by.append(event.id)
        return one


def happened(counting: Iterable[Event]) -> list[Happened]:
    """Every one of a log, in the order in which they were first observed. Pure, and cheap where there is none."""
    found = Happenings()
    for event in counting:
        if event.type in KINDS:
            found.take(event)
    return list(found.found.values())
