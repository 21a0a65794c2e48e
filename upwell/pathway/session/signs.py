"""The numbers that have to be seen from a metre away, and the alarms: open ones, and who answered the others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from upwell.knowledge.gates.loader import load_log_reading
from upwell.pathway.session.models import SessionEvent
from upwell.science.session import Alarm, Event
from upwell.science.session.watch import acknowledged_rule

LEVELS = ("amber", "red", "emergency")
MOST_ANSWERED = 3
BP, MOAA = ("bp_systolic_mmhg", "bp_diastolic_mmhg"), "moaa-s"


@dataclass(frozen=True, slots=True)
class Sign:
    """The newest value of one vital sign, the level of the alarm that it raised, and what it was before the dose."""

    label: str
    value: str
    unit: str
    at: datetime
    level: str
    before: str


@dataclass(frozen=True, slots=True)
class OpenAlarm:
    """An alarm that nobody acknowledged; of one rule the newest, with when it was first known here."""

    level: str
    rule: str
    at: datetime
    message: str
    known_at: datetime
    escalates_min: float | None
    unseen: bool


@dataclass(frozen=True, slots=True)
class Answered:
    """An alarm that somebody acknowledged: who, and when."""

    level: str
    short: str
    at: datetime
    who: str
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Watcher:
    """Who watches over the person: whoever took over last, or else whoever let them in."""

    account: str
    name: str
    since: datetime


def signs_of(
    counting: Sequence[Event], alarms: Iterable[Alarm], first_dose_at: datetime | None
) -> list[Sign]:
    """The newest of each, in the order in which people look."""
    raised: dict[str, list[Alarm]] = {}
    for alarm in alarms:
        raised.setdefault(alarm.event, []).append(alarm)
    found = []
    for key, about, label, unit in (
        ("bp", "session.bp", _("Blood pressure"), "mmHg"),
        ("heart_rate_bpm", "session.heart-rate", _("Heart rate"), "/min"),
        ("spo2_percent", "session.spo2", _("SpO2"), "%"),
        (MOAA, "session.sedation", _("Sedation (MOAA/S)"), ""),
        ("resp_rate_bpm", "session.respiratory-rate", _("Breaths"), "/min"),
    ):
        told = [(event, value) for event in counting if (value := _value(event, key))]
        if not told:
            continue
        event, value = told[-1]
        levels = [one.level for one in raised.get(event.id, ()) if one.rule.startswith(about)]
        before = [
            text for one, text in told if first_dose_at is not None and one.observed_at <= first_dose_at
        ]
        level = max(levels, key=LEVELS.index, default="")
        base = before[-1] if (before and told[-1][0].id != event.id) or (len(told) > 1 and before) else ""
        found.append(Sign(label, value, unit, event.observed_at, level, base))
    return found


def _value(event: Event, key: str) -> str:
    if event.type == "scale" and key == MOAA:
        total = event.body.get("total")
        return f"{total:g}" if event.body.get("instrument") == MOAA and total is not None else ""
    if event.type != "vitals":
        return ""
    if key == "bp":
        pair = [event.body.get(one) for one in BP]
        return "/".join("?" if one is None else f"{one:g}" for one in pair) if any(pair) else ""
    return f"{event.body[key]:g}" if key in event.body else ""


def open_alarms(
    waiting: Iterable[Alarm], rows: Mapping[str, SessionEvent], at: datetime
) -> tuple[OpenAlarm, ...]:
    """One for each rule, the worst and newest first."""
    by_rule: dict[str, list[Alarm]] = {}
    for alarm in waiting:
        by_rule.setdefault(alarm.rule, []).append(alarm)
    found = []
    for some in by_rule.values():
        newest = max(some, key=lambda one: one.at)
        known = min(_known_at(one, rows) for one in some)
        limit = load_log_reading().unseen_minutes.get(newest.level)  # an edition of before that has none
        unseen = limit is not None and at - known >= timedelta(minutes=limit)
        found.append(OpenAlarm(newest.level, newest.rule, newest.at, newest.message, known, limit, unseen))
    return tuple(sorted(found, key=lambda one: (LEVELS.index(one.level), one.at), reverse=True))


def _known_at(alarm: Alarm, rows: Mapping[str, SessionEvent]) -> datetime:
    row = rows.get(alarm.event)
    return alarm.at if row is None else row.received_at


def answered(
    alarms: Iterable[Alarm], counting: Sequence[Event], rows: Mapping[str, SessionEvent]
) -> tuple[Answered, ...]:
    """The latest that were acknowledged, with the name of who did."""
    found: dict[str, Answered] = {}
    for alarm in alarms:
        if alarm.acknowledged_at is not None:
            who = _name(alarm, counting, rows)
            short = alarm.message.partition(":")[0].rstrip(".")
            found[alarm.rule] = Answered(alarm.level, short, alarm.at, who, alarm.acknowledged_at)
    newest = sorted(found.values(), key=lambda one: one.seen_at, reverse=True)
    return tuple(newest[:MOST_ANSWERED])


def _name(alarm: Alarm, counting: Sequence[Event], rows: Mapping[str, SessionEvent]) -> str:
    for event in reversed(counting):
        about = acknowledged_rule(event) if event.type == "checklist" else None
        if about in (alarm.rule, "") and event.observed_at == alarm.acknowledged_at and event.id in rows:
            return rows[event.id].author_name
    return ""


def watcher_of(counting: Sequence[Event], rows: Mapping[str, SessionEvent]) -> Watcher | None:
    """Who watches over the person now."""
    found: Any = None
    for event in counting:
        takes = event.type == "setting" and event.body.get("watches") is True
        if event.id in rows and (takes or (event.type == "arrived" and found is None)):
            found = Watcher(rows[event.id].author, rows[event.id].author_name, event.observed_at)
    watcher: Watcher | None = found
    return watcher


def last_of(counting: Sequence[Event]) -> tuple[tuple[str, str], ...]:
    """The newest value of every vital sign and of sedation, by the name of its field."""
    found: dict[str, str] = {}
    for event in counting:
        if event.type == "scale" and (value := _value(event, MOAA)):
            found[MOAA] = value
        if event.type == "vitals":
            found |= {
                key: f"{value:g}" for key, value in event.body.items() if isinstance(value, int | float)
            }
    return tuple(found.items())
