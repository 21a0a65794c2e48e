"""An event of a session: what was observed or decided, by whom, when, and when it was received."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any

from upwell.base.errors import BadInput
from upwell.knowledge.gates.loader import load_fact_book
from upwell.science.rules.case import Reading
from upwell.science.session.shapes import EVENT_TYPES, check_body, check_envelope

__all__ = [
    "EVENT_TYPES",
    "SCALE",
    "VITALS",
    "Author",
    "Event",
    "Readings",
    "envelope_of",
    "in_order",
    "parse_event",
    "with_body",
]

VITALS, SCALE = "vitals", "scale"
Readings = tuple[tuple[str, Reading], ...]
_NOT_READINGS = ("position",)
_SESSION_TYPE = "session_type"
_BODY_TIMES = ("onset_at", "resolved_at")
# At one and the same moment (clocks are often read to the minute): the order before the arrival, the reading before the
# gate, the gate before the dose, and the end at the end.
_BEFORE = ("ordered", "arrived", "checklist", "vitals", "scale", "criterion", "gate-decided")
_AFTER = ("discharged", "left", "ended")
_OF_A_DAY = {kind: place for place, kind in enumerate((*_BEFORE, "", *_AFTER))}
# Numbers of a body, by the name that the fact book knows them by; vitals are called the same in both.
_FACT_OF = {"dose_mg": "doses.dose_mg", "weight_kg": "person.weight_kg", "total": "assessments.total"}


@dataclass(frozen=True, slots=True)
class Author:
    """Who observed or decided."""

    id: str
    role: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One event. Ids are in lower case, times are aware, the body holds no nulls.

    ``order`` is where it belongs in the log: when it was observed, then received; then the order of a day, then its id.
    ``readings`` are the vital signs by the names that rules know, or the total of a scale that came without answers, by
    the name that was written. Both are made once: a log is gone through often.
    """

    id: str
    session: str
    type: str
    observed_at: datetime
    received_at: datetime
    body: Mapping[str, Any] = field(default_factory=dict)
    author: Author | None = None
    device: str | None = None
    session_type: str | None = None
    order: tuple[datetime, datetime, int, str] = field(init=False, repr=False, compare=False)
    readings: Readings = field(init=False, repr=False, compare=False, default=())

    def __post_init__(self) -> None:
        of_a_day = _OF_A_DAY.get(self.type, len(_BEFORE))
        object.__setattr__(self, "order", (self.observed_at, self.received_at, of_a_day, self.id))
        if self.type in _MEASURED:
            object.__setattr__(self, "readings", _MEASURED[self.type](self.body, self.observed_at))

    @property
    def content(self) -> str:
        """What it says, for comparison: an event that is sent twice may be received at two times."""
        author = None if self.author is None else [self.author.id, self.author.role]
        said = [self.type, _instant(self.observed_at), author, self.device, self.session_type]
        return json.dumps([*said, _plain(dict(self.body))], sort_keys=True, default=str)


def _vital_signs(body: Mapping[str, Any], at: datetime) -> Readings:
    return tuple(
        (f"{VITALS}.{key}", Reading(at, value)) for key, value in body.items() if key not in _NOT_READINGS
    )


def _total(body: Mapping[str, Any], at: datetime) -> Readings:
    total = body.get("total")
    if total is None or body.get("answers") is not None:
        return ()
    return ((f"{SCALE}.{body['instrument']}", Reading(at, total)),)


_MEASURED: Mapping[str, Callable[[Mapping[str, Any], datetime], Readings]] = {
    VITALS: _vital_signs,
    SCALE: _total,
}


in_order: Callable[[Event], Any] = attrgetter("order")


def parse_event(document: Any) -> Event:
    """The event that a JSON object describes; ``BadInput`` with its path where the contract is broken."""
    try:
        event = envelope_of(document)
        return with_body(event, document.get("body") or {})
    except RecursionError:
        raise BadInput("It is nested too deeply to be read.") from None


