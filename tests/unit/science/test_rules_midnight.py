"""A session may go over midnight, by the clock of the place or by UTC: nothing changes by it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from tests.spec.facts import HOME, IN_SESSION, READY, ask, changed, severities

# So many hours later, by the clocks of New York and of UTC: asked just before, at, and after midnight.
MIDNIGHTS = [
    (hours, zone)
    for hours in (9, 9.2, 10.5, 13.9, 14, 14.1, 15.5)
    for zone in (timezone(timedelta(hours=-5)), UTC)
]


def later(facts: Any, hours: float, zone: timezone) -> Any:
    """The same facts so many hours later, told by another clock."""
    if isinstance(facts, dict):
        return {key: later(value, hours, zone) for key, value in facts.items()}
    if isinstance(facts, list):
        return [later(value, hours, zone) for value in facts]
    if isinstance(facts, str) and facts.startswith("2026-03-02T"):
        return (datetime.fromisoformat(facts) + timedelta(hours=hours)).astimezone(zone).isoformat()
    return facts


@pytest.mark.parametrize(("hours", "zone"), MIDNIGHTS)
@pytest.mark.parametrize(
    ("gate", "facts"), [("predose", READY), ("session", IN_SESSION), ("discharge", HOME)]
)
def test_midnight_changes_nothing(gate: str, facts: dict[str, Any], hours: float, zone: timezone) -> None:
    now, then = ask(gate, facts), ask(gate, later(facts, hours, zone))
    assert (then["outcome"], severities(then)) == (now["outcome"], severities(now))
    assert then.get("criteria") == now.get("criteria")
    for clock in ("minutes_since_first_dose", "minutes_since_last_dose"):
        assert then.get("clock", {}).get(clock) == now.get("clock", {}).get(clock)


@pytest.mark.parametrize(("hours", "zone"), MIDNIGHTS)
def test_who_was_asked_about_suicide_before_midnight_was_asked_today(hours: float, zone: timezone) -> None:
    facts = changed(READY, "answers.suicide_risk_at", "2026-03-02T09:50:00-05:00")
    assert "predose.suicide-risk.not-today" not in severities(ask("predose", later(facts, hours, zone)))


def test_the_evening_before_is_not_this_morning() -> None:
    facts = changed(READY, "vitals.0.at", "2026-03-01T21:00:00-05:00")
    assert severities(ask("predose", facts))["predose.heart-rate"] == "unknown"
