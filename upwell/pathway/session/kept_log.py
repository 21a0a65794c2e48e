"""Logs that were read lately. A row of a log never changes, so what was read and is durable need not be read again.

Which rows there are, and which of them the actor may see, PostgreSQL says each time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from uuid import UUID

from django.db import transaction

from upwell.base.asking import ask
from upwell.base.kept_query import kept_query
from upwell.pathway.session.models import Session, SessionEvent, SessionQuarantine
from upwell.science.session import Author, Event

MOST_KEPT = 256
CLOCK_AHEAD = timedelta(minutes=1)  # below that, two clocks are one
# Which rows there are, in the order of the log, as text, which Python looks up faster than a UUID.
_LOGGED = "SELECT id, observed_at, received_at FROM session_sessionevent WHERE session_id = %s"
_ASIDE = "SELECT id, received_at FROM session_sessionquarantine WHERE session_id = %s"


def ids_sql(logged: str = _LOGGED) -> str:
    """The two columns that say which rows a log has: entries, and what was set aside. Asked with the session, twice."""
    return (
        f"(SELECT string_agg(id::text, ' ' ORDER BY observed_at, received_at, id) FROM ({logged}) AS log),"  # noqa: S608
        f" (SELECT string_agg(id::text, ' ' ORDER BY received_at, id) FROM ({_ASIDE}) AS aside)"
    )


@dataclass(frozen=True, slots=True)
class Read:
    """One row, the event of the contract that it is, and whether its device's clock was not to be believed."""

    row: SessionEvent
    event: Event
    clock_is_off: bool = False


@dataclass(frozen=True, slots=True)
class Log:
    """A session's log in its order, and what was set aside."""

    entries: tuple[Read, ...]
    set_aside: tuple[SessionQuarantine, ...]


@dataclass(slots=True)
class Fresh:
    """What this transaction has stored, and which rows the log had right after it, where the insert said so."""

    read: dict[str, Read] = field(default_factory=dict)
    ids: Ids | None = None


Ids = tuple[Sequence[str], Sequence[str]]  # entries, and what was set aside, each in the order of the log
_kept: dict[UUID, dict[str, Read]] = {}


def log_of(session: Session, fresh: Fresh | None = None) -> Log:
    """The log as the actor may see it. ``fresh`` is what this transaction has just stored.

    One statement, none where the insert has told which rows there are; and one more for what nobody has read here yet.
    """
    just_stored, ids = (fresh.read, fresh.ids) if fresh is not None else ({}, None)
    logged, aside = ids or _ids_of(session)
    kept = {**_kept.get(session.id, {}), **just_stored}
    wanted = [id_ for id_ in logged if id_ not in kept]
    if wanted:
        kept |= {str(row.id): read_of(session, row) for row in _rows(_uuids(wanted))}
    if wanted or just_stored:
        new = {id_: kept[id_] for id_ in (*wanted, *just_stored) if id_ in kept}
        # Only what is durable: an entry that is rolled back may come again with another time.
        transaction.on_commit(lambda: _keep(session.id, new))
    entries = tuple([kept[id_] for id_ in logged if id_ in kept])
    return Log(entries, tuple(_set_aside(_uuids(aside))) if aside else ())


def _ids_of(session: Session) -> Ids:
    [ids] = ask(_ids(), [session.id, session.id])
    return ids_told(*ids)


@cache
def _ids() -> str:
    return f"SELECT {ids_sql()}"


def ids_told(logged: str | None, aside: str | None) -> Ids:
    """The ids in the two columns of ``ids_sql``."""
    return (logged or "").split(), (aside or "").split()


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


def read_of(session: Session, row: SessionEvent) -> Read:
    """A stored row, read."""
    ahead = row.observed_at - row.received_at > CLOCK_AHEAD
    return Read(row, as_event(session, row), ahead or abs(row.clock_off_s or 0) > CLOCK_AHEAD.total_seconds())


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
