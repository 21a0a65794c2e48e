"""What sessions at a distance tell: whom to invite, whose look is late; what may not be opened, and not be released."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from upwell.base.actor import Actor
from upwell.base.errors import RefusedByRule
from upwell.base.kept_query import kept_query
from upwell.knowledge.remote import load_remote
from upwell.pathway.course.models import Course
from upwell.pathway.parts import Urgency, Waiting
from upwell.pathway.remote.models import Chaperone
from upwell.pathway.remote.switch import is_on
from upwell.pathway.remote.watching import REMOTE, alarm_missed, last_sign, watching_in
from upwell.pathway.session.log import Folded
from upwell.pathway.session.models import Session
from upwell.record.queries import PATIENT_BESIDE_NAME
from upwell.web.paths import path_to

TEAM = frozenset({"monitor", "prescriber", "therapist"})


def refuse_session(by: Actor, course: Course, kind: str) -> None:
    """Nobody is dosed at home where the practice has not signed for it."""
    if kind == REMOTE and not is_on(course.practice_id):
        raise RefusedByRule(
            _(
                "Sessions at a distance are off at this practice. The medical director or an admin can switch them on,"
                " under Practice, “At a distance”."
            )
        )


def waiting(actor: Actor, at: datetime, course: Course | None) -> list[Waiting]:
    """Open sessions at a distance without a chaperone who attested, and looks that are late."""
    if not actor.is_staff or actor.practice_id is None or course is not None:
        return []
    found: list[Waiting] = []
    for one in _open_at(actor.practice_id):
        line = _line(one, watching_in(one), at)
        found += [line] if line is not None else []
    return found


@kept_query(UUID)
def _open_at(practice_id: UUID) -> QuerySet[Session]:
    rows = Session.objects.filter(practice_id=practice_id, kind=REMOTE, over_at__isnull=True)
    return rows.select_related("patient").defer(*PATIENT_BESIDE_NAME).order_by("opened_at")


def _line(one: Session, who: Chaperone | None, at: datetime) -> Waiting | None:
    since, rule = last_sign(one, who), load_remote()
    if since is not None and at > since + rule.every:
        what, urgency, due = _("Call the home: a look is late"), Urgency.WORRYING, since + rule.every
    elif who is None:
        what, urgency, due = _("Invite the chaperone"), Urgency.DUE, None
    elif who.attested_at is None:
        what, urgency, due = _("See that the chaperone confirms what is asked"), Urgency.WAITING, None
    else:
        return None
    return Waiting(
        owners=TEAM,
        practice_id=one.practice_id,
        patient_id=one.patient_id,
        patient_name=one.patient.display_name,
        what=what,
        url=path_to("session_chaperone", one.id),
        since=since or one.opened_at,
        urgency=urgency,
        due=due,
        course_id=one.course_id,
        icon="phone",
    )


def released(by: Actor, session: Session, log: Folded, go: bool) -> None:
    """No dose is released in a home where nobody has taken it on to watch."""
    if not go or session.kind != REMOTE:
        return
    who = watching_in(session)
    if who is None or who.attested_at is None:
        raise RefusedByRule(
            _("The chaperone has not confirmed yet what is asked of them. Without that no dose is released.")
        )


def look_after(by: Actor, at: datetime) -> None:
    """A look that did not come alarms the team."""
    alarm_missed(by, at)
