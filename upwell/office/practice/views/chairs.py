"""The places where a session can be held."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from upwell.access.declare import requires
from upwell.office.practice import actions, queries
from upwell.office.practice.forms import ChairForm, attempt, form_of, page_with_form


@requires("practice.read")
def chairs(request: HttpRequest) -> HttpResponse:
    """The chairs, in use and retired."""
    scope: Any = request
    found = queries.chairs(scope.actor)
    context = {
        "in_use": [chair for chair in found if chair.active],
        "retired": [chair for chair in found if not chair.active],
        "may_manage": "practice.manage" in scope.permissions,
    }
    return render(request, "practice/chairs.html", context)


@requires("practice.manage")
def chair_new(request: HttpRequest) -> HttpResponse:
    """Add a chair."""
    scope: Any = request
    form = form_of(request, ChairForm)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        made = attempt(
            form, lambda: actions.add_chair(by=scope.actor, name=given["name"], note=given["note"])
        )
        if made:
            messages.success(request, _("%s is added.") % made.name)
            return redirect("chairs")
    return page_with_form(request, "practice/chair.html", {"form": form})


@requires("practice.manage")
def chair(request: HttpRequest, chair_id: UUID) -> HttpResponse:
    """Rename a chair, change its note, or retire it."""
    scope: Any = request
    found = queries.chair(scope.actor, chair_id)
    form = form_of(request, ChairForm, {"name": found.name, "note": found.note})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        saved = attempt(
            form,
            lambda: actions.change_chair(
                by=scope.actor, chair_id=chair_id, name=given["name"], note=given["note"]
            ),
        )
        if saved:
            messages.success(request, _("%s is saved.") % saved.name)
            return redirect("chairs")
    return page_with_form(request, "practice/chair.html", {"form": form, "chair": found})


@require_POST
@requires("practice.manage")
def chair_retire(request: HttpRequest, chair_id: UUID) -> HttpResponse:
    """Take a chair out of use."""
    scope: Any = request
    found = actions.retire_chair(by=scope.actor, chair_id=chair_id)
    messages.success(request, _("%s is out of use. Sessions held in it keep its name.") % found.name)
    return redirect("chairs")


@require_POST
@requires("practice.manage")
def chair_restore(request: HttpRequest, chair_id: UUID) -> HttpResponse:
    """Put a chair back into use."""
    scope: Any = request
    found = actions.restore_chair(by=scope.actor, chair_id=chair_id)
    messages.success(request, _("%s is in use again.") % found.name)
    return redirect("chairs")
