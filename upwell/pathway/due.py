"""By when something is to be done: the words of the knowledge as a moment of the practice's own day."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from upwell.knowledge.aftercare import Due

LAST_MINUTE = time(23, 59)


def due_at(due: Due, at: datetime, zone: str) -> datetime:
    """The moment that the words mean on the practice's clock; a day ends with its last minute."""
    if due is Due.AT_ONCE:
        return at
    day = at.astimezone(ZoneInfo(zone)).date() + timedelta(days=due is Due.NEXT_DAY)
    return datetime.combine(day, LAST_MINUTE, ZoneInfo(zone))
