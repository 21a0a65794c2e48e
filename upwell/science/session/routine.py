"""Routine: vital signs and ratings within every limit. Most of a log is that, and is kept without a second look."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from upwell.science.session.events import Event, Readings
from upwell.science.session.told import Told
from upwell.science.session.walk import Walk
from upwell.science.session.watch import Watch, base_of
from upwell.science.session.watched import Limits, limits

_COMPARED = ("vitals.weight_kg",)  # with the order, each time


@dataclass(slots=True)
class Routine:
    """What is routine in this log: between the limits that were learnt from what was looked at."""

    told: Told
    walk: Walk
    watch: Watch
    learnt: dict[str, Limits] = field(default_factory=dict)
    dosed_at: datetime | None = None

    def take(self, event: Event) -> bool:
        """Keep an event that raises nothing, says nothing for the state and has nothing wrong; False for any other."""
        told, walk = self.told, self.walk
        if (
            not event.readings
            or not walk.arrived
            or walk.over_at is not None
            or event.author is None
            or event.session_type not in (None, told.session_type)
            or told.measured_at is None
            or told.measured_at >= event.observed_at
            or not self._are_within(event.readings)
        ):
            return False
        told.keep(event)
        return True

    def _are_within(self, readings: Readings) -> bool:
        learnt = self.learnt
        for name, one in readings:
            if name not in learnt:
                return False
            low, high, fall, rise, base = learnt[name]
            value = one.value
            if not (low <= value <= high and fall <= value - base <= rise):
                return False
        return True

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
