"""Who plays in the demo: practices, people, imports and courses of care, as data (``data/cast.toml``)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Person:
    """One of a practice's demo people; a patient names their chart."""

    role: str
    name: str
    email: str
    chart: str = ""


@dataclass(frozen=True, slots=True)
class Answers:
    """What a patient answered at one time: the items of each instrument, in order."""

    instruments: dict[str, list[int]]
    days_ago: int = 0
    hours_ago: float = 0
    at: str = ""

    def moment(self, loaded_at: datetime, zone: ZoneInfo) -> datetime:
        """When that was, counted back from the moment of loading."""
        if not self.at:
            return loaded_at - timedelta(hours=self.hours_ago)
        day = loaded_at.astimezone(zone).date() - timedelta(days=self.days_ago)
        return datetime.combine(day, time.fromisoformat(self.at), zone)


@dataclass(frozen=True, slots=True)
class Course:
    """The scores of one chart over time, who entered them, and what the patient is asked today."""

    chart: str
    answered_by: str
    scores: tuple[Answers, ...]
    asked: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One of the data sets that the practice imports."""

    kind: str
    path: Path
    source: str
    instrument: str = ""
    first_week_days_ago: int = 0


@dataclass(frozen=True, slots=True)
class DemoPractice:
    """A demo practice and everything in it."""

    details: dict[str, str]
    watched: list[str]
    backup_phone: str
    charts: Path
    chairs: tuple[tuple[str, str], ...]
    people: tuple[Person, ...]
    imports: tuple[Delivery, ...]
    courses: tuple[Course, ...]
    knowledge: dict[str, Any]  # when it was signed for, and what is proposed; empty where nobody has signed

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.details["time_zone"])

    def person(self, role: str) -> Person:
        """The demo person in this role."""
        return next(person for person in self.people if person.role == role)


@cache
def cast() -> tuple[DemoPractice, ...]:
    """The demo as it is shipped."""
    data = tomllib.loads((DATA / "cast.toml").read_text("utf-8"))
    return tuple(_practice(entry) for entry in data["practices"])


def _practice(entry: dict[str, Any]) -> DemoPractice:
    kept = ("name", "time_zone", "jurisdiction", "phone", "crisis_line", "staffed_hours")
    return DemoPractice(
        details={key: entry[key] for key in kept},
        watched=entry["watched"],
        backup_phone=entry["backup_phone"],
        charts=DATA / entry["charts"],
        chairs=tuple((chair["name"], chair["note"]) for chair in entry["chairs"]),
        people=tuple(Person(**person) for person in entry["people"]),
        imports=tuple(Delivery(**{**one, "path": DATA / one["path"]}) for one in entry["imports"]),
        courses=tuple(_course(course) for course in entry["courses"]),
        knowledge=entry.get("knowledge", {}),
    )


def _course(entry: dict[str, Any]) -> Course:
    when = ("days_ago", "hours_ago", "at")
    scores = tuple(
        Answers(
            instruments={key: value for key, value in one.items() if key not in when},
            **{key: one[key] for key in when if key in one},
        )
        for one in entry["scores"]
    )
    return Course(**{**entry, "scores": scores})
