"""Who is to be called: sessions with a dose whose call is not done with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet

from upwell.base.kept_query import kept_query
from upwell.knowledge.aftercare import load_aftercare
from upwell.pathway.aftercare.models import NextDayCall
from upwell.pathway.due import due_at
from upwell.pathway.session.models import Session
from upwell.record.queries import PATIENT_BESIDE_NAME

LOOKS_BACK = timedelta(days=7)  # a call that nobody made in this time is past helping; its alert stays
MOST = 200


def to_call(practice_id: UUID, at: datetime) -> Sequence[Session]:
    """The sessions of a practice whose person is still to be called, the earliest first. One query."""
    found = _to_call(practice_id, at - LOOKS_BACK)
    return [one for one in found if _is_called(one)]


@kept_query(UUID, datetime)
def _to_call(practice_id: UUID, since: datetime) -> QuerySet[Session]:
    done = NextDayCall.objects.filter(Q(reached=True) | Q(gives_up=True), session_id=OuterRef("id"))
    rows = Session.objects.filter(~Exists(done), practice_id=practice_id, first_dose_at__gt=since)
    rows = rows.select_related("patient", "practice").defer(*PATIENT_BESIDE_NAME)
    return rows.order_by("first_dose_at")[:MOST]


def _is_called(one: Session) -> bool:
    """Whoever went home is called; of a hospital or a death another task takes care."""
    ending = load_aftercare().endings.get(one.ended_as)
    return ending is None or ending.goes_home


def call_due(one: Session) -> datetime:
    """By when: the practice's own next day."""
    return due_at(load_aftercare().call.due, one.first_dose_at or one.opened_at, one.practice.time_zone)


def call_begins(one: Session) -> datetime:
    """From when on: the morning of that day."""
    zone = ZoneInfo(one.practice.time_zone)
    return call_due(one).astimezone(zone).replace(hour=0, minute=0)


def calls_of(session_id: UUID) -> list[NextDayCall]:
    """Every attempt, the latest first."""
    return list(NextDayCall.objects.filter(session_id=session_id).order_by("-at", "-id"))
