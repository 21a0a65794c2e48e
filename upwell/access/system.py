"""Who acts when nobody is at the keyboard: the one place where system actors are made."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from upwell.base.actor import Actor, ActorKind, Compartment


class Purpose(StrEnum):
    """Why the system acts; written into every audit row."""

    IMPORT = "import"
    DEMO = "demo"
    LOG_IN = "log-in"
    JOB = "job"
    SETUP = "set-up"
    COUNT = "count"  # numbers over many patients
    BENCHMARK = "benchmark"
    SHARED_CARE = "shared-care"  # at a second practice, as the patient's releases allow
    TRIAGE = "triage"  # what a person's answers do to the alerts about them, which they don't see themselves
    BEDSIDE = "bedside"  # finds whose pass it is with which a tablet writes
    CHAPERONE = "chaperone"  # finds whose link or key somebody at home holds, and writes down what they tell
    BOOKING = "booking"  # finds the course that a booking belongs to; the front desk sees no courses


def system_actor(
    purpose: Purpose | str, practice_id: UUID | None = None, account_id: UUID | None = None
) -> Actor:
    """The system, for a named purpose, bound to one practice where there is one.

    ``account_id`` names the person on whose behalf it acts (``--as`` on the command line).
    """
    named = Purpose(purpose)
    return Actor(
        kind=ActorKind.SYSTEM,
        purpose=named.value,
        account_id=account_id,
        practice_id=practice_id,
        compartments=frozenset(Compartment),
        name=f"system ({named.value})",
    )
