"""The work-up before the first dose: what is open, what was done and by whom, what was left out and why."""

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
from upwell.base.errors import BadInput, NotFound, RefusedByRule, StaleState
from upwell.pathway.course.care_queries import course_of
from upwell.pathway.course.models import Course
from upwell.pathway.kept_text import kept_text, without_kept
from upwell.pathway.local_time import local_time
from upwell.pathway.workup import queries
from upwell.pathway.workup.actions import say
from upwell.pathway.workup.rules import Event
from upwell.pathway.workup.standing import lines_of_course

PAGE_METHODS = require_http_methods(["GET", "HEAD", "POST"])
REFUSED = (BadInput, RefusedByRule, StaleState)


@requires("course.read")
@require_safe
def workup(request: HttpRequest, course_id: UUID) -> HttpResponse:
    """The whole checklist of a course."""
    scope: Any = request
    course = course_of(course_id)
    lines = lines_of_course(course, now())
    with local_time(course.practice.time_zone):
        context = {
            "course": course,
            "patient": course.patient,
            "lines": lines,
            "open": sum(one.is_open for one in lines),
            "asked": any(one.is_open and one.is_asked for one in lines),
            "earlier": queries.earlier_words(course),
            "may_fill": _is_ours(scope, course) and may(scope.actor, "screening.fill"),
        }
        return render(request, "workup/workup.html", context)


@requires("screening.fill")
@PAGE_METHODS
def workup_item(request: HttpRequest, course_id: UUID, item: str) -> HttpResponse:
    """One item: say that it was done, leave it out with a reason, open it again."""
    scope: Any = request
    course = course_of(course_id)
    written, error = kept_text(request, "note"), None
    if request.method == "POST":
        written = request.POST.get("note", "").replace("\0", "")
        try:
            say(by=scope.actor, course_id=course.id, item=item, event=_event(request), note=written)
            messages.success(request, _("On record."))
            return redirect("workup", course.id)
        except REFUSED as refused:
            error = refused
    line = next((one for one in lines_of_course(course, now()) if one.item.id == item), None)
    if line is None:
        raise NotFound(_("There is no such item in the work-up of this course."))
    with local_time(course.practice.time_zone):
        context = {
            "course": course,
            "patient": course.patient,
            "line": line,
            "written": written,
            "error": error,
            "may_waive": line.item.waivable and may(scope.actor, "screening.decide"),
        }
        page = render(request, "workup/item.html", context, status=error.status if error else 200)
        return without_kept(request, page)


def _event(request: HttpRequest) -> Event:
    try:
        return Event(request.POST.get("event", ""))
    except ValueError:
        raise BadInput(_("Choose what to say of it."), path="event") from None


def _is_ours(scope: Any, course: Course) -> bool:
    return bool(course.practice_id == scope.actor.practice_id)
