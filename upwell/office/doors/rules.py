"""Whether a link still works, and for whom. Pure."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum


class LinkState(StrEnum):
    """What has become of an invitation's link."""

    OPEN = "open"
    USED = "used"
    REVOKED = "revoked"
    EXPIRED = "expired"


def link_state(
    *, accepted_at: datetime | None, revoked_at: datetime | None, expires_at: datetime, at: datetime
) -> LinkState:
    """Used before revoked before expired: the reason that tells the person most."""
    if accepted_at is not None:
        return LinkState.USED
    if revoked_at is not None:
        return LinkState.REVOKED
    return LinkState.OPEN if at < expires_at else LinkState.EXPIRED


def same_address(one: str, other: str) -> bool:
    """Whether two e-mail addresses are the same, capitals aside."""
    return one.strip().casefold() == other.strip().casefold()
