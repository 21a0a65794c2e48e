"""What safety tells: open alerts before all else, tasks without hurry. The team's alone: a patient sees neither."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from upwell.base.actor import Actor
from upwell.pathway.course.care_queries import person_charts_of
from upwell.pathway.course.models import Course
from upwell.pathway.parts import Urgency, Waiting, once
from upwell.pathway.safety.words import QUIETER, alert_title, task_title
from upwell.record.models import Alert, Task
from upwell.record.queries import PATIENT_BESIDE_NAME

ALERTED = frozenset({"therapist", "prescriber", "monitor"})
TASKED = frozenset({"therapist", "prescriber"})
MOST = 200


def waiting(actor: Actor, at: datetime, course: Course | None) -> list[Waiting]:
    """The open alerts and tasks of the practice, or of the person whose course it is. Two queries, or four."""
    if not actor.is_staff or actor.practice_id is None:
        return []
    charts = once(course, person_charts_of) if course is not None else None
    return [*_alerts(actor.practice_id, charts), *_tasks(actor.practice_id, charts)]


def _alerts(practice_id: UUID, charts: Iterable[UUID] | None) -> list[Waiting]:
    rows = Alert.objects.filter(closed_at__isnull=True)
    rows = rows.filter(practice_id=practice_id) if charts is None else rows.filter(patient_id__in=charts)
    found = rows.select_related("patient", "acknowledged_by").defer(*PATIENT_BESIDE_NAME)
    return [_alert(row) for row in found.order_by("raised_at")[:MOST]]


def _alert(row: Alert) -> Waiting:
    taken = row.acknowledged_by
    return Waiting(
        owners=ALERTED,
        practice_id=row.practice_id,
        patient_id=row.patient_id,
        patient_name=row.patient.display_name,
        what=_("Act on the alert: %(what)s") % {"what": alert_title(row.kind)},
        url=reverse("alert", args=[row.id]),
        since=row.raised_at,
        urgency=Urgency.WORRYING,
        detail=_("%(name)s is on it.") % {"name": taken.name} if taken else "",
        icon="eye" if row.kind in QUIETER else "bell-ring",
    )


def _tasks(practice_id: UUID, charts: Iterable[UUID] | None) -> list[Waiting]:
    rows = Task.objects.filter(done_at__isnull=True)
    rows = rows.filter(practice_id=practice_id) if charts is None else rows.filter(patient_id__in=charts)
    found = rows.select_related("patient").defer(*PATIENT_BESIDE_NAME).order_by("raised_at")[:MOST]
    return [
        Waiting(
            owners=TASKED,
            practice_id=row.practice_id,
            patient_id=row.patient_id,
            patient_name=row.patient.display_name,
            what=task_title(row.kind),
            url=reverse("task", args=[row.id]),
            since=row.raised_at,
            icon="clipboard-check",
        )
        for row in found
    ]
