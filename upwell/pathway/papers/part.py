"""What the papers tell: a REMS form that is owed waits on Today with its time."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from upwell.base.actor import Actor
from upwell.pathway.course.models import Course
from upwell.pathway.papers.models import RemsRecord
from upwell.pathway.papers.queries import is_near, open_rems, own_summaries
from upwell.pathway.papers.rems import follow_session
from upwell.pathway.parts import Card, Urgency, Waiting
from upwell.pathway.session.log import Folded
from upwell.pathway.session.models import Session
from upwell.pathway.session.queries import sessions_of
from upwell.web.paths import path_to

OWNERS = frozenset({"monitor", "prescriber"})


def logged(by: Actor, session: Session, log: Folded, types: Collection[str]) -> None:
    """A session's log has new entries."""
    follow_session(by, session, log.state)


def waiting(actor: Actor, at: datetime, course: Course | None) -> list[Waiting]:
    """The forms that are not submitted yet, of the whole practice. One query."""
    if not actor.is_staff or actor.practice_id is None or course is not None:
        return []
    return [_waiting(one, at) for one in open_rems(actor.practice_id)]


def cards(course: Course, actor: Actor) -> list[Card]:
    """For the person: the summaries of their dosing days, to take along."""
    if actor.is_staff:
        return []
    over = [one for one in sessions_of(course.id) if one.is_over]
    if not over:
        return []
    made = own_summaries(course.id)
    context = {"sessions": [(one.opened_at, made.get(one.id)) for one in over]}
    return [Card(_("My dosing days"), "papers/my_card.html", context, icon="file-text", own=True)]


def _waiting(one: RemsRecord, at: datetime) -> Waiting:
    urgency = Urgency.DUE if is_near(one.due_at, at) else Urgency.WAITING
    lacks = ngettext("%(n)d answer is missing.", "%(n)d answers are missing.", one.missing) % {
        "n": one.missing
    }
    return Waiting(
        owners=OWNERS,
        practice_id=one.practice_id,
        patient_id=one.patient_id,
        patient_name=one.patient.display_name,
        what=_("Submit the REMS monitoring form"),
        url=path_to("session_rems", one.session_id),
        since=one.created_at,
        urgency=Urgency.WORRYING if one.due_at < at else urgency,
        due=one.due_at,
        detail=lacks if one.missing else _("It is complete."),
        icon="file-text",
    )
