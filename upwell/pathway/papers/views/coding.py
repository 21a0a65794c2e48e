"""Times and units for whoever bills: page, table, data; and the practice's own codes."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.http import content_disposition_header
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from upwell.access.declare import requires
from upwell.audit.actions import record
from upwell.base.clock import now
from upwell.base.errors import BadInput
from upwell.knowledge.reporting.drug_codes import load_drug_codes
from upwell.pathway.csv_table import csv_table
from upwell.pathway.local_time import local_time
from upwell.pathway.papers.coding import LONGEST_CODE, coding_of, enter_code
from upwell.pathway.papers.queries import drug_codes as codes_of
from upwell.pathway.papers.queries import plain_facts, session_of
from upwell.pathway.session.log import folded
from upwell.pathway.session.models import Session
from upwell.pathway.session.views.common import ours
from upwell.pathway.session.words import ROUTES, SUBSTANCES, treatment_words

LABELS = {
    "on_site": gettext_lazy("On site, from arrival to leaving"),
    "from_first_dose": gettext_lazy("From the first dose to leaving"),
    "observation_after_last_dose": gettext_lazy("Observation, from the last dose or the end of the infusion"),
    "therapist_present": gettext_lazy("Therapist in the room, as far as written down"),
}


class CodeForm(forms.Form):
    """A practice's own code for a drug by a route."""

    substance = forms.ChoiceField(label=gettext_lazy("Drug"), choices=list(SUBSTANCES.items()))
    route = forms.ChoiceField(label=gettext_lazy("Route"), choices=list(ROUTES.items()))
    code = forms.CharField(label=gettext_lazy("Your code"), max_length=LONGEST_CODE)
    mg_per_unit = forms.FloatField(
        label=gettext_lazy("mg in one unit"),
        min_value=0,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "any"}),
    )


@requires("session.read")
@require_safe
def session_coding(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Times and units of a session."""
    session = ours(request, session_of(session_id))
    with local_time(session.practice.time_zone):
        found = coding_of(session, folded(session, now(), plain_facts(session)))
        context = {
            "session": session,
            "patient": session.patient,
            "treatment": treatment_words(session.substance, session.route),
            "coding": found,
            "times": _times(found),
            "minutes": [(words, found["minutes"][name]) for name, words in LABELS.items()],
        }
        return render(request, "papers/coding.html", context)


@requires("session.read")
@require_safe
def session_coding_file(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """The same as a table, or as data (``?as=json``). That it was taken out is on record."""
    scope: Any = request
    session = ours(request, session_of(session_id))
    with local_time(session.practice.time_zone):
        found = coding_of(session, folded(session, now(), plain_facts(session)))
        record(
            "coding.taken-out",
            by=scope.actor,
            patient_id=session.patient_id,
            object_type="session",
            object_id=session.id,
        )
        if request.GET.get("as") == "json":
            response: HttpResponse = JsonResponse(found, json_dumps_params={"indent": 2})
        else:
            response = HttpResponse(_csv(session, found), content_type="text/csv; charset=utf-8")
            name = f"coding-{localtime(session.opened_at):%Y-%m-%d}-{str(session.id)[-6:]}.csv"
            response["Content-Disposition"] = content_disposition_header(True, name)
        response["Cache-Control"] = "no-store"
        return response


def _times(found: dict[str, Any]) -> list[tuple[str, str]]:
    rows = [
        (_("Arrived"), found["arrived_at"]),
        (_("First dose"), found["first_dose_at"]),
        *(
            pair
            for one in found["infusions"]
            for pair in (
                (_("Infusion started"), one["started_at"]),
                (_("Infusion stopped"), one["stopped_at"]),
            )
        ),
        (_("Last dose, or end of the infusion"), found["last_dose_at"]),
        (_("Left"), found["ended_at"]),
    ]
    return [(label, _clock(moment)) for label, moment in rows]


def _clock(moment: str | None) -> str:
    return (
        date_format(localtime(datetime.fromisoformat(moment)), "DATETIME_FORMAT")
        if moment
        else _("not on record")
    )


def _csv(session: Session, found: dict[str, Any]) -> str:
    codes = " ".join(f"{one['system']}:{one['code']}" for one in found["drug"]["codes"])
    infusions = " ".join(f"{one['started_at']}/{one['stopped_at'] or ''}" for one in found["infusions"])
    row = {
        "record_number": session.patient.record_number,
        "session": found["session"],
        "disposition": found["disposition"] or found["state"],
        **{name: found[name] for name in ("arrived_at", "first_dose_at", "last_dose_at", "ended_at")},
        "infusions": infusions,
        **{f"minutes_{name}": value for name, value in found["minutes"].items()},
        "substance": found["drug"]["substance"],
        "route": found["drug"]["route"],
        "given_mg": found["drug"]["given_mg"],
        "drug_codes": codes,
        "billing_code": found["billing"]["code"],
        "mg_per_unit": found["billing"]["mg_per_unit"],
        "units": found["billing"]["units"],
    }
    return csv_table(tuple(row), [tuple(row.values())])


@requires("practice.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def drug_codes(request: HttpRequest) -> HttpResponse:
    """The codes that this practice bills by. None is filled in for it."""
    scope: Any = request
    form, status = CodeForm(request.POST if request.method == "POST" else None), 200
    if request.method == "POST":
        if form.is_valid():
            try:
                enter_code(by=scope.actor, **form.cleaned_data)
                messages.success(request, _("Kept."))
                return redirect("drug_codes")
            except BadInput as refused:
                form.add_error(refused.path if refused.path in form.fields else None, refused.message)
        status = 422
    rows = [(one, treatment_words(one.substance, one.route)) for one in codes_of(scope.practice.id)]
    context = {"form": form, "rows": rows, "unknown": load_drug_codes().unknown_words}
    return render(request, "papers/drug_codes.html", context, status=status)
