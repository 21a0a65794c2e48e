"""What the log has told so far: readings, answers, doses. It becomes the facts that the gates are asked with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator

from upwell.base.errors import BadInput, NotFound
from upwell.knowledge.edition import kept
from upwell.knowledge.gates.loader import (
    load_fact_book,
    load_gates,
    load_log_reading,
    load_monitoring,
    load_rule_set,
)
from upwell.knowledge.names import instrument_named
from upwell.knowledge.schemas import load_schema
from upwell.science.rules.case import Reading
from upwell.science.session.events import SCALE, VITALS, Event, Readings
from upwell.science.session.happened import ADVERSE, Happenings
from upwell.science.session.ledger import ENTERED, Ledger
from upwell.science.session.order import RULES, checked_order
from upwell.science.session.staffing import HANDED_OVER, Team

_YES_NO = {"yes": True, "no": False}
CONTACTS = frozenset(
    {"vitals", "scale", "note", "checklist", "comfort", "distress", "therapist", "medication", "criterion"}
)


@dataclass(slots=True)
class Told:
    """The facts of a log up to one event, and what was wrong in how they were told."""

    ledger: Ledger = field(default_factory=Ledger)
    vitals: list[Event] = field(default_factory=list)
    assessments: list[tuple[Event, float | None]] = field(default_factory=list)
    answers: dict[str, Any] = field(default_factory=dict)
    answered_at: dict[str, datetime] = field(default_factory=dict)
    rare: dict[str, list[Reading]] = field(default_factory=dict)  # of those, what a body hardly has
    ties: set[str] = field(default_factory=set)  # series with two readings of one moment
    overrides: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    order_checks: dict[str, Event] = field(default_factory=dict)
    plausible: Mapping[str, tuple[float, float]] = field(default_factory=lambda: load_fact_book().plausible)
    contact_at: datetime | None = None
    session_type: str | None = None
    answered: dict[str, Any] = field(default_factory=dict)
    heard: Readings = ()
    wrong: list[tuple[str, str]] = field(default_factory=list)
    happenings: Happenings = field(default_factory=Happenings)
    team: Team = field(default_factory=Team)
    measured_at: datetime | None = None
    names: dict[str, str] = field(default_factory=dict)  # of readings of scales, as rules know them
    _series: dict[str, list[Reading]] = field(default_factory=dict)
    _waiting: list[Event] = field(default_factory=list)  # their readings are still to be entered

    def take(self, event: Event) -> None:
        """Hear one event. ``answered``, ``heard`` and ``wrong`` are then about it alone."""
        kind = event.type
        self.answered, self.heard = {}, ()
        self.wrong = [(name, "") for name in self.ledger.take(event)] if kind in ENTERED else []
        self.session_type = self.session_type or event.session_type
        if kind in CONTACTS:
            self.contact_at = event.observed_at
        if kind == "ordered":  # what was decided about the former order says nothing of this one
            self.overrides = [one for one in self.overrides if not one[1]["rule"].startswith(RULES)]
        hear = _HEAR.get(kind)
        if hear is not None:
            hear(self, event)

    def keep(self, events: Sequence[Event]) -> None:
        """Keep events whose readings are plausible and later than all before; nothing else is to be said of them."""
        if not events:
            return
        self._waiting += events
        self.contact_at = self.measured_at = events[-1].observed_at
        self.vitals += [one for one in events if one.type == VITALS]
        self.assessments += [(one, one.body["total"]) for one in events if one.type == SCALE]

    @property
    def series(self) -> dict[str, list[Reading]]:
        """All readings of a fact, in the order of time."""
        if self._waiting:
            series = {**self._series, **{name: self._series[fact] for name, fact in self.names.items()}}
            for event in self._waiting:
                for name, one in event.readings:
                    series[name].append(one)
            self._waiting = []
        return self._series

    def answer(self, name: str, value: Any, event: Event) -> None:
        """An answer that counts from now on."""
        self.answers[name] = value
        self.answered_at[f"answers.{name}"] = event.observed_at
        self.answered[f"answers.{name}"] = value

    def hear(self, readings: Readings) -> list[str]:
        """Numbers at a time; the names of those that a body hardly has."""
        self.heard, unlikely = readings, []
        for name, one in readings:
            series = self.series.setdefault(name, [])
            if series and series[-1].at >= one.at:
                self.ties.add(name)
            series.append(one)
            self.measured_at = one.at
            plausible = self.plausible.get(name)
            if plausible is not None and not plausible[0] <= one.value <= plausible[1]:
                self.rare.setdefault(name, []).append(one)
                unlikely.append(name)
        return unlikely

    def flag(self, name: str, more: str = "") -> None:
        self.wrong.append((name, more))


def tell(events: Iterable[Event]) -> Told:
    """All that these events tell."""
    told = Told()
    for event in events:
        told.take(event)
    return told


def _vitals(told: Told, event: Event) -> None:
    if not event.readings:
        told.flag("empty")
        return
    told.vitals.append(event)
    unlikely = told.hear(event.readings)
    if unlikely:
        told.flag("reading-unlikely", _said(event, unlikely))


def _said(event: Event, names: Iterable[str]) -> str:
    book, read = load_fact_book(), dict(event.readings)
    parts = []
    for name in names:
        entry = book.entries[name]
        parts.append(f"{entry.label} {read[name].value:g} {entry.unit or ''}".strip())
    return f"{', '.join(parts)}."


def _scale(told: Told, event: Event) -> None:
    instrument = instrument_of(event)
    total = event.body.get("total")
    scored = _scored(told, instrument, event.body.get("answers"))
    if scored is not None:
        worked_out, risk = scored
        if risk is not None:
            told.answer("suicide_risk", risk, event)
            told.answer("suicide_risk_at", event.observed_at.isoformat(), event)
        if total is None:
            total = worked_out
        elif worked_out is not None and worked_out != total:
            told.flag("scale-differs", f"The answers make {worked_out:g}.")
        if total is None and risk is None:
            told.flag("scale-without-total")
    if total is not None and not _can_have(told, instrument, total):
        told.flag("scale-out-of-range", f"{instrument} {total:g}.")
        total = None
    told.assessments.append((event, total))
    if total is not None:
        fact = f"assessments.{instrument}"
        told.hear(((fact, Reading(event.observed_at, total)),))
        told.names |= {name: fact for name, _ in event.readings}


def instrument_of(event: Event) -> str:
    """The instrument of a scale, by its id where one is known by the name that was written."""
    return instrument_named(event.body["instrument"].strip().lower())


def _scored(
    told: Told, instrument: str, answers: Mapping[str, Any] | None
) -> tuple[float | None, str | None] | None:
    """Total and suicide risk that the answers make; nothing where the instrument is not known."""
    # Loaded with the first scale: most of what scoring needs is not needed to read a log.
    from upwell.knowledge.loader import load_instrument
    from upwell.science.scoring import score

    try:
        known = load_instrument(instrument)
    except NotFound:
        told.flag("scale-unknown")
        return None
    if answers is None:
        return None, None
    try:
        result = score(known, dict(answers), {})
    except BadInput as error:
        told.flag("scale-without-total", error.message)
        return None, None
    risk = result.algorithms.get("risk")
    return result.total, risk if isinstance(risk, str) and risk in _risks() else None


def _can_have(told: Told, instrument: str, total: float) -> bool:
    """Whether the instrument can have this total, as far as its range is known."""
    plausible = told.plausible.get(f"assessments.{instrument}")
    return plausible is None or plausible[0] <= total <= plausible[1]


def _checklist(told: Told, event: Event) -> None:
    about = checked_order(event)
    if about is not None:
        told.order_checks[about] = event
        return
    item = event.body["item"].strip().lower().replace("-", "_").replace(" ", "_")
    shape = _answer_shapes().get(item)
    if shape is None:
        return
    value = event.body.get("value")
    value = _YES_NO.get(value.strip().lower(), value) if isinstance(value, str) else value
    if value is None:
        told.answers.pop(item, None)
    elif not shape.is_valid(value) or (item.endswith("_at") and not _is_past(value, event)):
        told.flag("checklist-value")
    else:
        told.answer(item, value, event)


def _is_past(value: Any, event: Event) -> bool:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return False
    return moment.tzinfo is not None and moment <= event.observed_at


def _criterion(told: Told, event: Event) -> None:
    criterion = event.body["id"].strip().lower()
    judged = load_log_reading().criteria.get(criterion)
    text, met = event.body.get("text"), event.body.get("met")
    if judged is None:
        if criterion not in _criteria():
            told.flag("criterion-unknown")
        return
    if judged.text_is is not None and text:
        told.answer(judged.text_is, text, event)
    if judged.answer is None or met is None:
        return
    told.answer(judged.answer, met is judged.met, event)
    if judged.text_means is not None and text:
        told.answer(judged.text_means, True, event)


def _distress(told: Told, event: Event) -> None:
    reading = load_log_reading()
    told.answer(reading.distress_answer, event.body.get("present") is not False, event)
    for key in reading.distress_keys:
        if isinstance(event.body.get(key), bool):
            told.answer(key, event.body[key], event)


def _adverse_event(told: Told, event: Event) -> None:
    one, is_lost = told.happenings.take(event)
    if is_lost:
        told.flag("update-of-unknown")
    term = " ".join((one.says.get("term") or "").lower().split())
    answer = load_log_reading().terms.get(term)
    resolved = one.moment("resolved_at")
    if answer is not None:
        told.answer(answer, not (resolved and resolved <= event.observed_at), event)
    if any(other.serious and other.kind == ADVERSE for other in told.happenings.found.values()):
        told.answer("serious_adverse_event", True, event)
    elif one.updated_by and told.answers.get("serious_adverse_event") is True:
        del told.answers[
            "serious_adverse_event"
        ]  # it was not serious after all; whether another was, is open


def _beside_the_plan(told: Told, event: Event) -> None:
    _one, is_lost = told.happenings.take(event)
    if is_lost:
        told.flag("update-of-unknown")


def _discharged(told: Told, event: Event) -> None:
    escort = event.body.get("escort")
    if escort is not None:
        present = escort if isinstance(escort, bool) else bool(escort.strip())
        told.answer("escort_present", present, event)
        if isinstance(escort, str) and present:
            told.answer("escort_identity_noted", True, event)
    if "instructions_given" in event.body:
        told.answer("written_instructions_given", event.body["instructions_given"], event)


def _gate_decided(told: Told, event: Event) -> None:
    role = None if event.author is None else event.author.role
    for one in event.body.get("overrides") or ():
        at = one.get("at") or event.observed_at.isoformat()
        told.overrides.append((event.body["gate"], {**one, "at": at, "by": one.get("by") or role}))


def _team(told: Told, event: Event) -> None:
    told.team.take(event)
    if str(event.body.get(HANDED_OVER) or "").strip():
        told.answer("handed_over", True, event)


_HEAR: Mapping[str, Callable[[Told, Event], None]] = {
    "therapist": _team,
    "setting": _team,
    "vitals": _vitals,
    "scale": _scale,
    "checklist": _checklist,
    "criterion": _criterion,
    "distress": _distress,
    "adverse-event": _adverse_event,
    "near-miss": _beside_the_plan,
    "deviation": _beside_the_plan,
    "discharged": _discharged,
    "gate-decided": _gate_decided,
}


@cache
def _answer_shapes() -> dict[str, Draft202012Validator]:
    """The answers that the gates know, by name; those of a group by both their names."""
    shapes: dict[str, Draft202012Validator] = {}
    for name, shape in load_schema("facts")["properties"]["answers"]["properties"].items():
        inner = shape.get("properties")
        if inner is None:
            shapes[name] = Draft202012Validator(shape)
        else:
            shapes |= {f"{name}.{key}": Draft202012Validator(one) for key, one in inner.items()}
    return shapes


@cache
def _risks() -> frozenset[str]:
    shape = load_schema("facts")["properties"]["answers"]["properties"]["suicide_risk"]
    return frozenset(one for one in shape["enum"] if one is not None)


@kept
def _criteria() -> frozenset[str]:
    rules = (rule for name in load_gates()["discharge"].rule_sets for rule in load_rule_set(name).rules)
    return frozenset({rule.criterion for rule in rules if rule.criterion} | {load_monitoring().criterion})
