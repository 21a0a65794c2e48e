"""Times as a practice's clock shows them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils import timezone


@contextmanager
def local_time(time_zone: str) -> Iterator[None]:
    """Within, pages speak the time of this zone; a name that the system does not know means UTC."""
    try:
        zone = ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        zone = ZoneInfo("UTC")
    if zone is timezone.get_current_timezone():  # the door has set it already
        yield
        return
    with timezone.override(zone):
        yield
