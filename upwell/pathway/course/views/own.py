"""A person's own courses of care, in their words; and ending one."""

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
from upwell.base.errors import BadInput, RefusedByRule, StaleState, UpwellError
from upwell.pathway.course.care_queries import course_of, courses_of
from upwell.pathway.course.ending import end_own_course
from upwell.pathway.course.own_queries import clock_of, own_courses
from upwell.pathway.course.own_words import stands_words
from upwell.pathway.kept_text import kept_text, without_kept
from upwell.pathway.local_time import local_time

REFUSED = (BadInput, RefusedByRule, StaleState)


@requires("own.course")
@require_safe
def my_course(request: HttpRequest) -> HttpResponse:
    """My course: where it stands, who has the ball, and what happened."""
    scope: Any = request
    at = now()
    found = courses_of(scope.actor.patient_ids)
    with clock_of(found):
        context = {"courses": own_courses(scope.actor, at, found), "at": at}
        return render(request, "course/my_course.html", context)


@requires("own.course")
@require_http_methods(["GET", "HEAD", "POST"])
def my_course_end(request: HttpRequest, course_id: UUID) -> HttpResponse:
    """End my course: what that means, and a chance to say why."""
    scope: Any = request
    found = course_of(course_id)
    if not found.is_open:
        messages.info(request, _("This course of care is over already."))
        return redirect("my_course")
    written, error = kept_text(request, "reason"), None
    if request.method == "POST":
        written = request.POST.get("reason", "")
        text = request.POST.get("version", "")
        seen = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None
        try:
            end_own_course(by=scope.actor, course_id=course_id, reason=written, seen_version=seen)
            messages.success(request, _("Your course of care is ended. Your care team can see it."))
            return redirect("my_course")
        except REFUSED as refused:
            error = refused
    with local_time(found.practice.time_zone):
        return without_kept(request, _ask(request, found, written, error))


def _ask(request: HttpRequest, found: Any, written: str, error: UpwellError | None) -> HttpResponse:
    context = {
        "course": found,
        "stands": stands_words(found),
        "written": written,
        "error": error.message if error else "",
    }
    return render(request, "course/my_course_end.html", context, status=error.status if error else 200)