def envelope_of(document: Any) -> Event:
    """The event without its body, which may be broken while who, when and what kind can be read."""
    if not isinstance(document, Mapping):
        raise BadInput("An event is a JSON object.")
    check_envelope(document)
    for path, text in _strings(document, ""):
        _refuse_unwritable(text, path)
    session, kind = document["session"], document.get(_SESSION_TYPE)
    if isinstance(session, Mapping):
        session, kind = session["id"], session.get("type") or kind
    author = document.get("author")
    return Event(
        id=document["id"].lower(),
        session=session.lower(),
        type=document["type"],
        observed_at=_time(document["observed_at"], "observed_at"),
        received_at=_time(document["received_at"], "received_at"),
        author=None if author is None else Author(author["id"], author.get("role")),
        device=document.get("device"),
        session_type=kind,
    )


def with_body(event: Event, body: Any) -> Event:
    """The event with this body, checked against the shape of its type."""
    check_body(event.type, body)
    told = {key: value for key, value in body.items() if value is not None}
    _check_times(told)
    _check_numbers(event.type, told)
    if event.type == "correction":
        told = _correction(told)
    return replace(event, body=told)


def _correction(body: dict[str, Any]) -> dict[str, Any]:
    told = {**body, "corrects": body["corrects"].lower()}
    if "body" in told:
        told["replacement"] = told.pop("body")
    return told


def _time(text: str, path: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadInput(
            f"“{text[:60]}” is not a time. Write it like 2026-03-02T10:00:00-05:00.", path=path
        ) from None
    if moment.tzinfo is None:
        raise BadInput(f"“{text}” has no offset from UTC. Add one, such as -05:00 or Z.", path=path)
    return moment


def _check_times(body: Mapping[str, Any]) -> None:
    moments = {key: _time(body[key], f"body.{key}") for key in _BODY_TIMES if key in body}
    if len(moments) == len(_BODY_TIMES) and moments["resolved_at"] < moments["onset_at"]:
        raise BadInput("It is resolved before it begins.", path="body.resolved_at")
    for place, override in enumerate(body.get("overrides") or ()):
        if override.get("at") is not None:
            _time(override["at"], f"body.overrides.{place}.at")


def _check_numbers(kind: str, body: Mapping[str, Any]) -> None:
    """Refuse numbers that no body has, and pressures upside down."""
    book = load_fact_book()
    for key, value in body.items():
        entry = book.entries.get(f"{VITALS}.{key}" if kind == VITALS else _FACT_OF.get(key, ""))
        if entry is None or entry.possible is None or isinstance(value, bool | str):
            continue
        low, high = entry.possible
        if not low <= value <= high:
            unit = f" {entry.unit}" if entry.unit else ""
            raise BadInput(
                f"{entry.label} of {value:g}{unit} is not possible ({low:g} to {high:g}). Check number and unit.",
                path=f"body.{key}",
            )
    systolic, diastolic = body.get("bp_systolic_mmhg"), body.get("bp_diastolic_mmhg")
    if systolic is not None and diastolic is not None and systolic < diastolic:
        raise BadInput(
            f"Systolic {systolic:g} is below diastolic {diastolic:g}. Measure again.",
            path="body.bp_systolic_mmhg",
        )


def _strings(node: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, str):
        yield path, node
    elif isinstance(node, Mapping):
        for key, value in node.items():
            yield path, key
            yield from _strings(value, f"{path}.{key}" if path else key)
    elif isinstance(node, list):
        for place, value in enumerate(node):
            yield from _strings(value, f"{path}.{place}")


def _refuse_unwritable(text: str, path: str) -> None:
    if "\0" in text:
        raise BadInput("It holds a NUL character.", path=path or None)
    if not text.isascii():
        try:
            text.encode("utf-8")
        except UnicodeEncodeError:
            raise BadInput("It holds half of a character.", path=path or None) from None


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def _plain(node: Any) -> Any:
    """80 and 80.0 are one number; true is not the number 1."""
    if isinstance(node, Mapping):
        return {key: _plain(value) for key, value in node.items() if value is not None}
    if isinstance(node, list):
        return [_plain(value) for value in node]
    return int(node) if isinstance(node, float) and node.is_integer() else node
