"""One report: what is written of it, and that it was sent."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from upwell.access.declare import requires
from upwell.access.roles import may
from upwell.base.clock import now
from upwell.base.errors import BadInput, StaleState
from upwell.knowledge.reporting import load_event_reports
from upwell.pathway.incidents.actions import draft_report, drop_report, reopen_report, send_report
from upwell.pathway.incidents.forms import SentForm, TextForm, begins_with
from upwell.pathway.incidents.models import IncidentReport
from upwell.pathway.incidents.queries import report_of
from upwell.pathway.incidents.rules import OPEN, State
from upwell.pathway.incidents.words import STATES, report_title
from upwell.pathway.local_time import local_time, today


@requires("incident.read")
@require_http_methods(["GET", "HEAD", "POST"])
def incident_report(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """A report of a serious event."""
    found = report_of(report_id)
    with local_time(found.practice.time_zone):
        error, status = "", 200
        text, sent = _forms(request, found)
        if request.method == "POST":
            try:
                if _post(request, found, text, sent):
                    return redirect("incident_report", found.id)
                status = 422
            except (BadInput, StaleState) as refused:
                error, status = refused.message, refused.status
                found = report_of(report_id)
        return render(
            request, "incidents/report.html", _context(request, found, text, sent, error), status=status
        )


def _forms(request: HttpRequest, found: IncidentReport) -> tuple[TextForm, SentForm]:
    do = request.POST.get("do", "") if request.method == "POST" else ""
    begin = found.text or begins_with(found.incident, localdate(found.incident.happened_at))
    text = TextForm(request.POST if do == "draft" else None, initial={"text": begin})
    sent = SentForm(request.POST if do == "send" else None, initial={"sent_on": today()})
    return text, sent


def _post(request: HttpRequest, found: IncidentReport, text: TextForm, sent: SentForm) -> bool:
    scope: Any = request
    do = request.POST.get("do", "")
    if do == "draft":
        if not text.is_valid():
            return False
        draft_report(by=scope.actor, report_id=found.id, text=text.cleaned_data["text"])
        messages.success(request, _("Kept. It is not sent yet."))
    elif do == "send":
        if not sent.is_valid():
            return False
        send_report(by=scope.actor, report_id=found.id, **sent.cleaned_data)
        messages.success(request, _("Noted as sent."))
    elif do == "drop":
        drop_report(by=scope.actor, report_id=found.id, reason=request.POST.get("reason", ""))
        messages.success(request, _("Noted, with the reason."))
    elif do == "reopen":
        reopen_report(by=scope.actor, report_id=found.id)
        messages.success(request, _("It is open again."))
    else:
        raise BadInput(_("What is to be done with it?"), path="do")
    return True


def _context(
    request: HttpRequest, found: IncidentReport, text: TextForm, sent: SentForm, error: str
) -> dict[str, Any]:
    scope: Any = request
    state = State(found.state)
    return {
        "report": found,
        "one": found.incident,
        "title": report_title(found.report),
        "known": load_event_reports().reports.get(found.report),
        "stands": STATES[state],
        "is_open": state in OPEN,
        "is_late": state in OPEN and found.due_at is not None and found.due_at < now(),
        "text": text,
        "sent": sent,
        "error": error,
        "may_report": may(scope.actor, "incident.report") and found.practice_id == scope.actor.practice_id,
    }
