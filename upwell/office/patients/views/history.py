"""The history of a patient's details, and of the charts joined into theirs."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from upwell.access.declare import requires
from upwell.access.roles import may
from upwell.office.patients.history import history_of
from upwell.office.patients.queries import merges_of, own_patient
from upwell.office.patients.views.page import here, page
from upwell.people.charts import kept_chart


@requires("patient.read")
@require_safe
def patient_history(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Every former state, field by field: what it was, what it became, when, and by whom."""
    actor, practice = here(request)
    patient = own_patient(actor, patient_id)
    context = {
        "patient": patient,
        "history": history_of(patient, practice),
        "merges": merges_of(patient.id),
        "kept_id": kept_chart(patient.id) if patient.merged_into_id else None,
        "may_merge": may(actor, "patient.merge"),
    }
    return page(request, "history.html", context)
