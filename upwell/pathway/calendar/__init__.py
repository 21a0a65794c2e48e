"""The calendar: appointments, chairs, no double booking."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from upwell.pathway.calendar.models import Appointment
    from upwell.pathway.course.models import Course

__all__ = ["appointments_of", "expected_today"]


def appointments_of(course: Course) -> list[Appointment]:
    """All appointments of a course that the actor may see, in order. One query."""
    from upwell.pathway.calendar.queries import of_course

    return of_course(course.id)


def expected_today(course_ids: Iterable[UUID], at: datetime) -> set[UUID]:
    """Which of these courses have an appointment on the practice's day that is not cancelled. One query."""
    from upwell.pathway.calendar.queries import expected_today as asked

    return asked(course_ids, at)
