"""A person's own courses of care, in their words."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from upwell.access.declare import requires
from upwell.base.clock import now
from upwell.pathway.course.own_queries import own_courses


@requires("own.course")
@require_safe
def my_course(request: HttpRequest) -> HttpResponse:
    """My course: where it stands, who has the ball, and what happened."""
    scope: Any = request
    at = now()
    return render(request, "course/my_course.html", {"courses": own_courses(scope.actor, at), "at": at})
