"""Alerts and tasks, for the people who act on them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from upwell.access.trail import looked_at
from upwell.base.errors import NotFound
from upwell.knowledge.triage import load_triage
from upwell.people.models import Account, Practice
from upwell.record.models import Alert, Task

PER_PAGE = 20
MOST_OPEN = 200  # beyond that, the oldest are shown first and the page says that there are more


def open_alerts(practice_id: UUID, at: datetime) -> tuple[list[Alert], list[Alert]]:
    """The alerts to act on, the gravest and then the oldest first; and those held while a screen is asked."""
    rows = _related(Alert.objects.unsettled().filter(practice_id=practice_id)).order_by("raised_at")
    found = _seen(list(rows[:MOST_OPEN]))
    ranks = {one.id: one.rank for one in load_triage().levels.values()}
    paging = [one for one in found if one.pages_at <= at]
    paging.sort(key=lambda one: -ranks.get(one.level, 0))
    return paging, [one for one in found if one.pages_at > at]


def closed_alerts(practice_id: UUID, page: str) -> Page[Alert]:
    """The alerts that somebody acted on, the latest first."""
    closed = _alerts(practice_id).filter(closed_at__isnull=False).order_by("-closed_at", "-id")
    found = Paginator(closed, PER_PAGE).get_page(page)
    _seen(list(found.object_list))
    return found


def alert_of(alert_id: UUID) -> Alert:
    """One alert, with its patient and who acted on it."""
    alert = _related(Alert.objects.filter(id=alert_id)).first()
    if alert is None:
        raise NotFound(_("There is no such alert here."))
    return _seen([alert])[0]


@dataclass(frozen=True, slots=True)
class Backup:
    """Who is called when nobody has taken an alert on."""

    name: str
    phone: str


def backup_of(practice: Practice) -> Backup | None:
    """The practice's backup person, if it has named one."""
    if practice.backup_id is None:
        return None
    name = Account.objects.filter(id=practice.backup_id).values_list("name", flat=True).first()
    return Backup(name, practice.backup_phone) if name else None


def open_tasks(practice_id: UUID) -> list[Task]:
    """The tasks that wait, the oldest first."""
    waiting = Task.objects.filter(practice_id=practice_id, done_at__isnull=True).select_related("patient")
    found = list(waiting.order_by("raised_at")[:MOST_OPEN])
    looked_at([task.patient_id for task in found])
    return found


def finished_tasks(practice_id: UUID, page: str) -> Page[Task]:
    """The tasks that were finished, the latest first."""
    done = Task.objects.filter(practice_id=practice_id, done_at__isnull=False).select_related(
        "patient", "done_by"
    )
    found = Paginator(done.order_by("-done_at", "-id"), PER_PAGE).get_page(page)
    looked_at([task.patient_id for task in found.object_list])
    return found


def task_of(task_id: UUID) -> Task:
    """One task, with its patient."""
    task = Task.objects.select_related("patient", "done_by").filter(id=task_id).first()
    if task is None:
        raise NotFound(_("There is no such task here."))
    looked_at([task.patient_id])
    return task


def practices_of_charts(patient_ids: tuple[UUID, ...]) -> list[Practice]:
    """The practices that hold a chart of this person, by name."""
    return list(Practice.objects.filter(patients__id__in=patient_ids).distinct().order_by("name"))


def _alerts(practice_id: UUID) -> QuerySet[Alert]:
    return _related(Alert.objects.filter(practice_id=practice_id))


def _related(alerts: QuerySet[Alert]) -> QuerySet[Alert]:
    return alerts.select_related(
        "patient", "assessment", "acknowledged_by", "closed_by", "screen__assessment", "settled_by"
    )


def _seen(alerts: list[Alert]) -> list[Alert]:
    looked_at([alert.patient_id for alert in alerts])
    return alerts
