"""The summaries of a session: made, kept by version, taken out as a PDF."""

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
from upwell.base.errors import RefusedByRule
from upwell.pathway.local_time import local_time
from upwell.pathway.papers.queries import session_of, summaries_of, summary_version
from upwell.pathway.papers.rems import record_of
from upwell.pathway.papers.rules import State
from upwell.pathway.papers.sheet import pdf_of, pdf_response
from upwell.pathway.papers.summary import make_summary, taken_out
from upwell.pathway.papers.words import STATES
from upwell.pathway.session.words import treatment_words


@requires("session.read")
@require_http_methods(["GET", "HEAD", "POST"])
def session_papers(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """The papers of a session; another practice sees the summaries that are open to it."""
    scope: Any = request
    session = session_of(session_id)
    ours = session.practice_id == scope.actor.practice_id
    with local_time(session.practice.time_zone):
        error, status = "", 200
        if request.method == "POST":
            try:
                made = make_summary(by=scope.actor, session=session, with_notes="with_notes" in request.POST)
                messages.success(request, _("Version %(n)d is in the chart.") % {"n": made.number})
                return redirect("session_papers", session.id)
            except RefusedByRule as refused:
                error, status = refused.message, refused.status
        rems = record_of(session.id) if ours else None
        context = {
            "session": session,
            "patient": session.patient,
            "treatment": treatment_words(session.substance, session.route),
            "summaries": summaries_of(session.id),
            "ours": ours,
            "rems": rems,
            "rems_stands": STATES[State(rems.state)] if rems is not None else "",
            "may_make": ours and session.is_over and may(scope.actor, "summary.make"),
            "error": error,
        }
        return render(request, "papers/papers.html", context, status=status)


@requires("session.read")
@require_safe
def session_summary_file(request: HttpRequest, session_id: UUID, number: int) -> HttpResponse:
    """One version as a PDF. That it was taken out is on record where the chart is."""
    scope: Any = request
    found = summary_version(session_id, number)
    taken_out(scope.actor, found)
    name = f"session-{found.session.opened_at:%Y-%m-%d}-{str(found.session_id)[-6:]}-v{found.number}.pdf"
    return pdf_response(pdf_of(found.content, found.made_at), name)
