"""The practice at a glance, and its details."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.forms import model_to_dict
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from upwell.access.declare import requires
from upwell.office.practice import actions, queries
from upwell.office.practice.forms import DetailsForm, attempt, form_of, page_with_form
from upwell.people.editions import version_waiting


@requires("practice.read")
def overview(request: HttpRequest) -> HttpResponse:
    """The practice: how to reach it, who works here, where sessions are held."""
    scope: Any = request
    context = {
        "practice": queries.practice_of(scope.actor),
        "staff": [row for row in queries.staff(scope.actor) if row.active],
        "chairs": [chair for chair in queries.chairs(scope.actor) if chair.active],
        "may_manage": "practice.manage" in scope.permissions,
        "may_audit": "audit.read" in scope.permissions,
        "may_adopt": "knowledge.adopt" in scope.permissions,
        "version": version_waiting(scope.practice.id) if "knowledge.read" in scope.permissions else None,
    }
    return render(request, "practice/overview.html", context)


@requires("practice.manage")
def details(request: HttpRequest) -> HttpResponse:
    """The practice's name, numbers, hours, time zone and jurisdiction."""
    scope: Any = request
    form = form_of(request, DetailsForm, model_to_dict(queries.practice_of(scope.actor)))
    if request.method == "POST" and form.is_valid():
        given = {name: form.cleaned_data[name] for name in actions.DETAILS}
        saved = attempt(form, lambda: actions.change_details(by=scope.actor, **given))
        if saved is None:
            return render(request, "practice/details.html", {"form": form}, status=422)
        messages.success(request, _("The practice's details are saved."))
        return redirect("practice")
    return page_with_form(request, "practice/details.html", {"form": form})
