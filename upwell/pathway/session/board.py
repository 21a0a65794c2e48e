"""The chair board: every chair of the practice now. It reads what the fold last said, so it costs few statements."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils.formats import time_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from upwell.access.trail import looked_at
from upwell.base.kept_query import kept_query
from upwell.base.minutes import first_full_minute
from upwell.pathway.session.models import Session, SessionEvent
from upwell.pathway.session.words import DUE, STATES, treatment_words
from upwell.people.models import Chair
from upwell.record.queries import PATIENT_AS_IT_CAME
from upwell.science.session import State


@dataclass(frozen=True, slots=True)
class Seat:
    """One chair and the session on it; or a session without a chair."""

    chair: str
    session: Session | None = None
    stands: str = ""
    treatment: str = ""
    due: str = ""
    is_late: bool = False
    home: str = ""
    watcher: str = ""

    @property
    def alarms(self) -> int:
        """Alarms that nobody acknowledged."""
        return self.session.alarms_open if self.session is not None else 0

    @property
    def level(self) -> str:
        """The worst of them."""
        return self.session.worst_alarm if self.session is not None and self.alarms else ""


def board_of(practice_id: UUID, at: datetime) -> list[Seat]:
    """All chairs in the order of their names, then sessions without a chair."""
    sessions = _open(practice_id)
    looked_at([one.patient_id for one in sessions])
    watchers = _watchers(sessions)
    on: dict[UUID | None, list[Session]] = {}
    for one in sessions:
        on.setdefault(one.chair_id, []).append(one)
    seats: list[Seat] = []
    for chair in _chairs(practice_id):
        there = on.pop(chair.id, [])
        seats += [_seat(chair.name, one, at, watchers) for one in there] or [Seat(chair.name)]
    rest = [one for some in on.values() for one in some]
    return seats + [_seat(_without(one), one, at, watchers) for one in rest]


def _without(one: Session) -> str:
    return one.chair.name if one.chair is not None else str(one.get_kind_display())


def _seat(name: str, one: Session, at: datetime, watchers: dict[UUID, str]) -> Seat:
    return Seat(
        chair=name,
        session=one,
        stands=str(STATES[State(one.stands)]),
        treatment=treatment_words(one.substance, one.route),
        due=str(DUE.get(one.next_due_what, one.next_due_what)),
        is_late=one.next_due_at is not None and one.next_due_at < at,
        home=_home(one, at),
        watcher=watchers.get(one.id, ""),
    )


def _home(one: Session, at: datetime) -> str:
    """How far from home the person is."""
    if one.stands == State.READY_TO_LEAVE:
        return _("May go home: discharge them")
    if one.leave_at is None:
        return _("No dose yet")
    when = {"time": time_format(localtime(first_full_minute(one.leave_at)), "H:i")}
    if one.kind == "inpatient" and one.leave_at > at:
        return _("Back to the ward at %(time)s at the earliest") % when
    if one.leave_at > at:
        return _("Home at %(time)s at the earliest") % when
    return _("The time is over since %(time)s: see whether they may go") % when


@kept_query(UUID)
def _open(practice_id: UUID) -> QuerySet[Session]:
    rows = Session.objects.filter(practice_id=practice_id, over_at__isnull=True)
    return rows.select_related("patient", "chair").defer(*PATIENT_AS_IT_CAME).order_by("opened_at")


@kept_query(UUID)
def _chairs(practice_id: UUID) -> QuerySet[Chair]:
    return Chair.objects.filter(practice_id=practice_id).order_by("name")


def _watchers(sessions: Iterable[Session]) -> dict[UUID, str]:
    """Who took over last in each session, by name."""
    rows = SessionEvent.objects.filter(
        session_id__in=[one.id for one in sessions], type="setting", body__watches=True
    )
    return dict(rows.order_by("observed_at", "id").values_list("session_id", "author_name"))
