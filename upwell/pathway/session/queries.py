"""Sessions, for the people who see them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from upwell.access.trail import looked_at
from upwell.base.errors import NotFound
from upwell.base.kept_query import kept_query
from upwell.base.reading import Part, rows_of
from upwell.knowledge.aftercare import load_aftercare
from upwell.pathway.session.models import Session, SessionEvent
from upwell.people.models import Practice
from upwell.record.queries import PATIENT_AS_IT_CAME

LOOKS_BACK = timedelta(days=2)  # how long a person's home shows what to do after a dose


@dataclass(frozen=True, slots=True)
class Doses:
    """How many sessions of a course had a dose, and how many are open."""

    given: int
    open: int


def session_of(session_id: UUID) -> Session:
    """One session with its patient and course. Whoever may not see it is told that there is none."""
    found = _session(session_id)
    if not found:
        raise NotFound(_("There is no such session here."))
    looked_at([found[0].patient_id])
    return found[0]


@kept_query(UUID)
def _session(session_id: UUID) -> QuerySet[Session]:
    rows = Session.objects.select_related("patient__practice", "course__practice", "practice", "chair")
    there = Session.objects.filter(chair_id=OuterRef("chair_id"), over_at__isnull=True)
    rows = rows.annotate(chair_is_shared=Exists(there.exclude(id=OuterRef("id"))))
    return rows.defer(*PATIENT_AS_IT_CAME).filter(id=session_id)


_LOCKED = (Part("s", Session), Part("c", Practice))
_LOCKED_SQL = (
    f"SELECT {', '.join(part.columns for part in _LOCKED)} FROM session_session s"  # noqa: S608
    " JOIN people_practice c ON c.id = s.practice_id WHERE s.id = %s FOR UPDATE OF s"
)


def session_to_write(session_id: UUID) -> Session | None:
    """The session, locked for this transaction; nothing where the actor may not see it.

    With its practice; the person is read where somebody asks: most entries need no more than whose they are.
    """
    found = rows_of(_LOCKED, _LOCKED_SQL, [session_id])
    if not found:
        return None
    session, session.practice = found[0]
    return session  # type: ignore[no-any-return]


def open_on_chairs(practice_id: UUID) -> dict[UUID, Session]:
    """Which chairs have an open session, and whose: two people on one chair are taken for each other."""
    rows = Session.objects.filter(practice_id=practice_id, over_at__isnull=True, chair__isnull=False)
    found = rows.select_related("patient", "chair").defer(*PATIENT_AS_IT_CAME).order_by("opened_at")
    return {one.chair_id: one for one in found if one.chair_id is not None}


def sessions_of(course_id: UUID) -> list[Session]:
    """The sessions of a course that the actor may see, the latest first."""
    return _of_course(course_id)


@kept_query(UUID)
def _of_course(course_id: UUID) -> QuerySet[Session]:
    rows = Session.objects.filter(course_id=course_id).select_related("chair")
    return rows.order_by("-opened_at", "-id")


def doses_of_course(course_id: UUID) -> Doses:
    """What the guards of the course ask."""
    rows = Session.objects.filter(course_id=course_id).values_list("first_dose_at", "over_at")
    found = list(rows)
    return Doses(
        given=sum(first is not None for first, _over in found),
        open=sum(over is None for _first, over in found),
    )


def lately_discharged(patient_ids: Iterable[UUID], at: datetime) -> list[Session]:
    """A person's own sessions from which they went home a short while ago, discharged or not."""
    rows = Session.objects.select_related("practice").filter(patient_id__in=list(patient_ids))
    home = [one.id for one in load_aftercare().endings.values() if one.goes_home]
    went = Q(stands="discharged") | Q(ended_as__in=home, first_dose_at__isnull=False)
    return list(rows.filter(went, over_at__gt=at - LOOKS_BACK).order_by("-over_at"))


def own_session(patient_ids: Iterable[UUID], session_id: UUID) -> Session:
    """One of a person's own sessions."""
    rows = Session.objects.select_related("practice").filter(patient_id__in=list(patient_ids))
    found = rows.filter(id=session_id).first()
    if found is None:
        raise NotFound(_("There is no such session here."))
    return found


def event_of(session: Session, event_id: UUID) -> SessionEvent:
    """One entry of a session's log."""
    found = SessionEvent.objects.filter(session_id=session.id, id=event_id).first()
    if found is None:
        raise NotFound(_("There is no such entry in this session."))
    return found
