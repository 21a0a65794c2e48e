"""Who listens at the live door, and whether they may: the log-in, the permission and row security, as on a page."""

from __future__ import annotations

import time
from dataclasses import dataclass
from importlib import import_module
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.http import HttpRequest

from upwell.access.acting import acting_as
from upwell.access.middleware import SEEN_KEY
from upwell.access.roles import may
from upwell.access.signed_in import person_of
from upwell.access.who import actor_of
from upwell.audit.actions import record
from upwell.base.actor import ANONYMOUS, Actor
from upwell.pathway.session.models import Session

PERMISSION = "session.read"
BOARD_PERMISSION = "session.board"


@dataclass(frozen=True, slots=True)
class Listener:
    """A person who may listen: to one session, or to all of their practice. ``about`` is its id, or the practice's."""

    account_id: UUID
    about: UUID
    is_board: bool = False


def listener_of(cookie: str, session_id: UUID | None) -> Listener | None:
    """The person, if their log-in holds and they may see the session (none: the chairs of their practice).

    The look stands in the trail. Called in a thread: it asks the database, and gives its connection back.
    """
    try:
        actor = _staff(cookie)
        if actor is None or actor.account_id is None:
            return None
        with acting_as(actor):
            if session_id is None:
                return _of_board(actor)
            found = _patients(actor, [session_id])
            if session_id not in found:
                return None
            _note(actor, "session", session_id, found[session_id])
        return Listener(actor.account_id, session_id)
    finally:
        connection.close()


def still_there(cookie: str, listeners: list[Listener]) -> list[Listener]:
    """Those of one log-in that may go on listening. Called in a thread."""
    try:
        actor = _staff(cookie)
        if actor is None:
            return []
        with acting_as(actor):
            seen = _patients(actor, [one.about for one in listeners if not one.is_board])
        boards = {actor.practice_id} if may(actor, BOARD_PERMISSION) else set()
        return [one for one in listeners if one.about in (boards if one.is_board else seen)]
    finally:
        connection.close()


def _staff(cookie: str) -> Actor | None:
    actor = _actor(cookie)
    return actor if actor.account_id is not None and actor.is_staff and may(actor, PERMISSION) else None


def _of_board(actor: Actor) -> Listener | None:
    if actor.practice_id is None or actor.account_id is None or not may(actor, BOARD_PERMISSION):
        return None
    _note(actor, "practice", actor.practice_id, None)
    return Listener(actor.account_id, actor.practice_id, is_board=True)


def _patients(actor: Actor, session_ids: list[UUID]) -> dict[UUID, UUID]:
    """The patients of those sessions that the actor may see, of their own practice."""
    if actor.practice_id is None or not session_ids:
        return {}
    rows = Session.objects.filter(id__in=session_ids, practice_id=actor.practice_id)
    return dict(rows.values_list("id", "patient_id"))


def _note(actor: Actor, kind: str, object_id: UUID, patient_id: UUID | None) -> None:
    record("session.watched", by=actor, patient_id=patient_id, object_type=kind, object_id=object_id)


def _actor(cookie: str) -> Actor:
    """Who came in with this cookie. Listening keeps nobody signed in: who is idle is gone here, too."""
    request: Any = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(cookie)
    request.user = person_of(request)
    if not request.user.is_authenticated:
        return ANONYMOUS
    now_s = int(time.time())
    if now_s - request.session.get(SEEN_KEY, now_s) > settings.UPWELL_IDLE_MINUTES * 60:
        return ANONYMOUS
    return actor_of(request)
