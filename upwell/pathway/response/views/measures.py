"""The measures of a course: what is asked when, where each stands, and following up what was missed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from upwell.access.declare import requires
from upwell.base.clock import now
from upwell.base.errors import BadInput, RefusedByRule, StaleState
from upwell.knowledge.schedules import load_schedule
from upwell.pathway.course.care_queries import course_of
from upwell.pathway.kept_text import kept_text, without_kept
from upwell.pathway.local_time import local_time
from upwell.pathway.parts import doses_of
from upwell.pathway.response.actions import follow_up_measure
from upwell.pathway.response.measures import measure_of, measures_of

PAGE_METHODS = require_http_methods(["GET", "HEAD", "POST"])


@requires("course.read")
@require_safe
def course_measures(request: HttpRequest, course_id: UUID) -> HttpResponse:
    """Everything that is asked in a course of care: when it opens, whether it was answered, what was missed."""
    scope: Any = request
    course = course_of(course_id)
    with local_time(course.practice.time_zone):
        context = {
            "course": course,
            "patient": course.patient,
            "measures": measures_of(course.id, now()),
            "doses": doses_of(course),
            "schedule": load_schedule(),
            "may_follow_up": "measure.follow-up" in scope.permissions
            and course.practice_id == scope.actor.practice_id,
        }
        return render(request, "response/measures.html", context)


@requires("measure.follow-up")
@PAGE_METHODS
def measure_follow_up(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Follow up a measure that is late or was missed: how to reach the person, and what was done."""
    scope: Any = request
    written, error = kept_text(request, "what"), None
    if request.method == "POST":
        written = request.POST.get("what", "")
        try:
            done = follow_up_measure(by=scope.actor, request_id=request_id, what=written)
            messages.success(request, _("What was done is on record."))
            return redirect("course_measures", done.course_id)
        except (BadInput, RefusedByRule, StaleState) as refused:
            error = refused
    found = measure_of(request_id, now())
    with local_time(found.row.patient.practice.time_zone):
        context = {
            "measure": found,
            "row": found.row,
            "patient": found.row.patient,
            "error": error.message if error else "",
            "written": written,
        }
        page = render(request, "response/follow_up.html", context, status=error.status if error else 200)
        return without_kept(request, page)
