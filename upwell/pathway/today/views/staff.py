"""Today: the first page of everybody who works here. A page left open follows by itself."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from upwell.access.declare import requires
from upwell.base.clock import now
from upwell.pathway.today.queries import today_for


@requires("today.read")
@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """Today: what is worrying, who is here, what is due, who waits for me."""
    scope: Any = request
    at = now()
    whole = "all" in request.GET
    context = {"day": today_for(scope.actor, at, whole=whole), "at": at, "whole": whole}
    return render(request, "today/today.html", context)


@requires("today.read")
@require_safe
def today_list(request: HttpRequest) -> HttpResponse:
    """The lines alone, asked for by every page of Today that stands open; nothing where nothing has changed."""
    scope: Any = request
    at = now()
    whole = "all" in request.GET
    day = today_for(scope.actor, at, whole=whole)
    if request.GET.get("seen") == day.seen:
        return HttpResponse(status=204)
    return render(request, "today/lines.html", {"day": day, "at": at, "whole": whole})


today_list.in_background = True  # type: ignore[attr-defined]  # a page that asks by itself keeps nobody signed in
