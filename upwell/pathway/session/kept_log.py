"""Logs that were read lately. A row of a log never changes, so what was read and is durable need not be read again.

Which rows there are, and which of them the actor may see, PostgreSQL says each time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction

from upwell.base.kept_query import kept_query
from upwell.pathway.session.models import Session, SessionEvent, SessionQuarantine
from upwell.science.session import Author, Event

MOST_KEPT = 256
_IDS = (
    "SELECT id::text, aside FROM ("  # as text, which Python looks up faster than a UUID
    "SELECT id, false AS aside, observed_at, received_at FROM session_sessionevent WHERE session_id = %s"
    " UNION ALL SELECT id, true, received_at, received_at FROM session_sessionquarantine WHERE session_id = %s"
    ") AS log ORDER BY aside, observed_at, received_at, id"
)


@dataclass(frozen=True, slots=True)
class Read:
    """One row, and the event of the contract that it is."""

    row: SessionEvent
    event: Event


@dataclass(frozen=True, slots=True)
class Log:
    """A session's log in its order, and what was set aside."""

    entries: tuple[Read, ...]
    set_aside: tuple[SessionQuarantine, ...]


_kept: dict[UUID, dict[str, Read]] = {}


def log_of(session: Session, fresh: Mapping[str, Read]) -> Log:
    """The log as the actor may see it. ``fresh`` is what this transaction has just stored.

    One statement, and one more for what nobody has read here yet.
    """
    with connection.cursor() as cursor:
        cursor.execute(_IDS, [session.id, session.id])
        ids: list[tuple[str, bool]] = cursor.fetchall()
    kept = {**_kept.get(session.id, {}), **fresh}
    wanted = [id_ for id_, aside in ids if not aside and id_ not in kept]
    new = {str(row.id): Read(row, as_event(session, row)) for row in _rows(_uuids(wanted))} if wanted else {}
    if new or fresh:
        # Only what is durable: an entry that is rolled back may come again with another time.
        transaction.on_commit(lambda: _keep(session.id, {**new, **fresh}))
    entries = tuple(
        new.get(id_) or kept[id_] for id_, aside in ids if not aside and (id_ in kept or id_ in new)
    )
    aside = [id_ for id_, is_aside in ids if is_aside]
    return Log(entries, tuple(_set_aside(_uuids(aside))) if aside else ())


def _keep(session_id: UUID, read: Mapping[str, Read]) -> None:
    former = _kept.pop(session_id, {})
    while len(_kept) >= MOST_KEPT:
        _kept.pop(next(iter(_kept)), None)
    _kept[session_id] = {**former, **read}


def _uuids(ids: Sequence[str]) -> list[UUID]:
    return [UUID(one) for one in ids]


@kept_query(list)
def _rows(ids: list[UUID]):  # type: ignore[no-untyped-def]
    return SessionEvent.objects.filter(id__any=ids)


@kept_query(list)
def _set_aside(ids: list[UUID]):  # type: ignore[no-untyped-def]
    return SessionQuarantine.objects.filter(id__any=ids).order_by("received_at", "id")


def as_event(session: Session, row: SessionEvent) -> Event:
    """The stored row as an event of the contract. What a clock that is ahead calls the future counts as received."""
    return Event(
        id=str(row.id),
        session=str(session.id),
        type=row.type,
        observed_at=min(row.observed_at, row.received_at),
        received_at=row.received_at,
        body=row.body,
        author=Author(row.author, row.author_role or None) if row.author else None,
        device=row.device or None,
        session_type=session.kind,
    )
