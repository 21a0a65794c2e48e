"""What may not happen to a practice's staff. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Staffing:
    """One person's work at a practice, as far as the rules ask."""

    id: UUID
    roles: frozenset[str]
    active: bool


def leaves_no_admin(staff: Iterable[Staffing], changed: Staffing) -> bool:
    """Whether a practice that has an admin would have none after the change."""
    before = [one for one in staff if one.active and ADMIN in one.roles]
    after = [one for one in before if one.id != changed.id]
    if changed.active and ADMIN in changed.roles:
        after.append(changed)
    return bool(before) and not after
