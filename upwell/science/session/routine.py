"""Routine: vital signs and ratings within every limit. Most of a log is that, and is kept without a second look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from upwell.science.session.events import Event, Readings
from upwell.science.session.told import Told
from upwell.science.session.walk import Walk
from upwell.science.session.watch import Watch, base_of
from upwell.science.session.watched import limits

_COMPARED = ("vitals.weight_kg",)  # with the order, each time


@dataclass(slots=True)
class Routine:
    """What is routine in this log: between the limits that were learnt from what was looked at."""

    told: Told
    walk: Walk
    watch: Watch
    learnt: dict[str, tuple[float, float]] = field(default_factory=dict)
    dosed_at: datetime | None = None

    def keep(self, events: Sequence[Event], place: int) -> int:
        """Keep events from this place on while they are routine; the place of the first that has to be looked at.

        Routine is what raises nothing, says nothing for the state and has nothing wrong.
        """
        told, walk, learnt, kept = self.told, self.walk, self.learnt, list[Event]()
        latest, kinds = told.measured_at, (None, told.session_type)
        if not walk.arrived or walk.over_at is not None or latest is None:
            return place
        for event in islice(events, place, None):
            readings, at = event.readings, event.observed_at
            if not readings or event.author is None or at <= latest or event.session_type not in kinds:
                break
            if not _are_within(readings, learnt):
                break
            latest = at
            kept.append(event)
        told.keep(kept)
        return place + len(kept)

    def learn(self, event: Event) -> None:
        """Learn the limits of what an event told, which all had a look at, once the baseline stays what it is."""
        told, first = self.told, self.told.ledger.first_at
        if first != self.dosed_at:
            self.learnt, self.dosed_at = {}, first
        if told.wrong or (first is not None and event.observed_at <= first):
            return
        for name, _ in event.readings:
            if name not in self.learnt and name not in _COMPARED:
                fact = told.names.get(name, name)
                found = limits()(fact)
                if found is not None:
                    self.learnt[name] = found.since(base_of(fact, told, self.watch.baselines))


def _are_within(readings: Readings, learnt: Mapping[str, tuple[float, float]]) -> bool:
    try:
        for name, (_, value) in readings:
            low, high = learnt[name]
            if not low <= value <= high:
                return False
    except KeyError:  # of one of them nothing is learnt yet
        return False
    return True
