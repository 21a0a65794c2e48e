"""When somebody watches over alerts: by the hours that the practice has said, on its own clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from upwell.people.watching import Watched, watch_at

CHICAGO = ZoneInfo("America/Chicago")
OFFICE = ["09:00-17:00"] * 5 + [""] * 2  # Monday to Friday


@dataclass
class Practice:
    time_zone: str = "America/Chicago"
    watched: list[str] = field(default_factory=lambda: list(OFFICE))
    not_watched_on: list[date] = field(default_factory=list)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHICAGO)


@pytest.mark.parametrize(
    ("moment", "state", "next_change"),
    [
        ("2026-03-02T08:59", Watched.NOT_NOW, "2026-03-02T09:00"),  # Monday, a minute before
        ("2026-03-02T09:00", Watched.NOW, "2026-03-02T17:00"),  # on the dot
        ("2026-03-02T16:59", Watched.NOW, "2026-03-02T17:00"),
        ("2026-03-02T17:00", Watched.NOT_NOW, "2026-03-03T09:00"),  # closed on the dot
        (
            "2026-03-06T18:00",
            Watched.NOT_NOW,
            "2026-03-09T09:00",
        ),  # Friday evening: Monday, past the change of the clock
    ],
)
def test_hours(moment: str, state: Watched, next_change: str) -> None:
    found = watch_at(Practice(), at(moment))
    assert found.state is state
    assert (found.until or found.again_at) == at(next_change)


def test_a_holiday_is_not_watched() -> None:
    found = watch_at(Practice(not_watched_on=[date(2026, 3, 2), date(2026, 3, 3)]), at("2026-03-02T10:00"))
    assert (found.state, found.again_at) == (Watched.NOT_NOW, at("2026-03-04T09:00"))


def test_a_practice_that_says_nothing_is_never_counted_on() -> None:
    assert watch_at(Practice(watched=[]), at("2026-03-02T10:00")).state is Watched.NOT_SAID


def test_away_for_longer_than_anybody_can_say() -> None:
    away = [date.fromordinal(date(2026, 3, 2).toordinal() + day) for day in range(70)]
    found = watch_at(Practice(not_watched_on=away), at("2026-03-02T10:00"))
    assert (found.state, found.again_at) == (Watched.NOT_NOW, None)
