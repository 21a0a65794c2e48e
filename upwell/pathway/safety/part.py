"""What safety tells: open alerts before all else, tasks without hurry. The team's alone: a patient sees neither."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from upwell.base.actor import Actor
from upwell.base.kept_query import kept_query
from upwell.pathway.course.care_queries import person_charts_of
from upwell.pathway.course.models import Course
from upwell.pathway.parts import Urgency, Waiting, once
from upwell.pathway.safety.escalating import note_unheard
from upwell.pathway.safety.words import QUIETER, task_title, title_of
from upwell.record.models import Alert, Task
from upwell.record.queries import PATIENT_BESIDE_NAME
from upwell.web.paths import path_to

ALERTED = frozenset({"therapist", "prescriber", "monitor"})
TASKED = frozenset({"therapist", "prescriber"})
MOST = 200


def waiting(actor: Actor, at: datetime, course: Course | None) -> list[Waiting]:
    """The open alerts and tasks of the practice, or of the person whose course it is. Two queries, or four."""
    if not actor.is_staff or actor.practice_id is None:
        return []
    charts = once(course, person_charts_of) if course is not None else None
    return [*_alerts(actor.practice_id, charts, at), *_tasks(actor.practice_id, charts, at)]


def look_after(by: Actor, at: datetime) -> None:
    """What nobody took on in time; it is in sight of everybody by the clock alone, and here it is noted."""
    note_unheard(by, at)


def _alerts(practice_id: UUID, charts: Iterable[UUID] | None, at: datetime) -> list[Waiting]:
    rows = _alerts_at(practice_id) if charts is None else _alerts_about(list(charts))
    return [_alert(row, at) for row in rows]


@kept_query(UUID)
def _alerts_at(practice_id: UUID) -> QuerySet[Alert]:
    return _open_alerts(practice_id=practice_id)


@kept_query(list)
def _alerts_about(charts: list[UUID]) -> QuerySet[Alert]:
    return _open_alerts(patient_id__any=charts)


def _open_alerts(**whose: Any) -> QuerySet[Alert]:
    rows = Alert.objects.unsettled().filter(**whose).select_related("patient", "acknowledged_by")
    return rows.defer("finding", *PATIENT_BESIDE_NAME).order_by("raised_at")[:MOST]


def _alert(row: Alert, at: datetime) -> Waiting:
    taken, held = row.acknowledged_by, row.pages_at > at
    unheard, late = row.is_unheard(at), row.is_late(at)
    detail = _("%(name)s is on it.") % {"name": taken.name} if taken else ""
    if unheard:
        detail = _("Nobody has taken this on in time. Whoever reads this: act, or call the backup.")
    if taken and late:
        words = _(
            "%(name)s took this on, and it is still open. Whoever reads this: ask, take it over, or call the backup."
        )
        detail = words % {"name": taken.name}
    if held:
        detail = _("The suicide questions wait on the person's page. Without an answer this alerts the team.")
    return Waiting(
        owners=ALERTED,
        practice_id=row.practice_id,
        patient_id=row.patient_id,
        patient_name=row.patient.display_name,
        what=(_("Wait for an answer: %(what)s") if held else _("Act on the alert: %(what)s"))
        % {"what": title_of(row)},
        url=path_to("alert", row.id),
        since=row.raised_at,
        urgency=Urgency.WAITING if held else Urgency.WORRYING,
        due=row.pages_at if held else None,
        detail=detail,
        icon="siren"
        if unheard or late
        else "clock"
        if held
        else "eye"
        if row.kind in QUIETER
        else "bell-ring",
    )


def _tasks(practice_id: UUID, charts: Iterable[UUID] | None, at: datetime) -> list[Waiting]:
    rows = _tasks_at(practice_id) if charts is None else _tasks_about(list(charts))
    return [
        Waiting(
            owners=TASKED,
            practice_id=row.practice_id,
            patient_id=row.patient_id,
            patient_name=row.patient.display_name,
            what=task_title(row.kind),
            url=path_to("task", row.id),
            since=row.raised_at,
            urgency=_urgency(row, at),
            due=row.due_at,
            icon="clipboard-check",
        )
        for row in rows
    ]


def _urgency(row: Task, at: datetime) -> Urgency:
    """What has a clock and is late can't wait any longer."""
    if row.due_at is None:
        return Urgency.WAITING
    return Urgency.WORRYING if row.due_at <= at else Urgency.DUE


@kept_query(UUID)
def _tasks_at(practice_id: UUID) -> QuerySet[Task]:
    return _open_tasks(practice_id=practice_id)


@kept_query(list)
def _tasks_about(charts: list[UUID]) -> QuerySet[Task]:
    return _open_tasks(patient_id__any=charts)


def _open_tasks(**whose: Any) -> QuerySet[Task]:
    rows = Task.objects.filter(done_at__isnull=True, **whose).select_related("patient")
    return rows.defer(*PATIENT_BESIDE_NAME).order_by("raised_at")[:MOST]
