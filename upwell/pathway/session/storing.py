"""One entry stored, told to whoever listens, and which rows the log has then: one statement."""

from __future__ import annotations

from functools import cache

from upwell.base.asking import ask
from upwell.base.inserting import insert_sql, values_of
from upwell.pathway.session.kept_log import Fresh, ids_sql, ids_told, read_of
from upwell.pathway.session.models import Session, SessionEvent

CHANNEL = "upwell_session"  # PostgreSQL tells the live door: ids only, never content
_TELL = "SELECT pg_notify(%s, %s)"


def store_entry(session: Session, row: SessionEvent, fresh: Fresh) -> bool:
    """Store an entry of a locked session unless its id is there already; whether it was stored.

    ``fresh`` takes it in, and the log as it stands then.
    """
    values = [*values_of(row), *_told(session, str(row.id)), session.id, session.id]
    [(is_new, *ids)] = ask(_statement(), values)
    if is_new:
        fresh.read[str(row.id)] = read_of(session, row)
        fresh.ids = ids_told(*ids)
    return bool(is_new)


def tell(session: Session, entry_id: str) -> None:
    """On commit, PostgreSQL tells whoever listens that there is something new."""
    ask(_TELL, _told(session, entry_id))


def _told(session: Session, entry_id: str) -> tuple[str, str]:
    return CHANNEL, f"{session.id} {entry_id} {session.practice_id}"


@cache
def _statement() -> str:
    # A statement sees the rows from before it, so those that it stores itself are put beside them.
    logged = (
        "SELECT id, observed_at, received_at FROM session_sessionevent WHERE session_id = %s"
        " UNION ALL SELECT id, observed_at, received_at FROM stored"
    )
    return (
        f"WITH stored AS ({insert_sql(SessionEvent, once=True)} RETURNING id, observed_at, received_at),"  # noqa: S608
        f" told AS ({_TELL} FROM stored)"
        f" SELECT EXISTS (SELECT FROM told), {ids_sql(logged)}"
    )
