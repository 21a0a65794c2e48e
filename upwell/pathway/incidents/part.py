"""What events tell: the reports of serious ones wait for whoever sends them, with their time where one is known."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext as _

from upwell.base.actor import Actor
from upwell.pathway.course.models import Course
from upwell.pathway.incidents.following import follow_log
from upwell.pathway.incidents.queries import open_reports
from upwell.pathway.incidents.rules import State
from upwell.pathway.incidents.words import STATES, report_title
from upwell.pathway.parts import Urgency, Waiting
from upwell.pathway.session.log import Folded
from upwell.pathway.session.models import Session
from upwell.science.session import HAPPENED
from upwell.web.paths import path_to

# What was written down, what takes it back, and what the rules may see a deviation in.
CONCERNED = frozenset(
    {*HAPPENED, "correction", "ended", "ordered", "gate-decided", "dose-given", "infusion-started"}
)
OWNERS = frozenset({"prescriber", "medical-director"})


def logged(by: Actor, session: Session, log: Folded, types: Collection[str]) -> None:
    """A session's log has new entries: those that something may follow from."""
    if not CONCERNED.isdisjoint(types):
        follow_log(by, session, log.state)


def waiting(actor: Actor, at: datetime, course: Course | None) -> list[Waiting]:
    """The reports that are not sent yet, of the whole practice. One query."""
    if not actor.is_staff or actor.practice_id is None or course is not None:
        return []
    return [
        Waiting(
            owners=OWNERS,
            practice_id=one.practice_id,
            patient_id=one.patient_id,
            patient_name=one.patient.display_name,
            what=_("Send a report: %(what)s") % {"what": report_title(one.report)},
            url=path_to("incident_report", one.id),
            since=one.created_at,
            urgency=Urgency.WORRYING if one.due_at is not None and one.due_at < at else Urgency.DUE,
            due=one.due_at,
            detail=str(STATES[State(one.state)]) if one.due_at else _("No time is known by which it is due."),
            icon="file-text",
        )
        for one in open_reports(actor.practice_id)
    ]
