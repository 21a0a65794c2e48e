"""Preparation: intentions in one's own words, and wishes for the setting."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from upwell.pathway.course.models import Course
    from upwell.pathway.preparation.models import Intention, SettingWish

__all__ = ["intention_for_session", "wishes_for_session"]


def intention_for_session(course: Course) -> Intention | None:
    """The latest intention, if the person wishes it to be shown at the session; else None."""
    from upwell.pathway.preparation.queries import intention_for_session as asked

    return asked(course)


def wishes_for_session(course: Course) -> SettingWish | None:
    """What the person wishes around them at a dose; None where nothing was said."""
    from upwell.pathway.preparation.queries import wishes_for_session as asked

    return asked(course)
