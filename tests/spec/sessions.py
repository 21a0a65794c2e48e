"""Logs for the tables about sessions: short ways to write an event at a minute, and to fold what was written."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from upwell.knowledge.schemas import violations
from upwell.science.session import Event, SessionState, fold, parse_event

SESSION = "0190a000-0000-7000-8000-00000000aaaa"
START = datetime.fromisoformat("2026-03-02T10:00:00-05:00")
WELL = {
    "bp_systolic_mmhg": 128,
    "bp_diastolic_mmhg": 82,
    "heart_rate_bpm": 72,
    "spo2_percent": 97,
    "resp_rate_bpm": 14,
}


def ident(number: int) -> str:
    """An id that is told by a number."""
    return str(UUID(int=(0x0190_A000_0000_7000_8000 << 48) + number))


def clock(minute: float) -> str:
    """The time so many minutes after the start, as the contract writes it."""
    return (START + timedelta(minutes=minute)).isoformat()


def raw(
    number: int, kind: str, minute: float, body: dict[str, Any] | None = None, **more: Any
) -> dict[str, Any]:
    """One line of a log, received in the minute in which it was observed."""
    return {
        "id": ident(number),
        "session": SESSION,
        "type": kind,
        "observed_at": clock(minute),
        "received_at": clock(minute),
        "author": {"id": "nurse-1", "role": "monitor"},
        "device": "tablet-2",
        "body": body or {},
        **more,
    }


class Log:
    """A log that is written event by event; ids count from 1."""

    def __init__(self, *, substance: str = "esketamine", route: str = "intranasal", **order: Any) -> None:
        self.lines: list[dict[str, Any]] = []
        order = {"protocol": "p", "substance": substance, "route": route, "by": "dr-1", **order}
        self.add("ordered", -60, **order)
        self.add("arrived", -40)
        self.add("vitals", -20, **WELL)
        self.add("gate-decided", -5, gate="predose", outcome="go")

    def add(self, kind: str, minute: float, **body: Any) -> str:
        """Write an event; its id."""
        line = raw(len(self.lines) + 1, kind, minute, body)
        self.lines.append(line)
        return str(line["id"])

    def at(self, minute: float | None = None, **facts: Any) -> SessionState:
        """The session folded at a minute."""
        return folded(self.lines, minute, **facts)


def events(lines: list[dict[str, Any]]) -> list[Event]:
    """The events of these lines."""
    return [parse_event(line) for line in lines]


def folded(lines: list[dict[str, Any]], minute: float | None = None, **facts: Any) -> SessionState:
    """The state of these lines; every result is held against its published schema."""
    at = None if minute is None else START + timedelta(minutes=minute)
    state = fold(events(lines), at=at, facts=facts or None)
    assert violations("session-result", state.as_json()) == []
    return state


def flags(state: SessionState) -> list[str]:
    """The names of the flags, in order."""
    return [one.flag for one in state.flags]


def due(state: SessionState) -> dict[str, tuple[float, bool]]:
    """What is due: at which minute, and whether it is overdue."""
    return {one.what: ((one.at - START) / timedelta(minutes=1), one.overdue) for one in state.next_due}


def alarms(state: SessionState) -> list[tuple[str, str, float]]:
    """The alarms: level, rule, minute."""
    return [(one.level, one.rule, (one.at - START) / timedelta(minutes=1)) for one in state.alarms]
