"""What adding and changing share: the practice, and former states."""

from __future__ import annotations

from typing import Any

from upwell.base.actor import Actor
from upwell.office.practice.place import here
from upwell.people.models import Patient, Practice


def own_practice(by: Actor) -> Practice:
    """The practice that the actor works at."""
    return Practice.objects.get(id=here(by))


def former_state(patient: Patient, version: int) -> Any:
    """The last state that the chart had in a version, or None."""
    return patient.events.filter(version=version).order_by("pgh_id").last()  # type: ignore[attr-defined]
