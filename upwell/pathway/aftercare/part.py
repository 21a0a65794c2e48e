"""What aftercare tells: on the day after a dose somebody is to be called; a call that was missed becomes an alert."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from upwell.base.actor import Actor
from upwell.pathway.aftercare.actions import raise_missed
from upwell.pathway.aftercare.queries import call_begins, call_due, to_call
from upwell.pathway.course.models import Course
from upwell.pathway.parts import Urgency, Waiting
from upwell.web.paths import path_to

OWNERS = frozenset({"monitor", "therapist", "prescriber"})


def waiting(actor: Actor, at: datetime, course: Course | None) -> list[Waiting]:
    """Whom to call, of the whole practice; from the morning of the day on. One query."""
    if not actor.is_staff or actor.practice_id is None or course is not None:
        return []
    return [
        Waiting(
            owners=OWNERS,
            practice_id=one.practice_id,
            patient_id=one.patient_id,
            patient_name=one.patient.display_name,
            what=_("Call on the day after the dose"),
            url=path_to("session_call", one.id),
            since=one.first_dose_at or one.opened_at,
            urgency=Urgency.WORRYING if call_due(one) < at else Urgency.DUE,
            due=call_due(one),
            course_id=one.course_id,
            icon="phone",
        )
        for one in to_call(actor.practice_id, at)
        if call_begins(one) <= at
    ]


def look_after(by: Actor, at: datetime) -> None:
    """A call that nobody made in its time."""
    raise_missed(by, at)
