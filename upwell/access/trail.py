"""What was looked at during a request: collected by the queries, written by the door as one audit row."""

from __future__ import annotations

from collections.abc import Iterable
from contextvars import ContextVar
from uuid import UUID

_seen: ContextVar[list[UUID] | None] = ContextVar("upwell_seen", default=None)
MOST_NAMED = 200


def start() -> None:
    """Begin a fresh list for a request."""
    _seen.set([])


def looked_at(patient_ids: Iterable[UUID]) -> None:
    """Note that these charts were shown, so that the audit row of the request names them."""
    seen = _seen.get()
    if seen is not None:
        seen.extend(patient_ids)


def finish() -> list[UUID]:
    """The charts shown since ``start``, each once, and end the list."""
    seen = _seen.get() or []
    _seen.set(None)
    return list(dict.fromkeys(seen))
