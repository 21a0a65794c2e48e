"""A questionnaire that was answered: what it says, what it rests on, and marking it as entered in error."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from upwell.access.declare import requires
from upwell.base.errors import BadInput
from upwell.pathway.kept_text import kept_text, without_kept
from upwell.pathway.local_time import local_time
from upwell.pathway.response.actions import mark_measure_in_error
from upwell.pathway.response.queries import name_of
from upwell.pathway.response.reading import read_assessment
from upwell.pathway.safety import crisis_help
from upwell.people.charts import chart_ids
from upwell.record.models import Assessment
from upwell.record.queries import alert_of_assessment, assessment_of


@requires("chart.read")
@require_safe
def assessment(request: HttpRequest, patient_id: UUID, assessment_id: UUID) -> HttpResponse:
    """One assessment: score, findings, and every answer."""
    row = assessment_of(tuple(chart_ids(patient_id)), assessment_id)
    return without_kept(request, _show(request, row, written=kept_text(request, "reason")))


def _show(request: HttpRequest, row: Assessment, *, error: str = "", written: str = "") -> HttpResponse:
    scope: Any = request
    reading = read_assessment(row)
    with local_time(row.patient.practice.time_zone):
        context = {
            "row": row,
            "patient": row.patient,
            "reading": reading,
            "by": name_of(row.created_by_id),
            "marked_by": name_of(row.updated_by_id) if row.entered_in_error else "",
            "alert": alert_of_assessment(row.id) if "alert.read" in scope.permissions else None,
            "help": crisis_help(row.patient.practice) if reading.is_urgent else None,
            "may_mark": "assessment.enter" in scope.permissions
            and not row.entered_in_error
            and row.practice_id == scope.actor.practice_id,
            "error": error,
            "written": written,
        }
        return render(request, "response/assessment.html", context, status=422 if error else 200)


@requires("assessment.enter")
@require_POST
def mark_in_error(request: HttpRequest, patient_id: UUID, assessment_id: UUID) -> HttpResponse:
    """Mark an assessment as entered in error, with the reason."""
    scope: Any = request
    row = assessment_of(tuple(chart_ids(patient_id)), assessment_id)
    reason = request.POST.get("reason", "")
    try:
        mark_measure_in_error(by=scope.actor, assessment_id=row.id, reason=reason)
    except BadInput as problem:
        return _show(request, row, error=problem.message, written=reason)
    messages.success(request, _("Marked as entered in error. It stays on record, struck through."))
    return redirect("assessment", patient_id, assessment_id)
