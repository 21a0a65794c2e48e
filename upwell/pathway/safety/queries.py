"""Alerts and tasks, for the people who act on them."""

from __future__ import annotations

from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from upwell.access.trail import looked_at
from upwell.base.errors import NotFound
from upwell.people.models import Practice
from upwell.record.models import Alert, Task

PER_PAGE = 20
MOST_OPEN = 200  # beyond that, the oldest are shown first and the page says that there are more


def open_alert_count(practice_id: UUID) -> int:
    """How many alerts of a practice wait for somebody to act."""
    return Alert.objects.filter(practice_id=practice_id, closed_at__isnull=True).count()


def open_alerts(practice_id: UUID) -> list[Alert]:
    """The alerts that wait, the oldest first."""
    waiting = _alerts(practice_id).filter(closed_at__isnull=True).order_by("raised_at")[:MOST_OPEN]
    return _seen(list(waiting))


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
    return alerts.select_related("patient", "assessment", "acknowledged_by", "closed_by")


def _seen(alerts: list[Alert]) -> list[Alert]:
    looked_at([alert.patient_id for alert in alerts])
    return alerts
