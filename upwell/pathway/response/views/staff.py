"""Questionnaires at the practice: entering answers on one page, asking the patient, taking the question back."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from upwell.access.declare import requires
from upwell.access.kept import kept_fields
from upwell.base.errors import BadInput
from upwell.knowledge.instrument import Instrument
from upwell.knowledge.loader import load_instrument
from upwell.pathway.local_time import local_time, today
from upwell.pathway.response.actions import record_measure
from upwell.pathway.response.forms import AnswerForm
from upwell.pathway.response.offering import refuse_to_ask, refuse_without_form
from upwell.pathway.response.queries import days_since_last, stored_from
from upwell.pathway.response.views.receiving import receive, status_of, to_result
from upwell.pathway.safety import crisis_help
from upwell.people.charts import chart_ids
from upwell.people.models import Patient
from upwell.record.actions import Recorded
from upwell.record.actions_requests import ask_patient, cancel_request
from upwell.record.queries import patient_of_chart
from upwell.web.form_number import form_number, to_numbered

PAGE_METHODS = require_http_methods(["GET", "HEAD", "POST"])


@requires("assessment.enter")
@PAGE_METHODS
def assess(request: HttpRequest, patient_id: UUID, instrument: str) -> HttpResponse:
    """Enter a patient's answers, all on one page."""
    scope: Any = request
    known, patient = load_instrument(instrument), patient_of_chart(patient_id)
    refuse_without_form(known)
    owner = scope.actor.account_id
    with local_time(patient.practice.time_zone):
        if request.method != "POST":
            return _open(request, patient, known)
        form = AnswerForm.sent(known, owner, request.POST)

        def save(sent: AnswerForm) -> Recorded:
            return record_measure(
                by=scope.actor,
                patient=patient,
                instrument=known.id,
                answers=sent.answers(),
                submission_id=sent.submission_id,
                effective_at=_answered_at(sent.answered_on),
            )

        recorded = receive(form, save)
        if recorded is None:
            return _form(request, patient, form)
        return to_result(request, recorded, "assessment", patient.id, recorded.assessment.id)


def _open(request: HttpRequest, patient: Patient, known: Instrument) -> HttpResponse:
    """The form by its number; what was stored from it already is shown instead."""
    scope: Any = request
    if patient.merged_into_id:
        return redirect("assess", patient.merged_into_id, known.id)
    number = form_number(request)
    form = AnswerForm.fresh(known, scope.actor.account_id, kept_fields(request), number)
    if number is None:
        return to_numbered(request, form.submission_id)
    if stored := stored_from(chart_ids(patient.id), number):
        messages.info(
            request,
            _("This form is stored already; here it is. For new answers, open a new form on the chart."),
        )
        return redirect("assessment", patient.id, stored)
    return _form(request, patient, form)


def _answered_at(text: str) -> datetime | None:
    """Noon of the day that was named; None for now."""
    if not text.strip():
        return None
    try:
        day = date.fromisoformat(text.strip())
        return None if day == today() else timezone.make_aware(datetime.combine(day, time(12)))
    except (ValueError, OverflowError):
        raise BadInput(
            _("The date of the answers can't be read. Write it as 2026-03-02."), path="answered_on"
        ) from None


def _form(request: HttpRequest, patient: Patient, form: AnswerForm) -> HttpResponse:
    context = {
        "patient": patient,
        "form": form,
        "instrument": form.instrument,
        "today": today().isoformat(),
        "answered_on": form.answered_on or today().isoformat(),
        "help": crisis_help(patient.practice),
        "date_error": form.errors.get("answered_on") or form.errors.get("effective_at", ""),
    }
    return render(request, "response/assess.html", context, status=status_of(form))


@requires("assessment.request")
@require_POST
def ask(request: HttpRequest, patient_id: UUID, instrument: str) -> HttpResponse:
    """Ask the patient to answer a questionnaire on their own phone."""
    scope: Any = request
    known, patient = load_instrument(instrument), patient_of_chart(patient_id)
    refuse_to_ask(known)
    asked = ask_patient(by=scope.actor, patient=patient, instrument=known.id)
    if not asked.created:
        messages.info(
            request, _("%(name)s is asked for already, and not answered yet.") % {"name": known.name}
        )
        return redirect("chart", patient.id)
    messages.success(request, _("%(name)s now waits on the patient's own page.") % {"name": known.name})
    _warn_of_overlap(request, known, patient)
    return redirect("chart", patient.id)


def _warn_of_overlap(request: HttpRequest, known: Instrument, patient: Patient) -> None:
    """Two answers that look back on the same days can't be held against each other."""
    days = days_since_last(patient.id, known.id)
    if days is not None and days < known.recall_days:
        words = _(
            "The last answers are from %(ago)d days ago, and the questions look back %(days)d days:"
            " the two will overlap, and no response is computed between them."
        )
        messages.warning(request, words % {"ago": days, "days": known.recall_days})


@requires("assessment.request")
@require_POST
def cancel(request: HttpRequest, patient_id: UUID, request_id: UUID) -> HttpResponse:
    """Take a question back that was not answered yet."""
    scope: Any = request
    cancel_request(by=scope.actor, request_id=request_id)
    messages.success(request, _("The question was taken back."))
    return redirect("chart", patient_id)
