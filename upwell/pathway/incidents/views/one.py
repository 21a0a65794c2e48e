"""One event: what was said of it, its reports, and going on with it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from upwell.access.declare import requires
from upwell.access.roles import may
from upwell.base.errors import BadInput
from upwell.base.ids import new_id
from upwell.pathway.incidents.forms import changes
from upwell.pathway.incidents.models import Incident
from upwell.pathway.incidents.queries import incident_of, reports_of, said_of
from upwell.pathway.incidents.rules import State
from upwell.pathway.incidents.words import KINDS, STATES, because_words, outcome_words, report_title
from upwell.pathway.local_time import local_time
from upwell.pathway.session.actions import record_event
from upwell.pathway.session.forms import BECAUSE, entry_form, moment_of
from upwell.pathway.session.words import entry_words


@requires("incident.read")
@require_http_methods(["GET", "HEAD", "POST"])
def incident(request: HttpRequest, incident_id: UUID) -> HttpResponse:
    """An unwanted event, a near miss, or what did not go as planned."""
    scope: Any = request
    found = incident_of(incident_id)
    ours = found.practice_id == scope.actor.practice_id
    may_go_on = ours and not found.by_rules and not found.withdrawn and may(scope.actor, "session.record")
    with local_time(found.practice.time_zone):
        form = entry_form("adverse", request.POST if request.method == "POST" else None, _initial(found))
        status = 200
        if request.method == "POST" and may_go_on:
            if _go_on(request, found, form):
                messages.success(request, _("Written down. What it said before stays on record."))
                return redirect("incident", found.id)
            status = 422
        context = {
            "one": found,
            "kind": KINDS.get(found.kind, found.kind),
            "outcome": outcome_words(found.outcome),
            "because": because_words(found.because),
            "said": [(row.observed_at, entry_words(row.type, row.body)) for row in said_of(found)],
            "reports": [
                (row, report_title(row.report), STATES[State(row.state)]) for row in reports_of(found)
            ],
            "form": form if may_go_on else None,
            "form_id": request.POST.get("id") or str(new_id()),
        }
        return render(request, "incidents/one.html", context, status=status)


def _go_on(request: HttpRequest, found: Incident, form: Any) -> bool:
    """An entry of the log that names the first one and says what is new."""
    scope: Any = request
    if not form.is_valid():
        return False
    at = moment_of(form, timezone.get_current_timezone())
    body = changes(form, found)
    if not form.is_valid():
        return False
    if not body:
        form.add_error(None, _("Nothing is different from what stands already."))
        return False
    document: dict[str, Any] = {
        "id": request.POST.get("id") or str(new_id()),
        "type": found.kind,
        "body": {**body, "updates": str(found.id)},
    }
    if at is not None:
        document["observed_at"] = at.isoformat()
    try:
        told = record_event(by=scope.actor, session_id=found.session_id, document=document)
    except BadInput as error:
        form.add_error(None, error.message)
        return False
    if told.set_aside:
        form.add_error(None, " ".join(told.told))
    return not told.set_aside


def _initial(one: Incident) -> dict[str, Any]:
    """The fields as it stands."""
    found: dict[str, Any] = {
        "term": one.term,
        "ctcae_grade": one.grade,
        "action": one.action,
        "outcome": one.outcome,
        "serious": one.serious,
        "onset_at": localtime(one.onset_at) if one.onset_at else None,
        "resolved_at": localtime(one.resolved_at) if one.resolved_at else None,
    }
    return found | {f"{BECAUSE}{name}": True for name in one.because}
