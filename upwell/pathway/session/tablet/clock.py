"""A tablet's clock: how far it is off, and when something was observed by the server's."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

LONGEST_OFF = timedelta(days=36_500)  # a tablet without a battery begins in 1970; beyond that it is no clock


@dataclass(frozen=True, slots=True)
class Captured:
    """When an entry was captured, by the server's clock, and how far the tablet's was off."""

    at: datetime | None
    off_s: float | None


def captured(content: Mapping[str, Any], sent_at: str, received: datetime) -> Captured:
    """What the tablet's clock said, less what it was off when the page last heard the server.

    A tablet that never heard the server's clock is compared when it delivers.
    """
    by_tablet = moment(content.get("device_at"))
    if by_tablet is None:
        return Captured(None, None)
    off_s = _off(content.get("clock_off_ms"))
    if off_s is None and (sent := moment(sent_at)) is not None:
        off_s = (sent - received).total_seconds()
    if off_s is None or abs(off_s) > LONGEST_OFF.total_seconds():
        return Captured(by_tablet, None)
    return Captured(by_tablet - timedelta(seconds=off_s), round(off_s, 1))


def moment(text: Any) -> datetime | None:
    """An aware moment; nothing where the text is none."""
    if not isinstance(text, str):
        return None
    try:
        found = datetime.fromisoformat(text)
        return None if found.tzinfo is None else found - timedelta(0)
    except (ValueError, OverflowError):
        return None


def _off(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return value / 1000
