"""A person's own summaries: taken out from their own pages."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from upwell.access.declare import requires
from upwell.pathway.local_time import local_time
from upwell.pathway.papers.queries import own_summary
from upwell.pathway.papers.sheet import pdf_of, pdf_response
from upwell.pathway.papers.summary import taken_out


@requires("own.course")
@require_safe
def own_summary_file(request: HttpRequest, session_id: UUID, number: int) -> HttpResponse:
    """My summary of a dosing session as a PDF. That it was taken out is on record where the chart is."""
    scope: Any = request
    found = own_summary(scope.actor.patient_ids, session_id, number)
    taken_out(scope.actor, found)
    with local_time(found.session.practice.time_zone):
        name = f"my-session-{found.session.opened_at:%Y-%m-%d}-v{found.number}.pdf"
        return pdf_response(pdf_of(found.own_content or {}, found.made_at), name)
