"""A story as data (``data/stories.toml``): beats, each with its moment, who does it, and what is done."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from upwell.platform.demo.calendar import weekday_before
from upwell.platform.demo.cast import DATA

_TIMES = ("days_ago", "at", "hours_ago")
_OWN = {"do", "who", *_TIMES}


@dataclass(frozen=True, slots=True)
class Beat:
    """One thing that somebody did. ``who`` is a role at the story's practice, or ``role@practice``."""

    do: str
    who: str
    days_ago: int | None
    at: str
    hours_ago: float | None
    what: dict[str, Any]

    def moment(self, loaded_at: datetime, zone: ZoneInfo) -> datetime:
        """When that was, counted back from the moment of loading; nobody works at the weekend."""
        if self.days_ago is None:
            return loaded_at - timedelta(hours=self.hours_ago or 0)
        day = weekday_before(loaded_at.astimezone(zone).date() - timedelta(days=self.days_ago))
        return datetime.combine(day, time.fromisoformat(self.at), zone)


@dataclass(frozen=True, slots=True)
class Story:
    """What one person went through, from the first beat to where they stand today."""

    practice: str
    chart: str
    beats: tuple[Beat, ...]


@cache
def stories() -> tuple[Story, ...]:
    """The stories as they are shipped."""
    data = tomllib.loads((DATA / "stories.toml").read_text("utf-8"))
    return tuple(
        Story(entry["practice"], entry["chart"], tuple(_beat(one) for one in entry["beats"]))
        for entry in data["stories"]
    )


def _beat(entry: dict[str, Any]) -> Beat:
    return Beat(
        do=entry["do"],
        who=entry["who"],
        days_ago=entry.get("days_ago"),
        at=entry.get("at", "10:00"),
        hours_ago=entry.get("hours_ago"),
        what={key: value for key, value in entry.items() if key not in _OWN},
    )
