"""Consent: what to expect, teach-back, signature, withdrawal."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from upwell.pathway.consent.rules import ConsentStatus, Why

if TYPE_CHECKING:
    from upwell.pathway.course.models import Course

__all__ = ["ConsentStatus", "Why", "consent_in_force"]


def consent_in_force(course: Course, at: datetime) -> ConsentStatus:
    """Whether the person's consent is in force for what this course gives, at a time, and why."""
    from upwell.pathway.consent.queries import consent_in_force as asked

    return asked(course, at)
