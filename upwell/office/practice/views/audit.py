"""The audit trail: who looked at and changed what."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from upwell.access.declare import requires
from upwell.base.actor import Actor
from upwell.office.practice.audit_queries import (
    AuditFilter,
    AuditPage,
    audit_page,
    patient_named,
    people_of_trail,
)
from upwell.office.practice.forms import AuditForm
from upwell.office.practice.queries import practice_of


@requires("audit.read")
def audit_trail(request: HttpRequest) -> HttpResponse:
    """The practice's audit trail, newest first, filtered by person, patient and kind."""
    scope: Any = request
    practice = practice_of(scope.actor)
    form = AuditForm(request.GET or None, people=people_of_trail(scope.actor))
    page = AuditPage()
    if not form.is_bound or form.is_valid():
        wanted = _filter(scope.actor, form, ZoneInfo(practice.time_zone))
        if not form.errors:
            page = audit_page(scope.actor, wanted)
    older = request.GET.copy()
    older["before"] = str(page.older)
    newest = request.GET.copy()
    newest.pop("before", None)
    context = {
        "form": form,
        "page": page,
        "practice": practice,
        "older": older.urlencode() if page.older else "",
        "newest": newest.urlencode() if "before" in request.GET else None,
    }
    return render(request, "practice/audit.html", context)


def _filter(actor: Actor, form: AuditForm, zone: ZoneInfo) -> AuditFilter:
    given: dict[str, Any] = form.cleaned_data if form.is_bound else {}
    person, named, until = given.get("person") or "", given.get("patient") or "", given.get("until")
    patient = patient_named(actor, named) if named else None
    if named and patient is None:
        form.add_error("patient", _("There is no patient with this record number here."))
    return AuditFilter(
        person=UUID(person) if person and person != "system" else None,
        system_only=person == "system",
        patient=patient,
        kind=given.get("kind") or "",
        until=datetime.combine(until, time.max, zone) if until else None,
        before=given.get("before"),
    )
