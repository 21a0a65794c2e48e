"""What stands beside a field for a vital sign: where alarms begin, the value before the dose, and the last one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from upwell.pathway.session.limits import LEVELS, Edge, edges
from upwell.science.session import Event


@dataclass(frozen=True, slots=True)
class Beside:
    """Short, to be read in a dark room: “≥160”, “<45”."""

    name: str
    watch: str = ""
    stop: str = ""
    before: str = ""
    last: str = ""


def beside_fields(
    counting: Sequence[Event] = (),
    first_dose_at: datetime | None = None,
    last: Iterable[tuple[str, str]] = (),
) -> Mapping[str, Beside]:
    """By the name of the field. Without a log: the limits alone."""
    newest = dict(last)
    names = dict.fromkeys([*edges(), *newest])
    return {name: _beside(name, counting, first_dose_at, newest.get(name, "")) for name in names}


def _beside(name: str, counting: Sequence[Event], first_dose_at: datetime | None, last: str) -> Beside:
    base = _base(name, counting, first_dose_at)
    watch, stop = (
        _words([one for one in edges().get(name, ()) if one.level == level], base) for level in LEVELS
    )
    return Beside(name, watch, stop, f"{base:g}" if base is not None and first_dose_at else "", last)


def _base(name: str, counting: Sequence[Event], first_dose_at: datetime | None) -> float | None:
    """As the rules take it: the last value before the first dose; before a dose, the first."""
    told = [
        (one.observed_at, value)
        for one in counting
        if one.type == "vitals" and isinstance(value := one.body.get(name), int | float)
    ]
    if first_dose_at is None:
        return told[0][1] if told else None
    before = [value for at, value in told if at <= first_dose_at]
    return before[-1] if before else None


def _words(some: Sequence[Edge], base: float | None) -> str:
    """A rise over a value that is known is a limit like others; of two limits above, the one that comes first."""
    if base is not None:
        some = [Edge(one.level, one.mark, base + one.value) if one.is_rise else one for one in some]
    above = [one for one in some if not one.is_rise and one.mark in "≥>"]
    first = min(above, key=lambda one: one.value, default=None)
    shown = [one for one in some if one.is_rise or one not in above or one is first]
    return ", ".join(f"+{one.value:g}" if one.is_rise else f"{one.mark}{one.value:g}" for one in shown)
