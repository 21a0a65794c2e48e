"""The clock, in one place. Pure code takes the time as an argument instead."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

MONTHS_IN_YEAR = 12
_played: ContextVar[datetime | None] = ContextVar("upwell_clock", default=None)


def now() -> datetime:
    """The present moment, aware, in UTC; in a scene of the demo, the moment at which it plays."""
    return _played.get() or datetime.now(UTC)


@contextmanager
def playing_at(moment: datetime) -> Iterator[None]:
    """The demo plays a scene at a moment in the past, with the same actions as on any day."""
    token = _played.set(moment)
    try:
        yield
    finally:
        _played.reset(token)
