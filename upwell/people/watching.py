"""Whether somebody at a practice watches over its alerts at a moment, by the hours that it has said. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Protocol
from zoneinfo import ZoneInfo

TO = "-"  # between the two times of a day
LOOK_AHEAD_DAYS = 62  # a practice that is away longer has said nothing about when it is back


class Hours(Protocol):
    """What is asked of a practice."""

    time_zone: str

    @property
    def watched(self) -> Sequence[str]: ...

    @property
    def not_watched_on(self) -> Collection[date]: ...


class Watched(StrEnum):
    """Whether somebody watches."""

    NOW = "now"
    NOT_NOW = "not-now"
    NOT_SAID = "not-said"  # the practice has said nothing: nobody may count on it


@dataclass(frozen=True, slots=True)
class Watch:
    """Whether somebody watches now; until when, or from when on again, on the practice's clock."""

    state: Watched
    until: datetime | None = None
    again_at: datetime | None = None

    @property
    def is_now(self) -> bool:
        return self.state is Watched.NOW

    @property
    def is_said(self) -> bool:
        return self.state is not Watched.NOT_SAID


def watch_at(practice: Hours, at: datetime) -> Watch:
    """Whether somebody watches at this moment."""
    if not any(practice.watched):
        return Watch(Watched.NOT_SAID)
    here = at.astimezone(ZoneInfo(practice.time_zone))
    for ahead in range(LOOK_AHEAD_DAYS):
        day = here.date() + timedelta(days=ahead)
        span = _span(practice, day, here)
        if span is None or span[1] <= here:
            continue
        opens, closes = span
        if opens <= here:
            return Watch(Watched.NOW, until=closes)
        return Watch(Watched.NOT_NOW, again_at=opens)
    return Watch(Watched.NOT_NOW)


def _span(practice: Hours, day: date, here: datetime) -> tuple[datetime, datetime] | None:
    hours = practice.watched[day.weekday()]
    if not hours or day in practice.not_watched_on:
        return None
    opens, closes = (datetime.combine(day, time.fromisoformat(one), here.tzinfo) for one in hours.split(TO))
    return opens, closes
