"""Going through a log, event by event; and going on from where another look at the same log had come to.

A bedside asks for the state at every event, and most events come in at the end of the log. What was gone through lately
is kept, and gone on with when the log begins with the very same events: the result is the same as from the beginning.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from upwell.knowledge.edition import Edition, edition
from upwell.knowledge.gates.facts_schema import check_facts
from upwell.knowledge.gates.loader import load_fact_book
from upwell.science.rules.case import Value
from upwell.science.rules.reading import case_of
from upwell.science.session.corrections import CORRECTION, Corrected, correct
from upwell.science.session.events import Event
from upwell.science.session.facts import beginning_of, document_of, outcome
from upwell.science.session.flags import Flag
from upwell.science.session.merge import Merged, merge
from upwell.science.session.routine import Routine
from upwell.science.session.told import Told, tell
from upwell.science.session.walk import NO_GO, Walk
from upwell.science.session.watch import Watch

_STABLE = ("jurisdiction", "setting", "session_type", "substance", "route", "person")
_A_DAY = timedelta(days=1)
_MOST_KEPT = 2**8


class Gone:
    """A log as far as it was gone through: what counts of it, what it told, its state and its alarms."""

    def __init__(
        self, copies: Sequence[Event], broken: Sequence[Event], at: datetime | None, facts: Mapping[str, Any]
    ) -> None:
        self.copies, self.broken = list(copies), list(broken)
        self.facts, self.stable = facts, _stable(facts)
        self.edition: Edition = edition()
        self.merged: Merged = merge(self.copies)
        self.corrected: Corrected = correct(self.merged.events, self.broken)
        self.counting = self.corrected.counting
        self.ids = {event.id for event in self.copies}
        self.targets = {event.body["corrects"] for event in self.merged.events if event.type == CORRECTION}
        self.latest = _latest(self.merged.events)
        self.ahead = _ahead(self.merged.events)
        self.at = at or self.latest or max((one.observed_at for one in copies), default=None)
        self.until: datetime | None = None  # when all of it was known; asked for by the next look
        self.since = beginning_of(self.counting)
        self.told = Told()
        self.walk = Walk(self.told, self._ask_then)
        self.values = _values(facts, self.at)
        self.watch = Watch(self._watched(), self.since)
        self.routine = Routine(self.told, self.walk, self.watch)
        self._take(self.counting)

    def _watched(self) -> dict[str, Value]:
        kind = next((one.session_type for one in self.counting if one.session_type), None)
        return self.values if kind is None else {**self.values, "session_type": kind}

    def _take(self, events: Sequence[Event]) -> None:
        place = self.routine.keep(events, 0)
        while place < len(events):
            event = events[place]
            self.told.take(event)
            self.watch.see(event, self.told)
            self.walk.take(event)
            self.routine.learn(event)
            place = self.routine.keep(events, place + 1)

    def further(
        self, copies: Sequence[Event], broken: Sequence[Event], at: datetime | None = None
    ) -> list[Event] | None:
        """What this log has after the one that was gone through; None where it is another log."""
        known = len(self.copies)
        if self.edition is not edition() or list(copies[:known]) != self.copies or broken != self.broken:
            return None
        if at is not None:
            self.until = self.until or _all_known_at(self.copies)
            if self.until is not None and self.until > at:
                return None
        more = copies[known:] if at is None else by_then(copies[known:], at)
        new, last = sorted(more, key=lambda one: one.order), self.merged.events[-1]
        for event in new:
            if event.type == CORRECTION or event.id in self.ids or event.id in self.targets:
                return None
            if event.order <= last.order:
                return None
            last = event
        ids = {event.id for event in new}
        return new if len(ids) == len(new) else None

    def go_on(self, new: Sequence[Event], at: datetime | None, facts: Mapping[str, Any]) -> bool:
        """Go on with what came after; False where something else would have come of the beginning."""
        latest = _latest(new)
        if latest is None or latest == self.latest:  # of one moment the first counts, as it was written
            latest = self.latest
        at = at or latest or self.at
        if not self._began_as(new) or _stable(facts) != self.stable or _values(facts, at) != self.values:
            return False
        self.at, self.facts = at, facts
        if new:
            counting = (*self.counting, *new)
            if self.told.session_type is None and any(one.session_type for one in new):
                return False
            self.copies += new
            if self.until is not None:
                self.until = max(self.until, _all_known_at(new) or self.until)
            self.ids.update(event.id for event in new)
            events = (*self.merged.events, *new)
            self.merged = Merged(events, self.merged.duplicates, self.merged.conflicting)
            self.counting, self.latest = counting, latest
            self.ahead += _ahead(new)
            self._take(new)
        return True

    def _began_as(self, new: Sequence[Event]) -> bool:
        """Whether the session still began when it began."""
        if not new or (self.since is not None and new[-1].observed_at - self.since <= _A_DAY):
            return True
        return beginning_of((*self.counting, *new)) == self.since

    def _ask_then(self, gate: str, event: Event) -> str:
        """What the gate says with what had been observed and received when this event was received.

        A no-go that rests on what was corrected since, or goes without what came in since, is none.
        """
        known, broken = (
            [
                one
                for one in some
                if one.observed_at <= event.observed_at and one.received_at <= event.received_at
            ]
            for some in (self.copies, self.broken)
        )
        counting = correct(merge(known).events, broken).counting
        then = tell(one for one in counting if one.order <= event.order)
        found = self.outcome_of_log(gate, then, event.observed_at)
        return found if found != NO_GO else self.outcome_of_log(gate, self.told, event.observed_at)

    def outcome_of_log(self, gate: str, told: Told, at: datetime) -> str:
        """The outcome by the log itself: what is on record of the person may have changed since."""
        return outcome(gate, told, at, self.stable, self.since)

    def flags(self) -> list[Flag]:
        """What does not fit, of the corrections and on the way."""
        return [*self.corrected.flags, *self.walk.flags, *self.walk.last_flags(self.counting)]


_kept: dict[tuple[str, int], Gone] = {}
_lock = Lock()


def gone_through(
    copies: Sequence[Event], broken: Sequence[Event], at: datetime | None, facts: Mapping[str, Any]
) -> Gone:
    """The log gone through, as it was known ``at`` that time; from where somebody left it.

    Whoever has it gives it back with ``give_back``.
    """
    if copies:
        with _lock:
            gone = _kept.pop(_key(copies, facts), None)
        if gone is not None:
            if facts is not gone.facts:
                check_facts(facts)
            new = gone.further(copies, broken, at)
            if new is not None and gone.go_on(new, at, facts):
                return gone
    check_facts(facts)
    return Gone(copies if at is None else by_then(copies, at), broken, at, facts)


def give_back(gone: Gone) -> None:
    """Keep it for the next look at the same log: nobody else holds it."""
    if gone.copies:
        with _lock:
            while len(_kept) >= _MOST_KEPT:
                _kept.pop(next(iter(_kept)))
            _kept[_key(gone.copies, gone.facts)] = gone


def forget() -> None:
    """Keep nothing."""
    with _lock:
        _kept.clear()


def by_then(events: Sequence[Event], at: datetime) -> list[Event]:
    """What had been observed and received by then."""
    return [one for one in events if one.observed_at <= at and one.received_at <= at]


def _key(copies: Sequence[Event], facts: Mapping[str, Any]) -> tuple[str, int]:
    return copies[0].session, len(facts)


def _stable(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {key: facts[key] for key in _STABLE if key in facts}


def _latest(events: Sequence[Event]) -> datetime | None:
    """When the last of them was observed, corrections aside; they are in the order of the log."""
    latest: datetime | None = None
    for event in reversed(events):
        if event.type != CORRECTION:
            if latest is not None and event.observed_at != latest:
                break
            latest = event.observed_at
    return latest


def _ahead(events: Sequence[Event]) -> list[Event]:
    """What was received before it was observed."""
    return [one for one in events if one.received_at < one.observed_at]


def _all_known_at(events: Sequence[Event]) -> datetime | None:
    """When all of them had been both observed and received."""
    received = [one.received_at for one in events]
    return max(received + [one.observed_at for one in _ahead(events)], default=None)


def _values(facts: Mapping[str, Any], at: datetime | None) -> dict[str, Value]:
    """What is known beside the log, as rules name it."""
    if at is None:
        return {}
    told = {key: value for key, value in document_of(Told(), at, facts).items() if key != "overrides"}
    values = dict(case_of(told, load_fact_book()).values)
    values.pop("at", None)  # each reading is asked about at its own time
    return values
