"""Where a person lands, and at which of their practices."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from upwell.access.declare import requires
from upwell.access.who import OWN_CARE, PRACTICE_KEY, memberships_of, patient_actor, staff_actor
from upwell.audit.actions import record
from upwell.base.errors import NotPermitted


@requires("signed-in")
def home(request: HttpRequest) -> HttpResponse:
    """The first page for whoever comes in: Today, one's own page, or the numbers."""
    scope: Any = request
    if "today.read" in scope.permissions:
        return redirect("today")
    if "patient.list" in scope.permissions:
        return redirect("patients")
    if scope.actor.is_patient and scope.actor.patient_ids:
        return redirect("me")
    if "numbers.read" in scope.permissions:
        return redirect("numbers")
    return render(request, "doors/nobody.html", {"elsewhere": memberships_of(scope.actor.account_id)})


@require_POST
@requires("signed-in")
def practice_switch(request: HttpRequest) -> HttpResponse:
    """Go on at another of one's practices, or with one's own care."""
    scope: Any = request
    chosen = request.POST.get("practice", "")
    places = {str(m.practice_id): m for m in memberships_of(scope.actor.account_id)}
    if chosen == OWN_CARE:
        actor = patient_actor(scope.actor.account_id, scope.actor.name)
    elif chosen in places:
        actor = staff_actor(places[chosen], scope.actor.name)
    else:
        raise NotPermitted(_("You do not work at that practice, or not any more."))
    request.session[PRACTICE_KEY] = chosen
    record("practice.entered", by=actor, object_type="practice", object_id=actor.practice_id)
    return redirect("home")
