"""Who watches over safety alerts, and when."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from upwell.access.declare import requires
from upwell.access.kept import kept_fields
from upwell.base.clock import now
from upwell.office.practice import queries
from upwell.office.practice.actions.watch import say_who_watches, who_can_back_up
from upwell.office.practice.forms import attempt, page_with_form
from upwell.office.practice.watch_form import WatchForm
from upwell.people.watching import watch_at


@requires("practice.manage")
def watch(request: HttpRequest) -> HttpResponse:
    """When somebody watches over alerts, whom patients call at other times, and who is the backup."""
    scope: Any = request
    practice = queries.practice_of(scope.actor)
    owner = str(scope.actor.account_id)
    kept = kept_fields(request)
    own = (
        {name: values[-1] for name, values in kept.items() if values} if kept.get("owner") == [owner] else {}
    )
    form = WatchForm(
        request.POST if request.method == "POST" else None,
        initial={**WatchForm.initial_of(practice), **own, "owner": owner},
        people=[(str(one), name) for one, name in who_can_back_up(practice.id)],
    )
    context = {
        "form": form,
        "practice": practice,
        "watch": watch_at(practice, now()),
        "backup_gone": practice.backup_id is not None
        and practice.backup_id not in dict(who_can_back_up(practice.id)),
    }
    if request.method == "POST":
        if (
            form.is_valid()
            and attempt(form, lambda: say_who_watches(by=scope.actor, **form.chosen())) is not None
        ):
            messages.success(request, _("Saved. Patients are shown these hours from now on."))
            return redirect("practice_watch")
        return render(request, "practice/watch.html", context, status=422)
    return page_with_form(request, "practice/watch.html", context)
