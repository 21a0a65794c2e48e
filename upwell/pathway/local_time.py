"""The day at a practice. Its clock is set at the door; a page about another practice's chart sets it anew."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from upwell.access.local_time import local_time
from upwell.base.clock import now

__all__ = ["local_time", "today"]


def today() -> date:
    """The day that it is on the practice's clock."""
    return timezone.localdate(now())
