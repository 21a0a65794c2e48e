"""What is measured next, and when: the schedule of the route, counted from the doses that were given."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from upwell.knowledge.gates.loader import load_monitoring
from upwell.knowledge.gates.model import Schedule, Timed, TimeStep
from upwell.science.session.ledger import Entry
from upwell.science.session.told import Told

_REMOTE, _IV = "remote", "iv"
_ANY = "any"
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Due:
    """One thing that is due next."""

    what: str
    at: datetime
    overdue: bool

    def as_json(self) -> dict[str, Any]:
        return {"what": self.what, "at": self.at.isoformat(), "overdue": self.overdue}


def schedule_for(facts: Mapping[str, Any], *, infused: bool = False) -> Schedule | None:
    """The schedule that fits; where several may be meant, the one that asks first. None for a route without one."""
    substance = facts.get("substance")
    route = facts.get("route") or (_IV if infused else None)
    remote = facts.get("setting") == _REMOTE
    fitting = [
        one
        for one in load_monitoring().schedules
        if route in (None, one.route)
        and (substance is None or one.substance in (None, substance))
        and (one.setting is None or (one.setting == _REMOTE) is remote)
    ]
    return min(fitting, key=_begins, default=None)


def _begins(schedule: Schedule) -> float:
    steps = (timed.during[0] for timed in schedule.timed if timed.during)
    return min(step.every or step.at[0] for step in steps)


def next_due(told: Told, facts: Mapping[str, Any], at: datetime) -> list[Due]:
    """What is due next, the earliest first; nothing before the first dose."""
    schedule = schedule_for(facts, infused=bool(told.ledger.infusions))
    entries = told.ledger.entries(at)
    if schedule is None or not entries:
        return []
    found = [_next(timed, entries, _last_done(timed, told), at) for timed in schedule.timed]
    return sorted((one for one in found if one is not None), key=lambda one: (one.at, one.what))


def _last_done(timed: Timed, told: Told) -> datetime | None:
    moments = [told.series[name][-1].at for name in timed.facts if name in told.series]
    if _ANY in timed.facts and told.contact_at is not None:
        moments.append(told.contact_at)
    return max(moments, default=None)


def _next(timed: Timed, entries: Sequence[Entry], done: datetime | None, at: datetime) -> Due | None:
    for steps, begin, end in _stretches(timed, entries):
        slot = _slot(steps, begin, end, done)
        if slot is not None:
            moment, late = slot
            tz = at.tzinfo
            return Due(timed.what, moment.astimezone(tz), at > moment + late * _MINUTE)
    return None


def _stretches(
    timed: Timed, entries: Sequence[Entry]
) -> Iterable[tuple[Sequence[TimeStep], datetime, datetime | None]]:
    """The stretches of the day that a list of steps counts in: from each dose to the next, and after an infusion."""
    for place, entry in enumerate(entries):
        following = entries[place + 1].at if place + 1 < len(entries) else None
        stopped = entry.ended_at if entry.infusion is not None and timed.after else None
        if stopped is None:
            yield timed.during, entry.at, following
        else:
            yield timed.during, entry.at, stopped if following is None else min(stopped, following)
            yield timed.after, stopped, following


def _slot(
    steps: Sequence[TimeStep], begin: datetime, end: datetime | None, done: datetime | None
) -> tuple[datetime, float] | None:
    """The first time of a stretch that no reading counts for yet."""
    early = load_monitoring().early_fraction
    since = -math.inf if done is None else (done - begin) / _MINUTE
    limit = math.inf if end is None else (end - begin) / _MINUTE
    former = 0.0
    for step in steps:
        for minutes in step.at:
            if since < minutes - early * (minutes - former):
                return None if minutes > limit else (begin + minutes * _MINUTE, step.late)
            former = minutes
        if step.every is None:
            continue
        passed = -math.inf if since == -math.inf else (since - former) / step.every + early
        count = max(1, math.floor(passed) + 1) if passed > -math.inf else 1
        minutes = former + count * step.every
        if step.until is None or minutes <= step.until:
            return None if minutes > limit else (begin + minutes * _MINUTE, step.late)
        former = step.until
    return None
