"""What was written about an integration visit, for the person themself."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from upwell.access.declare import requires
from upwell.knowledge.loader import load_visit_template
from upwell.pathway.integration import queries
from upwell.pathway.local_time import local_time


@requires("own.course")
@require_safe
def my_visit(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """A signed note about me; a draft is not there yet."""
    visit = queries.visit_of(visit_id)
    with local_time(visit.practice.time_zone):
        context = {
            "visit": visit,
            "written": [
                (heading.title, visit.words[heading.id])
                for heading in load_visit_template().headings
                if visit.words.get(heading.id)
            ],
            "addenda": queries.addenda_of(visit),
            "habits": queries.habits_of_visit(visit),
        }
        return render(request, "integration/my_visit.html", context)
