"""Acting on alerts and tasks. An alert is closed only with what was done; the database holds that too."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from upwell.access.roles import require
from upwell.audit.actions import record
from upwell.base.actor import Actor
from upwell.base.clock import now
from upwell.base.errors import BadInput, NotFound, StaleState
from upwell.knowledge.triage import load_triage
from upwell.pathway.safety.rules import AlertEvent, AlertState, after, clock_of, state_of, taking_on
from upwell.people.models import Account
from upwell.record.actions import refuse_other_practice
from upwell.record.models import Alert, Task


def acknowledge_alert(*, by: Actor, alert_id: UUID) -> Alert:
    """Take an alert on: the others see who is on it. It stays open, and everybody sees it again if it does for long.

    From then on whoever is on it says so once more, or somebody else takes it over.
    """
    alert = _locked(by, alert_id)
    moment, state = now(), _stands(alert)
    if after(state, taking_on(state, alert.closes_by, moment)) is None:
        raise StaleState(_already(alert))
    minutes = clock_of(load_triage(), alert.kind, alert.level).closes_after_minutes
    alert.closes_by = None if minutes is None else moment + timedelta(minutes=minutes)
    alert.acknowledged_at, alert.acknowledged_by_id = moment, by.account_id
    return _saved(alert, by, "acknowledged")


def close_alert(*, by: Actor, alert_id: UUID, action_taken: str) -> Alert:
    """Close an alert with what was done. Who comes second is told who closed it; nothing is overwritten."""
    alert = _locked(by, alert_id)
    if after(_stands(alert), AlertEvent.CLOSE) is None:
        raise StaleState(_already(alert))
    words = action_taken.strip()
    if not words:
        raise BadInput(
            _("Write down what was done. An alert can't be closed without it."), path="action_taken"
        )
    moment = now()
    if alert.acknowledged_at is None:
        alert.acknowledged_at, alert.acknowledged_by_id = moment, by.account_id
    alert.closed_at, alert.closed_by_id, alert.action_taken = moment, by.account_id, words
    return _saved(alert, by, "closed")


def finish_task(*, by: Actor, task_id: UUID, outcome: str) -> Task:
    """Finish a task with what came of it."""
    require(by, "task.close")
    task = Task.objects.select_for_update().filter(id=task_id).first()
    if task is None:
        raise NotFound(_("There is no such task here."))
    refuse_other_practice(by, task.practice_id)
    if task.done_at is not None:
        who = _("%(name)s finished this task on %(when)s.")
        raise StaleState(who % {"name": _name(task.done_by_id), "when": _when(task.done_at)})
    if not outcome.strip():
        raise BadInput(_("Write down what came of it. A task can't be finished without it."), path="outcome")
    task.done_at = task.updated_at = now()
    task.done_by_id = task.updated_by_id = by.account_id
    task.outcome = outcome.strip()
    task.save(update_fields=["done_at", "done_by", "outcome", "updated_at", "updated_by_id"])
    record("task.finished", by=by, patient_id=task.patient_id, object_type="task", object_id=task.id)
    return task


def _stands(alert: Alert) -> AlertState:
    return state_of(alert.acknowledged_at, alert.closed_at, alert.settled_at)


def _locked(by: Actor, alert_id: UUID) -> Alert:
    require(by, "alert.close")
    alert = Alert.objects.select_for_update().filter(id=alert_id).first()
    if alert is None:
        raise NotFound(_("There is no such alert here."))
    refuse_other_practice(by, alert.practice_id)
    return alert


def _saved(alert: Alert, by: Actor, done: str) -> Alert:
    alert.updated_at, alert.updated_by_id = now(), by.account_id
    alert.save(
        update_fields=[
            "acknowledged_at",
            "acknowledged_by",
            "closes_by",
            "closed_at",
            "closed_by",
            "action_taken",
            "updated_at",
            "updated_by_id",
        ]
    )
    record(f"alert.{done}", by=by, patient_id=alert.patient_id, object_type="alert", object_id=alert.id)
    return alert


def _already(alert: Alert) -> str:
    if alert.closed_at is not None:
        words = _("%(name)s closed this alert on %(when)s. What you wrote was not stored.")
        return words % {"name": _name(alert.closed_by_id), "when": _when(alert.closed_at)}
    if alert.settled_at is not None:
        return _("Answers to the suicide questions have taken the place of this alert. Nothing was stored.")
    words = _("%(name)s has been on this alert since %(when)s.")
    return words % {"name": _name(alert.acknowledged_by_id), "when": _when(alert.acknowledged_at)}


def _name(account_id: UUID | None) -> str:
    account = Account.objects.filter(id=account_id).first() if account_id else None
    return account.name if account else _("Somebody")


def _when(moment: datetime | None) -> str:
    return date_format(localtime(moment), "DATETIME_FORMAT") if moment else ""
