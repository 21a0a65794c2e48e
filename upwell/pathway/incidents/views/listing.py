"""The list to learn from, and the same as a file."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from upwell.access.declare import requires
from upwell.audit.actions import record
from upwell.pathway.incidents.csv_file import csv_of
from upwell.pathway.incidents.forms import FilterForm
from upwell.pathway.incidents.queries import incident_page, incidents_for_file
from upwell.pathway.incidents.words import KINDS, because_words, outcome_words
from upwell.pathway.local_time import local_time, today


@requires("incident.read")
@require_safe
def incidents(request: HttpRequest) -> HttpResponse:
    """What happened beside the plan, at this practice."""
    scope: Any = request
    with local_time(scope.practice.time_zone):
        form = FilterForm(request.GET or None)
        wanted = form.wanted(request.GET.get("session", ""))
        page = incident_page(scope.practice.id, wanted, request.GET.get("page", "1"))
        context = {
            "form": form,
            "page_obj": page,
            "rows": [
                (one, KINDS.get(one.kind, one.kind), outcome_words(one.outcome), because_words(one.because))
                for one in page.object_list
            ],
            "filter": request.GET.urlencode(),
        }
        return render(request, "incidents/list.html", context)


@requires("incident.read")
@require_safe
def incidents_file(request: HttpRequest) -> HttpResponse:
    """The list as a table for a spreadsheet; that it was taken out is on record."""
    scope: Any = request
    with local_time(scope.practice.time_zone):
        wanted = FilterForm(request.GET or None).wanted(request.GET.get("session", ""))
        rows = incidents_for_file(scope.practice.id, wanted)
        record("incidents.taken-out", by=scope.actor, object_type="incidents", count=len(rows))
        response = HttpResponse(csv_of(rows), content_type="text/csv; charset=utf-8")
        name = f"incidents-{today():%Y-%m-%d}.csv"
        response["Content-Disposition"] = content_disposition_header(True, name)
        response["Cache-Control"] = "no-store"
        return response
