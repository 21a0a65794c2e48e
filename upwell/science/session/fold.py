"""A session from its log: any order of the same events gives the same state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from upwell.knowledge.gates.facts_schema import check_facts
from upwell.knowledge.gates.loader import load_fact_book
from upwell.science.rules.case import Value
from upwell.science.rules.reading import case_of
from upwell.science.session.corrections import CORRECTION, Corrected, correct
from upwell.science.session.due import Due, next_due, schedule_for
from upwell.science.session.events import Event
from upwell.science.session.facts import ask, beginning_of, document_of
from upwell.science.session.flags import Flag
from upwell.science.session.ledger import close
from upwell.science.session.machine import OVER, State
from upwell.science.session.merge import merge
from upwell.science.session.ndjson import Quarantined
from upwell.science.session.told import Told, tell
from upwell.science.session.walk import NO_GO, Walk
from upwell.science.session.watch import Alarm, Watch

_MINUTE = timedelta(minutes=1)
_STABLE = ("jurisdiction", "setting", "session_type", "substance", "route", "person")
_NEVER = datetime.min.replace(tzinfo=UTC)  # of a session without an event, at no moment


@dataclass(frozen=True, slots=True)
class SessionState:
    """All that a log says at one moment; ``as_json`` is the contract's result."""

    session: str | None
    session_type: str | None
    at: datetime | None
    state: State
    over_at: datetime | None
    ended_as: str | None
    elapsed_min: float | None
    given_mg: float
    ordered_mg: float | None
    substance: str | None
    route: str | None
    infusion: str
    ordered: bool
    arrived: bool
    dosed: bool
    next_due: tuple[Due, ...]
    alarms: tuple[Alarm, ...]
    gate: dict[str, Any]
    discharge: dict[str, Any]
    timeline: tuple[Event, ...]
    counting: tuple[Event, ...]
    corrected: Mapping[str, str]
    in_error: tuple[str, ...]
    duplicates: int
    flags: tuple[Flag, ...]
    quarantined: tuple[Quarantined, ...]

    @property
    def findings(self) -> list[dict[str, Any]]:
        """Before the first dose those of the pre-dose gate, then those of the session."""
        found: list[dict[str, Any]] = self.gate["findings"]
        return found

    def as_json(self) -> dict[str, Any]:
        """The result in the shape of the contract."""
        return {
            "session": self.session,
            "session_type": self.session_type,
            "at": _iso(self.at),
            "state": str(self.state),
            "over_at": _iso(self.over_at),
            "disposition": self.ended_as,
            "substance": self.substance,
            "route": self.route,
            "ordered_mg": self.ordered_mg,
            "given_mg": self.given_mg,
            "infusion": self.infusion,
            "elapsed_min": self.elapsed_min,
            "next_due": [one.as_json() for one in self.next_due],
            "alarms": [one.as_json() for one in self.alarms],
            "gate": self.gate["gate"],
            "outcome": self.gate["outcome"],
            "findings": self.findings,
            "discharge": self.discharge,
            "timeline": [event.id for event in self.timeline],
            "corrected": dict(self.corrected),
            "entered_in_error": list(self.in_error),
            "duplicates": self.duplicates,
            "flags": [one.as_json() for one in self.flags],
            "quarantined": [one.as_json() for one in self.quarantined],
            "knowledge_version": self.gate["knowledge_version"],
        }


def fold(
    events: Iterable[Event],
    *,
    at: datetime | None = None,
    facts: Mapping[str, Any] | None = None,
    quarantined: Sequence[Quarantined] = (),
) -> SessionState:
    """The session at a moment, from the events of its log in any order.

    With ``at``, only what was observed and received by then counts: what was known at that time. Without it
    everything counts, and the moment is that of the last observation (corrections, made later, do not move it).
    ``facts`` is what else is known: person, conditions, medicines, jurisdiction, answers.
    """
    if facts is not None:
        check_facts(facts)
    broken = [one.envelope for one in quarantined if one.envelope is not None]
    if at is None:
        return _Fold(list(events), broken, at, facts or {}).result(tuple(quarantined))
    copies, broken = _by_then(events, at, at), _by_then(broken, at, at)
    return _Fold(copies, broken, at, facts or {}).result(tuple(quarantined))


