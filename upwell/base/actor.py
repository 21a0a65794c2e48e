"""Who acts: a person in a role at a practice, a patient, or a named part of the system."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class ActorKind(StrEnum):
    """The kinds that row security tells apart; ``anonymous`` sees nothing."""

    STAFF = "staff"
    PATIENT = "patient"
    SYSTEM = "system"
    DOOR = "door"  # whoever is coming in: log-ins and sessions, and no chart
    ANONYMOUS = "anonymous"


class Compartment(StrEnum):
    """Parts of the chart that are kept apart by law or by promise."""

    ADMINISTRATIVE = "administrative"  # who somebody is and how to reach them
    CLINICAL = "clinical"
    PROCESS_NOTES = "process-notes"  # psychotherapy notes, 45 CFR 164.501
    SUBSTANCE_USE = "substance-use"  # 42 CFR Part 2
    JOURNAL = "journal"  # the patient's own, private


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, where, in which roles and why.

    ``account_id`` is the person's log-in (None for the system); ``practice_id`` the practice they act in;
    ``patient_ids`` the charts that are the person's own (patients only; several after a merge).
    ``purpose`` says why: ``care``, ``self``, ``import``, ``log-in``, ``migration``, ``demo``, ``backup`` …
    """

    kind: ActorKind
    purpose: str
    account_id: UUID | None = None
    practice_id: UUID | None = None
    roles: frozenset[str] = frozenset()
    compartments: frozenset[Compartment] = frozenset()
    patient_ids: tuple[UUID, ...] = ()
    name: str = ""

    @property
    def is_staff(self) -> bool:
        return self.kind is ActorKind.STAFF

    @property
    def is_patient(self) -> bool:
        return self.kind is ActorKind.PATIENT


ANONYMOUS = Actor(kind=ActorKind.ANONYMOUS, purpose="none")
