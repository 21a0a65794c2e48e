"""A session as the bedside shows it: what is given, what is due, what is wrong, what happened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils.formats import time_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from upwell.pathway.session.beside import Beside, beside_fields
from upwell.pathway.session.curve import SessionCurve, session_curve
from upwell.pathway.session.leaving_shown import earliest_of
from upwell.pathway.session.log import Folded
from upwell.pathway.session.models import Session, SessionQuarantine
from upwell.pathway.session.next_step import NextStep, next_step
from upwell.pathway.session.setting import RoomLine, room_of, therapist_is_missing
from upwell.pathway.session.signs import (
    Answered,
    OpenAlarm,
    Sign,
    Watcher,
    answered,
    last_of,
    open_alarms,
    signs_of,
    watcher_of,
)
from upwell.pathway.session.words import DUE, STATES, entry_title, entry_words, treatment_words
from upwell.science.session import Event, State, TeamNow

LATEST = 14  # entries beside the forms; the log page has all


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of the log in words."""

    id: str
    at: datetime
    type: str
    title: str
    detail: str
    who: str
    role: str
    late_by: timedelta | None
    in_error: bool
    was: str
    why: str
    flags: tuple[str, ...]
    can_correct: bool

    @property
    def is_one_tap(self) -> bool:
        """Written down by one tap, which may slip: it can be corrected from wherever it shows."""
        return self.type == "scale"

    @property
    def zone(self) -> str:
        """The name of the clock's hour where the practice's clock shows it twice on that day, else nothing."""
        local = localtime(self.at)
        twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
        return local.tzname() or "" if twice else ""


@dataclass(frozen=True, slots=True)
class DueLine:
    """Something that is due, for the countdown."""

    what: str
    at: datetime
    overdue: bool


@dataclass(frozen=True, slots=True)
class Bedside:
    """All that the live part of the page shows."""

    session: Session
    state: State
    stands: str
    at: datetime
    treatment: str
    order: str
    given_mg: float
    ordered_mg: float | None
    first_dose_at: datetime | None
    infusion: str
    due: tuple[DueLine, ...]
    alarms: tuple[OpenAlarm, ...]
    answered: tuple[Answered, ...]
    signs: tuple[Sign, ...]
    watcher: Watcher | None
    beside: Mapping[str, Beside]
    device_at: datetime | None
    usual: Mapping[str, Mapping[str, Any]]
    leave_at: datetime | None
    next: NextStep
    lines: tuple[Line, ...]
    set_aside: tuple[SessionQuarantine, ...]
    flags: tuple[str, ...]
    warnings: tuple[str, ...]
    curve: SessionCurve
    vitals: tuple[tuple[str, str, datetime], ...] = field(default=())
    order_check: str = ""  # "wanted", "checked", or nothing where no second person is asked for
    order_checked_words: str = ""
    room: tuple[RoomLine, ...] = ()
    team: TeamNow = field(default_factory=TeamNow)
    further: str = ""  # a further dose: ordered, released, or none
    therapist_is_missing: bool = False

    @property
    def is_released(self) -> bool:
        """The gate has said go, or a dose was given: before that no dose is offered to be given."""
        return self.state not in {State.PLANNED, State.ORDERED, State.ARRIVED} and self.further != "ordered"

    @property
    def all_is_given(self) -> bool:
        """What was ordered was given; a further dose is no longer the first thing to write down."""
        return self.ordered_mg is not None and self.given_mg >= self.ordered_mg

    @property
    def is_over(self) -> bool:
        return self.state in {State.DISCHARGED, State.ENDED}


