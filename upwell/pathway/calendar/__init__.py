"""The calendar: appointments, chairs, no double booking."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

__all__ = ["expected_today"]


def expected_today(course_ids: Iterable[UUID], at: datetime) -> set[UUID]:
    """Which of these courses have an appointment on the practice's day that is not cancelled. One query."""
    from upwell.pathway.calendar.queries import expected_today as asked

    return asked(course_ids, at)