class _Fold:
    def __init__(
        self, copies: list[Event], broken: list[Event], at: datetime | None, facts: Mapping[str, Any]
    ) -> None:
        self.copies, self.broken, self.facts = copies, broken, facts
        self.merged = merge(copies)
        self.corrected: Corrected = correct(self.merged.events, broken)
        self.counting = self.corrected.counting
        seen = [event.observed_at for event in self.merged.events if event.type != CORRECTION]
        self.at = at or max(seen, default=None) or max((one.observed_at for one in copies), default=None)
        self.since = beginning_of(self.counting)
        self.told = Told()
        self.walk = Walk(self.told, self._ask_then)
        self.watch = Watch(self._values(), self.since)
        for event in self.counting:
            self.told.take(event)
            self.watch.see(event, self.told)
            self.walk.take(event)
        self.walk.finish()

    def _values(self) -> dict[str, Value]:
        if self.at is None:
            return {}
        told: dict[str, Any] = {
            key: value
            for key, value in document_of(Told(), self.at, self.facts).items()
            if key != "overrides"
        }
        values = dict(case_of(told, load_fact_book()).values)
        session_type = next((one.session_type for one in self.counting if one.session_type), None)
        return values if session_type is None else {**values, "session_type": session_type}

    def _ask_then(self, gate: str, event: Event) -> str:
        """What the gate says with what had been observed and received when this event was received.

        A no-go that rests on what was corrected since, or goes without what came in since, is none.
        """
        known, broken = (
            _by_then(some, event.observed_at, event.received_at) for some in (self.copies, self.broken)
        )
        counting = correct(merge(known).events, broken).counting
        then = tell(one for one in counting if one.order <= event.order)
        outcome = self._outcome_of_log(gate, then, event.observed_at)
        return outcome if outcome != NO_GO else self._outcome_of_log(gate, self.told, event.observed_at)

    def _outcome_of_log(self, gate: str, told: Told, at: datetime) -> str:
        """The outcome by the log itself: what is on record of the person may have changed since."""
        stable = {key: self.facts[key] for key in _STABLE if key in self.facts}
        outcome: str = ask(gate, told, at, stable, self.since)["outcome"]
        return outcome

    def _gate(self, gate: str, told: Told, at: datetime) -> dict[str, Any]:
        return ask(gate, told, at, self.facts, self.since)

    def result(self, quarantined: tuple[Quarantined, ...]) -> SessionState:
        walk, ledger, order = self.walk, self.told.ledger, self.told.ledger.order
        until = self._until()
        told = self.told
        if until is not None and any(event.observed_at > until for event in self.counting):
            told = tell(event for event in self.counting if event.observed_at <= until)
        dosed = told.ledger.first_at is not None
        first = ledger.first_at
        gate = self._result_of("session" if dosed else "predose", told, until)
        facts = {} if until is None else document_of(told, until, self.facts)
        over = walk.state in OVER or until is None
        discharge = self._result_of("discharge", told, until)
        return SessionState(
            session=next((event.session for event in self.merged.events), None),
            session_type=self.told.session_type,
            at=self.at,
            state=walk.state,
            over_at=walk.over_at,
            ended_as=walk.ended_as,
            elapsed_min=_elapsed(first, until),
            given_mg=0.0 if until is None else ledger.given_mg(until),
            ordered_mg=None if order is None else order.dose_mg,
            substance=facts.get("substance"),
            route=facts.get("route"),
            infusion=_infusion(self.told),
            ordered=order is not None,
            arrived=walk.arrived,
            dosed=first is not None,
            next_due=() if over or until is None else tuple(next_due(told, facts, until)),
            alarms=tuple(self.watch.alarms),
            gate=gate,
            discharge=discharge,
            timeline=self.merged.events,
            counting=self.counting,
            corrected=self.corrected.corrected,
            in_error=self.corrected.in_error,
            duplicates=self.merged.duplicates,
            flags=self._flags(facts, told, until),
            quarantined=quarantined,
        )

    def _until(self) -> datetime | None:
        """The moment of the question; of a session that is over, its end."""
        if self.at is None or self.walk.over_at is None:
            return self.at
        return min(self.at, self.walk.over_at)

    def _result_of(self, gate: str, told: Told, at: datetime | None) -> dict[str, Any]:
        return ask(gate, told, _NEVER, None, None) if at is None else self._gate(gate, told, at)

    def _flags(self, facts: Mapping[str, Any], told: Told, until: datetime | None) -> tuple[Flag, ...]:
        flags = [*self.corrected.flags, *self.walk.flags]
        gone = self.walk.discharged
        if gone is not None and until is not None and self._outcome_of_log("discharge", told, until) == NO_GO:
            flags.append(Flag("discharge-doubtful", gone.id, gone.observed_at))
        by_id = {event.id: event for event in self.merged.events}
        flags += [
            Flag("same-id-other-content", id_, by_id[id_].observed_at) for id_ in self.merged.conflicting
        ]
        flags += _skewed(self.merged.events)
        first = self.told.ledger.first_at
        if first is not None and facts.get("route") is not None and schedule_for(facts) is None:
            flags.append(Flag("schedule-unknown", None, first))
        if until is not None:
            flags += _infusion_flags(self.told, until, over=self.walk.state in OVER)
        return tuple(sorted(set(flags), key=lambda one: one.order))