def bedside_of(session: Session, found: Folded, at: datetime) -> Bedside:
    """The state in words."""
    state = found.state
    clock = state.discharge.get("clock") or {}
    ordered = [one for one in state.counting if one.type == "ordered"]
    over = state.state in {State.DISCHARGED, State.ENDED}
    waiting = [one for one in state.alarms if one.acknowledged_at is None]
    mended = set(state.corrected)
    lines = lines_of(found)
    leave_at = earliest_of(state.discharge) if state.dosed else None
    check = state.order_check if state.further or not state.dosed else ""
    return Bedside(
        session=session,
        state=state.state,
        stands=str(STATES[state.state]),
        at=at,
        treatment=treatment_words(state.substance or session.substance, state.route or session.route),
        order=entry_words("ordered", ordered[-1].body) if ordered else "",
        given_mg=state.given_mg,
        ordered_mg=state.ordered_mg,
        first_dose_at=_moment(clock.get("from_first_dose_at")) if state.dosed else None,
        infusion=state.infusion,
        due=tuple(DueLine(str(DUE.get(one.what, one.what)), one.at, one.overdue) for one in state.next_due),
        alarms=open_alarms(waiting, found.rows, at),
        answered=answered(state.alarms, state.counting, found.rows),
        signs=tuple(
            signs_of(state.counting, state.alarms, state.gates.stay.first_dose_at if state.dosed else None)
        ),
        watcher=watcher_of(state.counting, found.rows),
        beside=beside_fields(
            state.counting, state.gates.stay.first_dose_at if state.dosed else None, last_of(state.counting)
        ),
        device_at=next_device_at(state.counting),
        usual=usual_entries(state.counting),
        leave_at=leave_at,
        next=next_step(
            state.state,
            leave_at=leave_at,
            at=at,
            consent=(found.facts.get("answers") or {}).get("consent_in_force"),
            unchecked=check == "wanted",
            further=state.further,
            to_ward=session.kind == "inpatient",
        ),
        lines=tuple(reversed(lines)),
        set_aside=tuple(_unsettled(found, mended)),
        flags=tuple(
            dict.fromkeys(
                one.as_json()["message"]
                for one in state.flags
                if one.event is None or one.event not in mended
            )
        ),
        warnings=found.warnings,
        curve=session_curve(
            state,
            state.substance or session.substance,
            state.route or session.route,
            found.facts.get("person") or {},
            at,
        ),
        vitals=latest_vitals(state.counting),
        order_check=check,
        order_checked_words=_checked_words(found),
        room=room_of(state.counting),
        team=state.team,
        further=state.further,
        therapist_is_missing=not over and therapist_is_missing(state.counting),
    )


def _checked_words(found: Folded) -> str:
    """Who checked the order that counts, and when."""
    row = found.rows.get(found.state.order_checked_by or "")
    if row is None:
        return ""
    words = _("Checked by %(who)s at %(time)s.")
    return words % {"who": row.author_name, "time": time_format(localtime(row.observed_at), "H:i")}


def lines_of(found: Folded) -> list[Line]:
    """The whole log in words, the earliest first; a corrected entry says what it said before."""
    state = found.state
    counting = {event.id: event for event in state.counting}
    reasons = {
        event.id: str(event.body.get("reason") or "")
        for event in state.timeline
        if event.type == "correction"
    }
    flags: dict[str, list[str]] = {}
    for flag in state.flags:
        if flag.event is not None:
            flags.setdefault(flag.event, []).append(flag.as_json()["message"])
    return [
        _line(event, counting.get(event.id), found, reasons, flags)
        for event in state.timeline
        if event.type != "correction"
    ]


def _line(
    event: Event,
    now_is: Event | None,
    found: Folded,
    reasons: dict[str, str],
    flags: dict[str, list[str]],
) -> Line:
    row = found.rows.get(event.id)
    corrected_by = found.state.corrected.get(event.id)
    shown = now_is or event
    late = event.received_at - event.observed_at
    return Line(
        id=event.id,
        at=event.observed_at,
        type=event.type,
        title=entry_title(event.type, shown.body),
        detail=entry_words(event.type, shown.body),
        who=row.author_name if row is not None else "",
        role=row.author_role if row is not None else "",
        late_by=late if late > timedelta(minutes=5) else None,
        in_error=event.id in found.state.in_error,
        was=entry_words(event.type, event.body) if corrected_by and now_is is not None else "",
        why=reasons.get(corrected_by or "", ""),
        flags=tuple(flags.get(event.id, ())),
        can_correct=event.id not in found.state.in_error,
    )


