"""Sessions under row security: the row of a session names its log-in, and one statement lets a person in."""

from __future__ import annotations

from typing import Any, NamedTuple
from uuid import UUID

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.db import DEFAULT_DB_ALIAS, connections

from upwell.access.at_the_door import at_the_door
from upwell.access.models import Session
from upwell.base.clock import now
from upwell.people.models import Account

SWEPT_AT_ONCE = 100  # what is left of sessions that ended goes bit by bit, with each one that begins

_FIELDS = [field.attname for field in Account._meta.concrete_fields]
_COLUMNS = ", ".join(f"(account).{field.column}" for field in Account._meta.concrete_fields)
_ENTER = f"SELECT session_data, works, charts, time_zone, {_COLUMNS} FROM upwell_enter(%s, %s)"  # noqa: S608
_SWEEP = (
    "DELETE FROM access_session WHERE session_key IN"
    " (SELECT session_key FROM access_session WHERE expire_date < %s LIMIT %s FOR UPDATE SKIP LOCKED)"
)


class Entered(NamedTuple):
    """Whose session it is: the log-in, whether they work anywhere, their own charts and the clock of the first."""

    account: Account
    works: bool
    charts: tuple[UUID, ...]
    time_zone: str


class SessionStore(DatabaseSessionStore):
    """Django's sessions in the database, reached by their key alone. ``entered`` is who came in with it."""

    entered: Entered | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def load(self) -> dict[str, Any]:
        """Read the session, and with it the person whose it is: one statement."""
        self.entered = None
        row = None
        if self.session_key and self.session_key.isalnum():  # what a browser sends may be anything
            with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
                cursor.execute(_ENTER, [self.session_key, now()])
                row = cursor.fetchone()
        if row is None:
            self._session_key = None
            return {}
        session_data, works, charts, time_zone, *account = row
        if account[0] is not None:
            person = Account.from_db(DEFAULT_DB_ALIAS, _FIELDS, account)
            self.entered = Entered(person, works, tuple(charts or ()), time_zone or "UTC")
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
