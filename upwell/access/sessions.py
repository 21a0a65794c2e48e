"""Sessions under row security: the row of a session names its log-in, and one statement lets a person in."""

from __future__ import annotations

from typing import Any, NamedTuple
from uuid import UUID

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.db import DEFAULT_DB_ALIAS, connections

from upwell.access.at_the_door import at_the_door
from upwell.access.models import Session
from upwell.base.asking import ask
from upwell.base.clock import now
from upwell.base.reading import Part, objects_of
from upwell.people.models import Account, Membership, Practice

SWEPT_AT_ONCE = 100  # what is left of sessions that ended goes bit by bit, with each one that begins

_ACCOUNT = Part("(e.account)", Account)
_PLACE = (Part("m", Membership), Part("c", Practice))
_ENTER = (
    f"SELECT e.session_data, e.charts, e.time_zone, {_ACCOUNT.columns}, {', '.join(one.columns for one in _PLACE)}"  # noqa: S608
    " FROM upwell_enter(%s, %s) e LEFT JOIN (people_membership m JOIN people_practice c ON c.id = m.practice_id)"
    " ON m.account_id = (e.account).id AND m.active AND cardinality(m.roles) > 0 ORDER BY c.name"
)
_SWEEP = (
    "DELETE FROM access_session WHERE session_key IN"
    " (SELECT session_key FROM access_session WHERE expire_date < %s LIMIT %s FOR UPDATE SKIP LOCKED)"
)


class Entered(NamedTuple):
    """Whose session it is: the log-in, where they work, first by name; else their charts and the clock of the first."""

    account: Account
    places: list[Membership]
    charts: tuple[UUID, ...]
    time_zone: str


def _places(rows: list[tuple[Any, ...]]) -> list[Membership]:
    first = len(rows[0]) - sum(one.width for one in _PLACE)
    places = []
    for row in rows:
        if row[first] is not None:
            membership, membership.practice = objects_of(_PLACE, row, first)
            places.append(membership)
    return places


class SessionStore(DatabaseSessionStore):
    """Django's sessions in the database, reached by their key alone. ``entered`` is who came in with it."""

    entered: Entered | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def load(self) -> dict[str, Any]:
        """Read the session, and with it the person whose it is: one statement."""
        self.entered = None
        rows = []
        if self.session_key and self.session_key.isalnum():  # what a browser sends may be anything
            rows = ask(_ENTER, [self.session_key, now()])
        if not rows:
            self._session_key = None
            return {}
        session_data, charts, time_zone, *found = rows[0]
        if found[0] is not None:
            account = _ACCOUNT.made_of(found[: _ACCOUNT.width])
            self.entered = Entered(account, _places(rows), tuple(charts or ()), time_zone or "UTC")
        return self.decode(session_data)

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        kept: Any = super().create_model_instance(data)
        kept.account_id = data.get(SESSION_KEY)
        return kept  # type: ignore[no-any-return]

    def create(self) -> None:
        with at_the_door():
            with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
                cursor.execute(_SWEEP, [now(), SWEPT_AT_ONCE])
            super().create()

    def save(self, must_create: bool = False) -> None:
        with at_the_door():
            super().save(must_create)

    def exists(self, session_key: str) -> bool:
        with at_the_door():
            return super().exists(session_key)

    def delete(self, session_key: str | None = None) -> None:
        with at_the_door():
            super().delete(session_key)

    @classmethod
    def clear_expired(cls) -> None:
        with at_the_door():
            super().clear_expired()
