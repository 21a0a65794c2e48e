"""Goes through a log event by event: the state of the session, and flags on what does not fit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from upwell.knowledge.gates.loader import load_log_reading
from upwell.science.session.devices import minutes_between_devices
from upwell.science.session.events import Event
from upwell.science.session.flags import Flag
from upwell.science.session.machine import OVER, TABLE, State, Step
from upwell.science.session.order import Order, close
from upwell.science.session.orders import NOT_CHECKED, is_checked, is_undiluted, wants_check
from upwell.science.session.told import Told
from upwell.science.session.watch import acknowledged_rule

_DOSES = ("dose-given", "infusion-started")
_NEEDS_PRESENCE = frozenset({"vitals", "scale", "criterion", "discharged", *_DOSES})
_NOT_AFTER_END = frozenset(
    {
        "arrived",
        "checklist",
        "gate-decided",
        "vitals",
        "scale",
        "criterion",
        "comfort",
        "distress",
        "therapist",
    }
    | {"setting", "discharged", "ended", *_DOSES, "infusion-paused", "infusion-resumed", "infusion-stopped"}
)
_AT_A_DISTANCE = ("remote", "inpatient")
GO, NO_GO = "go", "no-go"
AskGate = Callable[[str, Event], str]


@dataclass(slots=True)
class Walk:
    """The state so far. ``ask`` says what a gate would have said with what was known at an event."""

    told: Told
    ask: AskGate
    state: State = State.PLANNED
    over_at: datetime | None = None
    ended_as: str | None = None
    predose: str | None = None
    may_leave: bool = False
    arrived: bool = False
    too_early: Event | None = None
    left: Event | None = None
    end: Event | None = None
    discharged: Event | None = None
    flags: list[Flag] = field(default_factory=list)

    def take(self, event: Event) -> None:
        """One event; ``told`` has heard it already."""
        for name, more in self.told.wrong:
            self.flag(name, event, more)
        self._general(event)
        meant = _STEPS.get(event.type)
        step = Step.OTHER if meant is None else meant(self, event)
        if step is not Step.OTHER:
            self._step(step, event)

    def _step(self, step: Step, event: Event) -> None:
        self.state = TABLE[self.state, step]
        if self.state not in OVER:
            self.over_at = self.discharged = self.end = None
        elif self.over_at is None:
            self.over_at, self.end = event.observed_at, event

    def flag(self, name: str, event: Event | None, more: str = "") -> None:
        self.flags.append(
            Flag(
                name, None if event is None else event.id, None if event is None else event.observed_at, more
            )
        )

    def _general(self, event: Event) -> None:
        if event.author is None:
            self.flag("without-author", event)
        if event.session_type not in (None, self.told.session_type):
            self.flag("session-type-differs", event)
        over = self.over_at is not None
        if over and event.type in _NOT_AFTER_END and acknowledged_rule(event) is None:
            self.flag("event-after-end", event)
        if not self.arrived and self.too_early is None and event.type in _NEEDS_PRESENCE:
            self.too_early = event

    def last_flags(self, taken: Sequence[Event]) -> list[Flag]:
        """What can be said of the whole log only; ``taken`` is all of it."""
        found = []
        if self.too_early is not None and self.told.session_type not in _AT_A_DISTANCE:
            found.append(("event-before-arrival", self.too_early))
        if self.left is not None and self.state not in OVER:
            found.append(("left-without-discharge", self.left))
        found += [("received-after-end", event) for event in self._came_late(taken)]
        return [Flag(name, event.id, event.observed_at) for name, event in found]

    def _came_late(self, taken: Sequence[Event]) -> list[Event]:
        """What was captured while the session ran and came in when it was closed on record."""
        end = self.end
        if end is None:
            return []
        of_before = (one for one in taken if one.order < end.order)
        return [one for one in of_before if one.received_at > end.received_at]


def _ordered(walk: Walk, event: Event) -> Step:
    orders = walk.told.ledger.orders
    order = orders[-1]
    if walk.state in OVER:
        walk.flag("order-after-end", event)
    if order.substance is None or order.route is None or not (order.dose_mg or order.devices):
        walk.flag("order-incomplete", event)
    by_weight, told = order.by_weight_mg, event.body.get("dose_mg")
    if by_weight is not None and told is not None and not close(by_weight, told):
        walk.flag("order-arithmetic", event, f"It makes {by_weight:g} mg.")
    if order.further:  # it passes the gate anew
        walk.predose = None
        if event.body.get("further") is not True:
            walk.flag("order-after-dose", event)
    elif walk.told.ledger.first_at is not None and len(orders) > 1:
        former = orders[-2]
        if (former.substance, former.route) != (order.substance, order.route):
            walk.flag("other-route", event)
        else:
            walk.flag("order-after-dose", event)
    elif walk.told.ledger.first_at is not None:
        walk.flag("order-after-dose", event)
    else:
        walk.predose = None if walk.predose == GO else walk.predose
    _compare_weights(walk, event)
    if order.further:
        walk.may_leave = False
        return Step.MAY_NOT_LEAVE
    return Step.ORDERED


def _vitals(walk: Walk, event: Event) -> Step:
    if "weight_kg" in event.body:
        _compare_weights(walk, event)
    return Step.OTHER


def _compare_weights(walk: Walk, event: Event) -> None:
    order, weights = walk.told.ledger.order, walk.told.series.get("vitals.weight_kg")
    ordered = None if order is None else order.event.body.get("weight_kg")
    if ordered is None or not weights:
        return
    if abs(weights[-1].value - ordered) >= load_log_reading().weight_at_least * ordered:
        walk.flag("weight-mismatch", event, f"Ordered for {ordered:g} kg, measured {weights[-1].value:g} kg.")


def _arrived(walk: Walk, _: Event) -> Step:
    walk.arrived = True
    walk.left = None
    return Step.ARRIVED


def _left(walk: Walk, event: Event) -> Step:
    walk.left = None if walk.state in OVER else event
    return Step.OTHER


def _gate_decided(walk: Walk, event: Event) -> Step:
    gate, outcome = event.body["gate"], event.body["outcome"]
    if outcome == GO and _matters(walk, gate) and walk.ask(gate, event) == NO_GO:
        walk.flag("go-against-rules", event)
        outcome = NO_GO
    if gate == "predose":
        walk.predose = outcome
        return Step.GO if outcome == GO else Step.NOT_GO
    if gate == "discharge":
        walk.may_leave = outcome == GO
        return Step.MAY_LEAVE if outcome == GO else Step.MAY_NOT_LEAVE
    if gate == "session" and outcome == NO_GO and walk.told.ledger.running is None:
        return Step.STOPPED
    return Step.OTHER


def _matters(walk: Walk, gate: str) -> bool:
    """A go before the first dose or a further one, and a go to leave while the person is here."""
    ledger = walk.told.ledger
    dosed, further = ledger.first_at is not None, ledger.order is not None and ledger.order.further
    return walk.state not in OVER and (
        (gate == "predose" and (further or not dosed)) or (gate == "discharge" and dosed)
    )


def _lacks_check(walk: Walk, order: Order) -> bool:
    """Whether a second person was asked for and nobody has checked it, nor was that decided against by name."""
    decided = any(one["rule"] == NOT_CHECKED for _, one in walk.told.overrides)
    return wants_check(order) and not decided and not is_checked(walk.told, order)


def _dose_flags(walk: Walk, event: Event) -> None:
    ledger = walk.told.ledger
    order = ledger.order
    if order is None:
        walk.flag("dose-without-order", event)
    if walk.predose == NO_GO:
        walk.flag("dose-after-no-go", event)
    elif walk.predose != GO:
        walk.flag("dose-without-go", event)
    if order is not None and _lacks_check(walk, order):
        walk.flag("dose-not-checked", event)
    walk.may_leave = False


def _dose_given(walk: Walk, event: Event) -> Step:
    _dose_flags(walk, event)
    ledger, at = walk.told.ledger, event.observed_at
    order = ledger.order
    _too_soon(walk, event)
    _undiluted(walk, event)
    if ledger.running is not None:
        return Step.DOSE
    given = ledger.given_mg(at)
    ordered = None if order is None else order.dose_mg
    devices = None if order is None else order.devices
    too_many = devices is not None and len(ledger.shots) > devices
    if too_many or (
        ordered is not None and given > ordered and (not ledger.infusions or not close(given, ordered))
    ):
        walk.flag("dose-above-order", event, _above(given, ordered))
    if devices is not None:
        return Step.DOSE if len(ledger.shots) < devices and not (ordered and given >= ordered) else Step.DOSED
    unknown = any(shot.dose_mg is None for shot in ledger.shots)
    return (
        Step.DOSED if ordered is None or unknown or given >= ordered or close(given, ordered) else Step.DOSE
    )


def _too_soon(walk: Walk, event: Event) -> None:
    """A device before its time; where two people may have written down one device, that is asked instead."""
    shots = walk.told.ledger.shots
    if len(shots) < 2 or {"device-twice", "dose-by-two"} & {name for name, _ in walk.told.wrong}:
        return
    former = shots[-2].event
    wanted = minutes_between_devices(walk.told.ledger.order, former, event)
    minutes = (event.observed_at - former.observed_at) / timedelta(minutes=1)
    if wanted is not None and minutes < wanted:
        walk.flag("device-too-soon", event, f"After {minutes:.3g} minutes; {wanted:g} are asked for.")


def _undiluted(walk: Walk, event: Event) -> None:
    """A concentrated vial straight into a vein; what was infused, or ordered diluted, is not meant."""
    order = walk.told.ledger.order
    if order is None or walk.told.ledger.infusions or order.event.body.get("diluted_to_ml"):
        return
    if is_undiluted(order.route, event.body.get("concentration_mg_per_ml"), None, None):
        walk.flag("dose-undiluted", event)


def _above(given: float, ordered: float | None) -> str:
    return "" if ordered is None else f"Ordered {ordered:g} mg, given {given:g} mg."


def _infusion_started(walk: Walk, event: Event) -> Step:
    _dose_flags(walk, event)
    return Step.DOSE


def _infusion_goes_on(walk: Walk, _: Event) -> Step:
    return Step.OTHER if walk.told.ledger.running is None else Step.DOSE


def _infusion_stopped(walk: Walk, event: Event) -> Step:
    ledger = walk.told.ledger
    ended = bool(ledger.infusions) and ledger.infusions[-1].ended_at == event.observed_at
    return Step.DOSED if ended and walk.state is State.DOSING else Step.OTHER


def _criterion(walk: Walk, event: Event) -> Step:
    if walk.state is State.READY_TO_LEAVE and event.body.get("met") is False:
        walk.may_leave = False  # what was decided before, was decided without this
        return Step.MAY_NOT_LEAVE
    return Step.STOPPED if walk.told.ledger.running is None else Step.OTHER


def _discharged(walk: Walk, event: Event) -> Step:
    if walk.state in OVER:
        return Step.OTHER
    outcome = walk.ask("discharge", event)
    if outcome == NO_GO:
        walk.flag("discharge-refused", event)
        return Step.OTHER
    if outcome != GO and not walk.may_leave:
        walk.flag("discharged-without-go", event)
    walk.discharged = event
    return Step.DISCHARGED


def _ended(walk: Walk, event: Event) -> Step:
    walk.ended_as = walk.ended_as or event.body["disposition"]
    if event.body["disposition"] == "not-dosed" and walk.told.ledger.first_at is not None:
        walk.flag("not-dosed-but-dosed", event)
    return Step.ENDED


_STEPS: Mapping[str, Callable[[Walk, Event], Step]] = {
    "ordered": _ordered,
    "vitals": _vitals,
    "arrived": _arrived,
    "left": _left,
    "gate-decided": _gate_decided,
    "dose-given": _dose_given,
    "infusion-started": _infusion_started,
    "infusion-paused": _infusion_goes_on,
    "infusion-resumed": _infusion_goes_on,
    "infusion-stopped": _infusion_stopped,
    "criterion": _criterion,
    "discharged": _discharged,
    "ended": _ended,
}
