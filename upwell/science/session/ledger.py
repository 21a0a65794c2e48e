"""What was ordered and what was given: doses, infusions, and their sum."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from upwell.science.session.events import Event
from upwell.science.session.order import Order, close, tidy

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Shot:
    """A dose that was recorded as given."""

    event: Event
    dose_mg: float | None

    @property
    def at(self) -> datetime:
        return self.event.observed_at


def _by_two(one: Event, other: Event) -> bool:
    """The same amount within a minute, written down by two people: it may be one dose."""
    if one.author is None or other.author is None or one.author.id == other.author.id:
        return False
    apart = abs(one.observed_at - other.observed_at)
    return apart <= timedelta(minutes=1) and one.body.get("dose_mg") == other.body.get("dose_mg")


@dataclass(slots=True)
class Infusion:
    """An infusion: when it ran, and at which rate in each of its pieces."""

    event: Event
    ended_at: datetime | None = None
    pieces: list[tuple[datetime, datetime | None, float | None]] = field(default_factory=list)

    @property
    def started_at(self) -> datetime:
        return self.event.observed_at

    def pause(self, at: datetime) -> None:
        begin, _, rate = self.pieces[-1]
        self.pieces[-1] = (begin, at, rate)

    @property
    def flowing(self) -> bool:
        return self.ended_at is None and self.pieces[-1][1] is None

    def run_mg(self, until: datetime) -> float | None:
        """Rate times time; unknown where a rate is."""
        amounts = []
        for begin, end, rate in self.pieces:
            minutes = (min(end or until, until) - begin) / _MINUTE
            if rate is None and minutes > 0:
                return None
            amounts.append(max(minutes, 0) * (rate or 0))
        return math.fsum(amounts)


@dataclass(frozen=True, slots=True)
class Entry:
    """One dose as the gates count it: a single one, or an infusion with what was recorded for it."""

    at: datetime
    ended_at: datetime | None
    dose_mg: float | None
    shots: tuple[Shot, ...]
    infusion: Infusion | None
    run_mg: float | None = None

    @property
    def recorded_mg(self) -> float | None:
        """What was recorded for it, where anything was."""
        known = [shot.dose_mg for shot in self.shots if shot.dose_mg is not None]
        return math.fsum(known) if known else None


ENTERED = frozenset(
    {"ordered", "dose-given", *(f"infusion-{step}" for step in ("started", "paused", "resumed", "stopped"))}
)


@dataclass(slots=True)
class Ledger:
    """Orders, doses and infusions, in the order of the log."""

    orders: list[Order] = field(default_factory=list)
    shots: list[Shot] = field(default_factory=list)
    infusions: list[Infusion] = field(default_factory=list)
    first_at: datetime | None = None  # when the first dose was given or the first infusion started

    @property
    def order(self) -> Order | None:
        return self.orders[-1] if self.orders else None

    @property
    def running(self) -> Infusion | None:
        """The infusion that was started and not stopped; it may be paused."""
        return self.infusions[-1] if self.infusions and self.infusions[-1].ended_at is None else None

    def take(self, event: Event) -> list[str]:
        """Enter an order, a dose, or a step of an infusion; the names of what is wrong with it."""
        if event.type not in ENTERED:
            return []
        if event.type == "ordered":
            self.orders.append(self._order(event))
            return []
        wrong = self._shot(event) if event.type == "dose-given" else self._infusion(event)
        begins = [one.at for one in self.shots[:1]] + [one.started_at for one in self.infusions[:1]]
        self.first_at = min(begins, default=None)
        return wrong

    def _order(self, event: Event) -> Order:
        """A further dose where the order says so, or where it would ask for nothing more if it were the total."""
        order, former = Order(event), self.order
        if self.first_at is None or former is None or self.running is not None:
            return order
        if (former.substance, former.route) != (order.substance, order.route):
            return order
        given, told = self.given_mg(event.observed_at), event.body.get("further")
        if told is None:
            asked, own = former.dose_mg, order.own_mg
            is_given = asked is not None and (given >= asked or close(given, asked))
            told = is_given and own is not None and own <= given
        return Order(event, True, given, len(self.shots)) if told else order

    def _shot(self, event: Event) -> list[str]:
        body, wrong = event.body, []
        dose_mg, volume, strength = (
            body.get(key) for key in ("dose_mg", "volume_ml", "concentration_mg_per_ml")
        )
        drawn = None if volume is None or strength is None else volume * strength
        if dose_mg is None:
            wrong = ["dose-without-amount" if drawn is None else "dose-worked-out"]
            dose_mg = drawn
        elif drawn is not None and not close(dose_mg, drawn):
            wrong = ["dose-arithmetic"]
        if dose_mg == 0:
            wrong.append("dose-of-zero")
        device = body.get("device")
        if device is not None and any(shot.event.body.get("device") == device for shot in self.shots):
            wrong.append("device-twice")
        elif any(_by_two(shot.event, event) for shot in self.shots):
            wrong.append("dose-by-two")
        self.shots.append(Shot(event, dose_mg))
        return wrong

    def _infusion(self, event: Event) -> list[str]:
        at, told = event.observed_at, event.body.get("rate_mg_per_min")
        running = self.running
        if running is None:
            rate, wrong = self._rate(told)
            late = event.type != "infusion-started"
            if event.type in ("infusion-stopped", "infusion-paused"):
                return ["infusion-order"]
            self.infusions.append(Infusion(event, pieces=[(at, None, rate)]))
            return ["infusion-order", *wrong] if late else wrong
        former = running.pieces[-1][2]
        if event.type == "infusion-stopped":
            if running.flowing:
                running.pause(at)
            running.ended_at = at
            return []
        if event.type == "infusion-paused":
            wrong = [] if running.flowing else ["infusion-order"]
            if running.flowing:
                running.pause(at)
            return wrong
        wrong = ["infusion-order"] if running.flowing else []
        if running.flowing:
            running.pause(at)
        running.pieces.append((at, None, former if told is None else told))
        return wrong

    def _rate(self, told: float | None) -> tuple[float | None, list[str]]:
        if told is not None:
            return told, []
        ordered = None if self.order is None else self.order.rate_mg_per_min
        return ordered, ["infusion-without-rate" if ordered is None else "infusion-rate-from-order"]

    def entries(self, until: datetime) -> list[Entry]:
        """The doses: what was recorded during an infusion is that infusion's, not given beside it."""
        loose = list(self.shots)
        found: list[Entry] = []
        for place, infusion in enumerate(self.infusions):
            following = self.infusions[place + 1].started_at if place + 1 < len(self.infusions) else None
            own = [shot for shot in loose if _during(shot, infusion, following)]
            run = infusion.run_mg(until)
            if not own:
                own = [shot for shot in loose if _is_record(shot, infusion, following, run)][:1]
            loose = [shot for shot in loose if shot not in own]
            found.append(_entry(infusion, own, run))
        single = bool(self.infusions)  # where infusions are recorded as such, other doses are given at once
        found += [Entry(shot.at, shot.at if single else None, shot.dose_mg, (shot,), None) for shot in loose]
        return sorted(found, key=lambda one: one.at)

    def given_mg(self, until: datetime) -> float:
        """The sum of all that was given until then; an unknown amount is missing from it."""
        if not self.infusions:
            amounts: Iterator[float | None] = (shot.dose_mg for shot in self.shots)
        else:
            amounts = (entry.dose_mg for entry in self.entries(until))
        return tidy(math.fsum(one for one in amounts if one is not None))


def _during(shot: Shot, infusion: Infusion, following: datetime | None) -> bool:
    if following is not None and shot.at >= following:
        return False
    return infusion.started_at <= shot.at and (infusion.ended_at is None or shot.at <= infusion.ended_at)


def _is_record(shot: Shot, infusion: Infusion, following: datetime | None, run: float | None) -> bool:
    """A dose entered after the end that is as much as ran in is the record of the infusion."""
    if infusion.ended_at is None or shot.at < infusion.ended_at:
        return False
    if following is not None and shot.at >= following:
        return False
    return run is None or (shot.dose_mg is not None and close(shot.dose_mg, run))


def _entry(infusion: Infusion, own: list[Shot], run: float | None) -> Entry:
    recorded = [shot.dose_mg for shot in own if shot.dose_mg is not None]
    amounts = [*([math.fsum(recorded)] if recorded else []), *([] if run is None else [run])]
    ended = infusion.ended_at
    if ended is not None:
        ended = max([ended, *(shot.at for shot in own)])
    dose = max(amounts) if amounts else None
    return Entry(infusion.started_at, ended, None if dose is None else tidy(dose), tuple(own), infusion, run)