def _unsettled(found: Folded, mended: Iterable[str]) -> list[SessionQuarantine]:
    """What was set aside and nobody mended yet."""
    done = set(mended)
    broken = found.state.quarantined
    return [
        row
        for row, one in zip(found.set_aside, broken, strict=True)
        if one.envelope is None or one.envelope.id not in done
    ]


def next_device_at(counting: Sequence[Event]) -> datetime | None:
    """When the next nasal device may be given: the interval of the protocol after the last one."""
    from upwell.knowledge.protocols import known_protocols, load_protocol

    orders = [one for one in counting if one.type == "ordered"]
    if not orders:
        return None
    given = [one for one in _for_order(counting, orders[-1]) if one.type == "dose-given"]
    if not given:
        return None
    body: Any = orders[-1].body
    if body.get("protocol") not in known_protocols() or len(given) >= (body.get("devices") or 0):
        return None
    device = load_protocol(body["protocol"]).device
    return given[-1].observed_at + timedelta(minutes=device.interval_minutes) if device else None


def _for_order(counting: Sequence[Event], order: Event) -> Sequence[Event]:
    """What was given on this order: of a further dose what came after it, otherwise all."""
    if not order.body.get("further"):
        return counting
    return [one for one in counting if one.order > order.order]


def usual_entries(counting: Sequence[Event]) -> dict[str, dict[str, Any]]:
    """What the next dose or infusion will be if it goes as ordered: the forms begin with it."""
    orders = [one for one in counting if one.type == "ordered"]
    if not orders:
        return {}
    body: Any = orders[-1].body
    usual: dict[str, dict[str, Any]] = {}
    dose, minutes, devices = body.get("dose_mg"), body.get("infusion_min"), body.get("devices")
    given = sum(one.type == "dose-given" for one in _for_order(counting, orders[-1]))
    if dose and devices and given < devices:
        usual["dose"] = {"dose_mg": f"{dose / devices:g}", "device": given + 1}
    if dose and not devices and not minutes and not given:
        usual["dose"] = {"dose_mg": f"{dose:g}"}
    if dose and minutes and not any(one.type == "infusion-started" for one in counting):
        usual["infusion"] = {"rate_mg_per_min": f"{dose / minutes:.4g}"}
    return usual


def latest_vitals(counting: Sequence[Event]) -> tuple[tuple[str, str, datetime], ...]:
    """The newest of each vital sign, and of sedation."""
    newest: dict[str, tuple[str, str, datetime]] = {}
    for event in counting:
        if event.type == "vitals":
            for key, label in (
                ("bp", _("Blood pressure")),
                ("heart_rate_bpm", _("Heart rate")),
                ("spo2_percent", _("SpO2")),
                ("resp_rate_bpm", _("Breaths")),
            ):
                value = _reading(event.body, key)
                if value:
                    newest[key] = (label, value, event.observed_at)
        elif event.type == "scale" and event.body.get("instrument") == "moaa-s" and "total" in event.body:
            newest["moaa-s"] = (_("Sedation"), f"MOAA/S {event.body['total']:g}", event.observed_at)
    order = ("bp", "heart_rate_bpm", "spo2_percent", "resp_rate_bpm", "moaa-s")
    return tuple(newest[key] for key in order if key in newest)


def _reading(body: Any, key: str) -> str:
    if key != "bp":
        unit = {"spo2_percent": " %"}.get(key, "")
        return f"{body[key]:g}{unit}" if key in body else ""
    pair = [body.get("bp_systolic_mmhg"), body.get("bp_diastolic_mmhg")]
    return "/".join("?" if one is None else f"{one:g}" for one in pair) if any(pair) else ""


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
