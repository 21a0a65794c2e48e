"""Alarms: the rules of the session, asked at every reading as it came. What was raised once stays in the list."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from upwell.science.rules.case import Case, Dose, Reading, Value
from upwell.science.rules.engine import Verdict, judge_rules
from upwell.science.session.events import Event
from upwell.science.session.told import Told
from upwell.science.session.watched import (
    GATE,
    Leaf,
    facts_of_rule,
    holding,
    longest,
    runs,
    watched,
)

ACKNOWLEDGE = "acknowledge:"


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm: its level, its rule, when; and who acknowledged it."""

    level: str
    rule: str
    at: datetime
    event: str
    message: str
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The alarm in the shape of the contract."""
        acknowledged = self.acknowledged_at
        return {
            "level": self.level,
            "rule": self.rule,
            "at": self.at.isoformat(),
            "acknowledged": acknowledged is not None,
            "acknowledged_at": None if acknowledged is None else acknowledged.isoformat(),
            "acknowledged_by": self.acknowledged_by,
            "event": self.event,
            "message": self.message,
        }


@dataclass(slots=True)
class Watch:
    """Goes along with the log and raises alarms. ``values`` is what is known beside it, such as the age."""

    values: Mapping[str, Value]
    since: datetime | None
    raised: dict[tuple[str, datetime], Alarm] = field(default_factory=dict)
    baselines: Baselines = field(default_factory=dict)

    def see(self, event: Event, told: Told) -> None:
        """Ask the rules that are about what this event told."""
        name = acknowledged_rule(event)
        if name is not None:
            self._acknowledge(name, event)
        touched = {**told.answered, **{fact: one.value for fact, one in told.heard}}
        if not touched:
            return
        may_hold = holding()
        for place, (rules, leaves) in enumerate(watched()):
            asked: set[str] = set()
            for fact, value in touched.items():
                if fact in leaves:
                    asked |= may_hold(place, fact, value)
                    asked |= self._changed(leaves[fact], value, told)
            if asked:
                about = {fact for rule in rules.rules if rule.id in asked for fact in facts_of_rule(rule)}
                self._judge(rules.id, asked, event, told, about)

    def _changed(self, leaves: Sequence[Leaf], value: Any, told: Told) -> set[str]:
        """Rules about the change since the baseline that may hold now."""
        found = set()
        for leaf in leaves:
            if leaf.since_baseline:
                base = base_of(leaf.fact, told, self.baselines)
                if base is not None and leaf.fits(value - base):
                    found.add(leaf.rule)
        return found

    def _judge(self, name: str, asked: Set[str], event: Event, told: Told, about: Set[str | None]) -> None:
        series = {
            fact: _needed(fact, readings, told.ledger.first_at)
            for fact, readings in told.series.items()
            if fact in about
        }
        case = replace(_case(event, told, self.values, self.since), series=series)
        for verdict in judge_rules(name, case, gate=GATE, only=asked):
            if verdict.holds and verdict.rule.level is not None:
                at = _raised_at(verdict, event, told)
                alarm = Alarm(verdict.rule.level, verdict.rule.id, at, event.id, verdict.rule.message)
                self.raised.setdefault((alarm.rule, at), alarm)

    def _acknowledge(self, rule: str, event: Event) -> None:
        who = None if event.author is None else event.author.id
        for key, alarm in self.raised.items():
            if rule in (alarm.rule, "") and alarm.acknowledged_at is None:
                self.raised[key] = replace(alarm, acknowledged_at=event.observed_at, acknowledged_by=who)

    @property
    def alarms(self) -> list[Alarm]:
        """All alarms, in the order of time."""
        return sorted(self.raised.values(), key=lambda one: (one.at, one.rule))


def acknowledged_rule(event: Event) -> str | None:
    """The rule whose alarms a checklist entry “acknowledge:<rule>” acknowledges; empty for all of them."""
    if event.type != "checklist" or event.body.get("value", True) is False:
        return None
    item: str = event.body["item"].strip()
    return item[len(ACKNOWLEDGE) :].strip() if item.lower().startswith(ACKNOWLEDGE) else None


def _raised_at(verdict: Verdict, event: Event, told: Told) -> datetime:
    moments = []
    for because in verdict.judged.because:
        if because.at is not None:
            moments.append(datetime.fromisoformat(because.at))
        elif because.fact in told.answered_at:
            moments.append(told.answered_at[because.fact])
    return max(moments, default=event.observed_at)


def _case(event: Event, told: Told, values: Mapping[str, Value], since: datetime | None) -> Case:
    """The case at this event, with no more readings than the rules can look at."""
    at = event.observed_at
    doses = tuple(Dose(one.at, one.ended_at, one.dose_mg) for one in told.ledger.entries(at))
    known: dict[str, Value] = {**values, "at": at}
    order = told.ledger.order
    if order is not None and order.substance is not None:
        known["substance"] = order.substance
    if order is not None and order.route is not None:
        known["route"] = order.route
    known |= {
        f"answers.{name}": value for name, value in told.answers.items() if isinstance(value, bool | str)
    }
    if doses:
        known |= {"doses.first_at": doses[0].at, "doses.last_at": doses[-1].at}
    return Case(at, known, {}, None, None, doses, since=since)


def _needed(name: str, readings: Sequence[Reading], first_dose_at: datetime | None) -> tuple[Reading, ...]:
    """No more readings than rules can look at: the baseline, the last two moments, and where a run begins."""
    moments = _Backwards(readings)
    kept = {*moments.take(), *moments.take(), *_baseline(readings, first_dose_at)}
    for fits in runs().get(name, ()):
        kept |= _run(readings, fits)
    return tuple(sorted(kept))


def _run(readings: Sequence[Reading], fits: Callable[[Any], bool]) -> set[Reading]:
    """The first moment of the latest run, as far back as rules ask, and the moment that broke it before that."""
    moments, first = _Backwards(readings), set[Reading]()
    while moment := moments.take():
        if not any(fits(one.value) for one in moment):
            return first | moment
        first = moment
        if next(iter(moment)).at <= readings[-1].at - longest():
            return first
    return first


class _Backwards:
    """Takes readings from the end, those of one moment together."""

    def __init__(self, readings: Sequence[Reading]) -> None:
        self.readings, self.place = readings, len(readings)

    def take(self) -> set[Reading]:
        end = self.place
        while self.place > 0 and self.readings[self.place - 1].at == self.readings[end - 1].at:
            self.place -= 1
        return set(self.readings[self.place : end])


def _baseline(readings: Sequence[Reading], first_dose_at: datetime | None) -> Sequence[Reading]:
    if first_dose_at is None:
        return readings[:1]
    place = bisect_right(readings, first_dose_at, key=lambda one: one.at)
    return readings[place - 1 : place] if place else ()


Baselines = dict[tuple[str, datetime], float | None]


def base_of(name: str, told: Told, baselines: Baselines) -> float | None:
    """The last value before the first dose; before a dose, the first."""
    first, readings = told.ledger.first_at, told.series[name]
    if first is None:
        return readings[0].value
    if (name, first) not in baselines or readings[-1].at == first:
        before = [one.value for one in readings if one.at <= first]
        baselines[name, first] = before[-1] if before else None
    return baselines[name, first]
