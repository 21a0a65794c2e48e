"""A session from its log: any order of the same events gives the same state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from upwell.science.session.due import Due, next_due, schedule_for
from upwell.science.session.events import Event, in_order
from upwell.science.session.facts import case_told, frame_of
from upwell.science.session.flags import Flag
from upwell.science.session.gates_asked import GatesAsked
from upwell.science.session.going import Gone, by_then, give_back, gone_through
from upwell.science.session.happened import happened
from upwell.science.session.machine import OVER, State
from upwell.science.session.ndjson import Quarantined
from upwell.science.session.order import close
from upwell.science.session.orders import check_event, check_of
from upwell.science.session.staffing import TeamNow
from upwell.science.session.told import Told, tell
from upwell.science.session.walk import GO, NO_GO, Walk
from upwell.science.session.watch import Alarm

_MINUTE = timedelta(minutes=1)
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
    order_check: str
    order_checked_by: str | None
    further: str  # a further dose: "ordered", "released", or nothing
    team: TeamNow
    next_due: tuple[Due, ...]
    alarms: tuple[Alarm, ...]
    gates: GatesAsked = field(compare=False, repr=False)
    timeline: tuple[Event, ...]
    counting: tuple[Event, ...]
    corrected: Mapping[str, str]
    in_error: tuple[str, ...]
    duplicates: int
    flags: tuple[Flag, ...]
    quarantined: tuple[Quarantined, ...]

    @property
    def gate(self) -> dict[str, Any]:
        """What the gate of the hour says: before the first dose the pre-dose gate, then that of the session."""
        return self.gates.now

    @property
    def discharge(self) -> dict[str, Any]:
        """What the gate of going home says."""
        return self.gates.discharge

    @property
    def predose(self) -> dict[str, Any]:
        """What the gate before a dose says, also of a further one."""
        return self.gates.predose

    @property
    def findings(self) -> list[dict[str, Any]]:
        """Before the first dose those of the pre-dose gate, then those of the session."""
        found: list[dict[str, Any]] = self.gate["findings"]
        return found

    def _in_order(self) -> list[str]:
        """The ids of all events; also of those whose broken body a correction has mended."""
        events = self.timeline
        if self.quarantined:
            known = {event.id for event in events}
            mended = (event for event in self.counting if event.id not in known)
            events = tuple(sorted((*events, *mended), key=in_order))
        return [event.id for event in events]

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
            "order_check": self.order_check or None,
            "further_dose": self.further or None,
            "team": self.team.as_json(),
            "given_mg": self.given_mg,
            "infusion": self.infusion,
            "elapsed_min": self.elapsed_min,
            "next_due": [one.as_json() for one in self.next_due],
            "alarms": [one.as_json() for one in self.alarms],
            "gate": self.gate["gate"],
            "outcome": self.gate["outcome"],
            "findings": self.findings,
            "discharge": self.discharge,
            "adverse_events": [one.as_json() for one in happened(self.counting)],
            "timeline": self._in_order(),
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
    broken = [one.envelope for one in quarantined if one.envelope is not None]
    broken = broken if at is None else by_then(broken, at)
    gone = gone_through(list(events), broken, at, facts or {})
    state = _Fold(gone).result(tuple(quarantined))
    give_back(gone)
    return state


class _Fold:
    def __init__(self, gone: Gone) -> None:
        self.gone, self.facts, self.at = gone, gone.facts, gone.at
        self.merged, self.corrected, self.counting = gone.merged, gone.corrected, gone.counting
        self.since, self.told, self.walk, self.watch = gone.since, gone.told, gone.walk, gone.watch

    def result(self, quarantined: tuple[Quarantined, ...]) -> SessionState:
        walk, ledger, order = self.walk, self.told.ledger, self.told.ledger.order
        until = self._until()
        told = self.told
        if until is not None and self.counting and self.counting[-1].observed_at > until:
            told = tell(event for event in self.counting if event.observed_at <= until)
        dosed = told.ledger.first_at is not None
        first = ledger.first_at
        case = case_told(told, until or _NEVER, self.facts if until else None, self.since if until else None)
        facts = {} if until is None else frame_of(told, until, self.facts)
        over = walk.state in OVER or until is None
        gates = GatesAsked("session" if dosed else "predose", case, tuple(told.overrides))
        further = "" if over or until is None else _further(walk, ledger.given_mg(until))
        return SessionState(
            session=next((event.session for event in self.merged.events), None),
            session_type=self.told.session_type,
            at=self.at,
            state=_state(walk, gates),
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
            order_check=check_of(self.told),
            order_checked_by=None if order is None else check_event(self.told, order),
            further=further,
            team=self.told.team.now(),
            next_due=() if over or until is None else tuple(next_due(told, facts, until)),
            alarms=tuple(self.watch.alarms),
            gates=gates,
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

    def _flags(self, facts: Mapping[str, Any], told: Told, until: datetime | None) -> tuple[Flag, ...]:
        flags = self.gone.flags()
        left = self.walk.discharged
        if (
            left is not None
            and until is not None
            and self.gone.outcome_of_log("discharge", told, until) == NO_GO
        ):
            flags.append(Flag("discharge-doubtful", left.id, left.observed_at))
        if self.merged.conflicting:
            by_id = {event.id: event for event in self.merged.events}
            flags += [
                Flag("same-id-other-content", id_, by_id[id_].observed_at) for id_ in self.merged.conflicting
            ]
        flags += _skewed(self.gone.ahead)
        first = self.told.ledger.first_at
        if first is not None and facts.get("route") is not None and schedule_for(facts) is None:
            flags.append(Flag("schedule-unknown", None, first))
        if until is not None:
            flags += _infusion_flags(self.told, until, over=self.walk.state in OVER)
        return tuple(sorted(set(flags), key=lambda one: one.order))


def _state(walk: Walk, gates: GatesAsked) -> State:
    """Nobody may go home whom the gate holds back now, whatever was decided before."""
    held = walk.state is State.READY_TO_LEAVE and gates.discharge["outcome"] == NO_GO
    return State.OBSERVING if held else walk.state


def _further(walk: Walk, given_mg: float) -> str:
    order = walk.told.ledger.order
    if order is None or not order.is_open(given_mg):
        return ""
    return "released" if walk.predose == GO else "ordered"


def _skewed(ahead: Sequence[Event]) -> list[Flag]:
    """One flag for each device whose clock is ahead, so that it does not hide the others."""
    first: dict[str | None, Event] = {}
    count: dict[str | None, int] = {}
    for event in ahead:
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
    return round(max((until - first) / _MINUTE, 0.0), 6)  # to the second, and finer


def _infusion(told: Told) -> str:
    ledger = told.ledger
    if ledger.running is not None:
        return "running" if ledger.running.flowing else "paused"
    return "stopped" if ledger.infusions else "none"


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
