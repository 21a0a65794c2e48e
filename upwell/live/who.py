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


@dataclass(frozen=True, slots=True)
class Listener:
    """A person who may listen to one session."""

    account_id: UUID
    session_id: UUID


def listener_of(cookie: str, session_id: UUID, *, first: bool) -> Listener | None:
    """The person, if their log-in holds and they may see the session; the first look stands in the trail.

    Called in a thread: it asks the database, and gives its connection back.
    """
    try:
        return _listener(cookie, session_id, first=first)
    finally:
        connection.close()


def _listener(cookie: str, session_id: UUID, *, first: bool) -> Listener | None:
    actor = _actor(cookie)
    if actor.account_id is None or not actor.is_staff or not may(actor, PERMISSION):
        return None
    with acting_as(actor):
        patient_id = (
            Session.objects.filter(id=session_id, practice_id=actor.practice_id or actor.account_id)
            .values_list("patient_id", flat=True)
            .first()
        )
        if patient_id is None:
            return None
        if first:
            record(
                "session.watched",
                by=actor,
                patient_id=patient_id,
                object_type="session",
                object_id=session_id,
            )
    return Listener(actor.account_id, session_id)


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
