"""Alerts, tasks, and the page that says where to turn to right now."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from upwell.access.declare import requires
from upwell.access.roles import may
from upwell.base.clock import now
from upwell.base.errors import BadInput, StaleState
from upwell.knowledge.triage import load_triage
from upwell.pathway.kept_text import kept_text, without_kept
from upwell.pathway.local_time import local_time
from upwell.pathway.safety import queries
from upwell.pathway.safety.actions import acknowledge_alert, close_alert, finish_task
from upwell.pathway.safety.crisis import CrisisHelp, crisis_help
from upwell.pathway.safety.words import review_facts
from upwell.people.models import Practice
from upwell.record.models import Task
from upwell.record.queries import alert_count

PAGE_METHODS = require_http_methods(["GET", "HEAD", "POST"])


@requires("alert.read")
@require_safe
def alerts(request: HttpRequest) -> HttpResponse:
    """Alerts: the open ones first, then what was done about the others."""
    scope: Any = request
    practice = scope.practice
    with local_time(practice.time_zone):
        waiting, held = queries.open_alerts(practice.id, now())
        context = {
            "waiting": waiting,
            "held": held,
            "more": len(waiting) + len(held) >= queries.MOST_OPEN,
            "page_obj": queries.closed_alerts(practice.id, request.GET.get("page", "1")),
        }
        return render(request, "safety/alerts.html", context)


@requires("alert.read")
@PAGE_METHODS
def alert(request: HttpRequest, alert_id: UUID) -> HttpResponse:
    """One alert: why it was raised, who is on it, and what was done."""
    scope: Any = request
    with local_time(scope.practice.time_zone):
        if request.method == "POST":
            return _act_on_alert(request, alert_id)
        return without_kept(
            request, _show_alert(request, alert_id, written=kept_text(request, "action_taken"))
        )


def _act_on_alert(request: HttpRequest, alert_id: UUID) -> HttpResponse:
    scope: Any = request
    written = request.POST.get("action_taken", "")
    try:
        if request.POST.get("event") == "acknowledge":
            acknowledge_alert(by=scope.actor, alert_id=alert_id)
            messages.success(
                request, _("The team sees now that you are on it. Close it when you have acted.")
            )
            return redirect("alert", alert_id)
        close_alert(by=scope.actor, alert_id=alert_id, action_taken=written)
    except (StaleState, BadInput) as error:
        return _show_alert(request, alert_id, error=error.message, written=written, status=error.status)
    messages.success(request, _("Closed. What you did is on record."))
    return redirect("alerts")


def _show_alert(
    request: HttpRequest, alert_id: UUID, *, error: str = "", written: str = "", status: int = 200
) -> HttpResponse:
    scope: Any = request
    found = queries.alert_of(alert_id)
    at = now()
    unsettled = found.closed_at is None and found.settled_at is None
    context = {
        "alert": found,
        "held": unsettled and found.pages_at > at,
        "backup": queries.backup_of(scope.practice)
        if unsettled and (found.is_unheard(at) or found.is_late(at))
        else None,
        "may_close": may(scope.actor, "alert.close"),
        "may_assess": may(scope.actor, "assessment.enter"),
        "asks": load_triage().single_question.asks,
        "help": crisis_help(scope.practice),
        "error": error,
        "written": written,
    }
    return render(request, "safety/alert.html", context, status=status)


@requires("signed-in")
@require_safe
def banner(request: HttpRequest) -> HttpResponse:
    """The banner of open alerts, asked for by every open staff page; nothing where nothing has changed.

    It shows a number and no patient, so that a page left open does not fill the audit trail.
    """
    scope: Any = request
    count = alert_count(scope.actor, now())
    shown = f"{count.waiting}-{count.unheard}" if count.unheard else str(count.waiting)
    if request.GET.get("shown") == shown:
        return HttpResponse(status=204)
    scope.open_alerts = count
    return render(request, "components/alert_banner.html")


banner.in_background = True  # type: ignore[attr-defined]  # a page that asks by itself keeps nobody signed in


@requires("task.read")
@require_safe
def tasks(request: HttpRequest) -> HttpResponse:
    """The team's tasks: what waits, and what came of the others."""
    scope: Any = request
    with local_time(scope.practice.time_zone):
        context = {
            "waiting": queries.open_tasks(scope.practice.id),
            "page_obj": queries.finished_tasks(scope.practice.id, request.GET.get("page", "1")),
        }
        return render(request, "safety/tasks.html", context)


@requires("task.read")
@PAGE_METHODS
def task(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """One task, and finishing it."""
    scope: Any = request
    with local_time(scope.practice.time_zone):
        if request.method != "POST":
            shown = _show_task(request, queries.task_of(task_id), written=kept_text(request, "outcome"))
            return without_kept(request, shown)
        outcome = request.POST.get("outcome", "")
        try:
            finish_task(by=scope.actor, task_id=task_id, outcome=outcome)
        except (StaleState, BadInput) as error:
            return _show_task(request, queries.task_of(task_id), error=error, written=outcome)
        messages.success(request, _("Done. What came of it is on record."))
        return redirect("tasks")


def _show_task(
    request: HttpRequest, found: Task, *, error: BadInput | StaleState | None = None, written: str = ""
) -> HttpResponse:
    scope: Any = request
    context = {
        "task": found,
        "facts": review_facts(found.detail),
        "may_close": may(scope.actor, "task.close"),
        "error": error.message if error else "",
        "written": written,
    }
    return render(request, "safety/task.html", context, status=error.status if error else 200)


@requires("public")
@require_safe
def help_now(request: HttpRequest) -> HttpResponse:
    """Help right now: where to turn to, with the numbers of the practices that care for this person."""
    return render(request, "safety/help_now.html", {"places": _places(request)})


def _places(request: HttpRequest) -> list[tuple[str, CrisisHelp]]:
    scope: Any = request
    practices: list[Practice] = []
    if scope.actor.is_patient and scope.actor.patient_ids:
        practices = queries.practices_of_charts(scope.actor.patient_ids)
    elif scope.practice is not None:
        practices = [scope.practice]
    if practices:
        return [(practice.name, crisis_help(practice)) for practice in practices]
    countries = {"US": _("In the United States"), "EU": _("In the European Union")}
    return [(countries.get(key, key), crisis_help(None, key)) for key in Practice.Jurisdiction.values]