def _by_then(events: Iterable[Event], observed: datetime, received: datetime) -> list[Event]:
    return [one for one in events if one.observed_at <= observed and one.received_at <= received]


def _skewed(events: Sequence[Event]) -> list[Flag]:
    """One flag for each device whose clock is ahead, so that it does not hide the others."""
    first: dict[str | None, Event] = {}
    count: dict[str | None, int] = {}
    for event in events:
        if event.received_at < event.observed_at:
            first.setdefault(event.device, event)
            count[event.device] = count.get(event.device, 0) + 1
    return [
        Flag(
            "clock-skew",
            event.id,
            event.observed_at,
            f"Device: {device or 'not named'}; events: {count[device]}.",
        )
        for device, event in first.items()
    ]


def _infusion_flags(told: Told, until: datetime, *, over: bool) -> list[Flag]:
    flags = []
    for entry in told.ledger.entries(until):
        infusion = entry.infusion
        if infusion is None:
            continue
        recorded, run = entry.recorded_mg, entry.run_mg
        if (
            recorded is not None
            and run is not None
            and infusion.ended_at is not None
            and not close(recorded, run)
        ):
            more = f"Recorded {recorded:g} mg, ran in {run:g} mg; the larger counts."
            flags.append(Flag("infusion-amount-differs", infusion.event.id, infusion.started_at, more))
        if over and infusion.ended_at is None:
            flags.append(Flag("infusion-not-stopped", infusion.event.id, infusion.started_at))
    ordered = None if told.ledger.order is None else told.ledger.order.dose_mg
    given = told.ledger.given_mg(until)
    if told.ledger.infusions and ordered is not None and given > ordered and not close(given, ordered):
        last = told.ledger.infusions[-1].event
        more = f"Ordered {ordered:g} mg, given {given:g} mg."
        flags.append(Flag("dose-above-order", last.id, last.observed_at, more))
    return flags


def _elapsed(first: datetime | None, until: datetime | None) -> float | None:
    if first is None or until is None:
        return None
    return round(max((until - first) / _MINUTE, 0.0), 1)


def _infusion(told: Told) -> str:
    ledger = told.ledger
    if ledger.running is not None:
        return "running" if ledger.running.flowing else "paused"
    return "stopped" if ledger.infusions else "none"


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
