"""Ids: UUIDv7, made in Python, so that they sort by the time they were made."""

from __future__ import annotations

from uuid import UUID

import uuid6


def new_id() -> UUID:
    """A fresh UUIDv7. Plain ``UUID``, so that drivers and JSON treat it as any other."""
    return UUID(int=uuid6.uuid7().int)
