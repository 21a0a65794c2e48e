"""What the pages of registration share: the practice's clock, kept entries, the way to the chart that is kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from upwell.access import kept
from upwell.base.actor import Actor
from upwell.base.errors import NotFound, NotPermitted
from upwell.office.patients.days import zone_of
from upwell.people.charts import kept_chart
from upwell.people.models import Patient, Practice


def here(request: HttpRequest) -> tuple[Actor, Practice]:
    """Who is here, and at which practice."""
    scope: Any = request
    if scope.practice is None:
        raise NotPermitted(_("Choose a practice first."))
    return scope.actor, scope.practice


def page(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """A page whose times are those of the practice's clock."""
    _actor, practice = here(request)
    with timezone.override(zone_of(practice)):
        return render(request, f"patients/{template}", {"practice": practice, **context}, status=status)


def to_kept_chart(request: HttpRequest, patient: Patient, *, page_name: str = "chart") -> HttpResponse:
    """On to the chart that is kept in place of one that was merged, with a note."""
    target = kept_chart(patient.id)
    if target is None or target == patient.id:
        raise NotFound(_("There is no such patient here."))
    words = _("%(number)s was joined into this chart, which is kept in its place.")
    messages.info(request, words % {"number": patient.record_number})
    return redirect(page_name, target)


def kept_entries(request: HttpRequest, actor: Actor) -> dict[str, str]:
    """What the same person had entered here when their log-in expired."""
    return kept.kept_of(request, actor.account_id)


def with_kept_entries(
    request: HttpRequest, actor: Actor, initial: dict[str, Any], form: type[Form]
) -> dict[str, Any]:
    """The first values of a form: those kept over an expired log-in, else those on record."""
    entries = kept_entries(request, actor)
    if not entries:
        return initial
    messages.info(
        request,
        _("What you had entered is still here. It is not saved yet: look it over, and send it once more."),
    )
    boxes = {
        name: name in entries
        for name, field in form.base_fields.items()
        if getattr(field.widget, "input_type", "") == "checkbox"
    }
    return {**initial, **{name: entries[name] for name in form.base_fields if name in entries}, **boxes}


def forget_kept(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Throw away what the browser kept, once it is used."""
    if kept.COOKIE in request.COOKIES:
        kept.forget(response)
    return response
