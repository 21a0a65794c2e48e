"""The days on which offices are closed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from upwell.access.declare import requires
from upwell.office.practice import queries
from upwell.office.practice.actions.closed_days import say_closed_days
from upwell.office.practice.closed_days_form import ClosedDaysForm
from upwell.office.practice.forms import attempt, form_of, page_with_form


@requires("practice.manage")
def closed_days(request: HttpRequest) -> HttpResponse:
    """The practice's own list; business days are counted without them."""
    scope: Any = request
    practice = queries.practice_of(scope.actor)
    lines = "\n".join(f"{one['on']} {one['name']}".strip() for one in practice.closed_days)
    form = form_of(request, ClosedDaysForm, {"closed_days": lines})
    context = {"form": form, "practice": practice}
    if request.method == "POST":
        if form.is_valid():
            days = form.cleaned_data["closed_days"]
            saved = attempt(form, lambda: say_closed_days(by=scope.actor, closed_days=days))
            if saved is not None:
                messages.success(
                    request, _("Saved. What is due in business days is counted without these days.")
                )
                return redirect("closed_days")
        return render(request, "practice/closed_days.html", context, status=422)
    return page_with_form(request, "practice/closed_days.html", context)
