"""Adding a patient, and changing who they are and how to reach them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from upwell.access.declare import requires
from upwell.access.trail import looked_at
from upwell.audit.actions import record
from upwell.base.actor import Actor
from upwell.base.ids import new_id
from upwell.office.patients import actions
from upwell.office.patients.actions import Created, StaleDetails
from upwell.office.patients.days import today_at
from upwell.office.patients.details import FIELDS, details_of
from upwell.office.patients.forms import EditPatientForm, NewPatientForm
from upwell.office.patients.queries import own_patient
from upwell.office.patients.stale import conflicts, rebased
from upwell.office.patients.views.page import (
    forget_kept,
    here,
    kept_entries,
    page,
    to_kept_chart,
    with_kept_entries,
)
from upwell.office.practice.forms import attempt
from upwell.people.models import Account, Patient, Practice
from upwell.web.form_number import form_number, to_numbered

TWO_WAYS = require_http_methods(["GET", "HEAD", "POST"])


@requires("patient.create")
@TWO_WAYS
def patient_new(request: HttpRequest) -> HttpResponse:
    """A new patient. Who looks like somebody on record is shown first; nothing is made before that."""
    actor, practice = here(request)
    today = today_at(practice)
    if request.method != "POST":
        return _fresh(request, actor, practice)
    form = NewPatientForm(request.POST, today=today)
    outcome = None
    if form.is_valid():
        given = form.cleaned_data
        outcome = attempt(
            form,
            lambda: actions.create_patient(
                by=actor, patient_id=given["id"], details=form.details, seen=given["seen"]
            ),
        )
    if outcome is None:
        return page(request, "new.html", {"form": form}, status=422)
    if isinstance(outcome, Created):
        return _made(request, outcome)
    shown = [duplicate.entry.id for duplicate in outcome.duplicates]
    looked_at(shown)
    entered = request.POST.copy()
    entered["seen"] = ",".join(map(str, shown))
    return page(
        request, "new.html", {"form": NewPatientForm(entered, today=today), "duplicates": outcome.duplicates}
    )


def _fresh(request: HttpRequest, actor: Actor, practice: Practice) -> HttpResponse:
    """The form by its number; whom it put on record already is shown instead."""
    number = form_number(request)
    if number is None:
        return to_numbered(request, _kept_number(request, actor) or new_id())
    if there := Patient.objects.filter(id=number, practice_id=practice.id).first():
        words = _("This form was sent already: it made this record. For somebody else, add another patient.")
        messages.info(request, words)
        return redirect("chart", there.id)
    initial = {"id": number, "owner": str(actor.account_id)}
    initial = with_kept_entries(request, actor, initial, NewPatientForm)
    form = NewPatientForm(initial=initial, today=today_at(practice))
    return forget_kept(request, page(request, "new.html", {"form": form}))


def _kept_number(request: HttpRequest, actor: Actor) -> UUID | None:
    """The number of the form whose entries were kept over an expired log-in."""
    try:
        return UUID(kept_entries(request, actor).get("id", ""))
    except ValueError:
        return None


def _made(request: HttpRequest, outcome: Created) -> HttpResponse:
    words = (
        _("%(name)s was added already, as %(number)s. The form was sent twice; there is one record.")
        if outcome.was_there
        else _("%(name)s is on record now, as %(number)s.")
    )
    patient = outcome.patient
    messages.success(request, words % {"name": patient.display_name, "number": patient.record_number})
    return forget_kept(request, redirect("chart", patient.id))


@requires("patient.edit")
@TWO_WAYS
def patient_edit(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Change a patient's details. Who was overtaken by somebody else sees what changed, with their entries kept."""
    actor, practice = here(request)
    patient = own_patient(actor, patient_id)
    if patient.merged_into_id:
        return to_kept_chart(request, patient, page_name="patient_edit")
    today, initial = today_at(practice), details_of(patient, practice)
    if request.method != "POST":
        initial |= {"version": patient.version, "owner": str(actor.account_id)}
        initial = with_kept_entries(request, actor, initial, EditPatientForm)
        response = page(
            request, "edit.html", {"patient": patient, "form": EditPatientForm(initial=initial, today=today)}
        )
        return forget_kept(request, response)
    form = EditPatientForm(request.POST, initial=initial, today=today)
    changed = None
    if form.is_valid():
        version, details = form.cleaned_data["version"], form.details
        try:
            changed = attempt(
                form,
                lambda: actions.edit_patient(
                    by=actor, patient_id=patient_id, version=version, details=details
                ),
            )
        except StaleDetails as stale:
            return _overtaken(request, form, stale)
    if changed is None:
        return page(request, "edit.html", {"patient": patient, "form": form}, status=422)
    messages.success(
        request, _("The details are saved.") if changed else _("Nothing was different, so nothing was saved.")
    )
    return forget_kept(request, redirect("chart", patient_id))


def _overtaken(request: HttpRequest, form: EditPatientForm, stale: StaleDetails) -> HttpResponse:
    actor, practice = here(request)
    current = details_of(stale.patient, practice)
    entries: dict[str, Any] = rebased(form.details, stale.base, current)
    data = {name: _as_sent(entries[name]) for name in FIELDS} | {
        "version": str(stale.patient.version),
        "owner": str(actor.account_id),
    }
    context = {
        "patient": stale.patient,
        "form": EditPatientForm(data, initial=current, today=form.today),
        "conflicts": conflicts(form.details, stale.base, stale.between, current),
        "who": _who_changed(stale.patient),
    }
    # A refusal is not noted as a look by the door, but this one shows what somebody else has entered.
    record("page.POST", by=actor, patient_id=stale.patient.id, object_type="patient_edit", stale=True)
    return page(request, "edit.html", context, status=stale.status)


def _as_sent(value: Any) -> str:
    """A value as a browser would send it; a box that is not ticked sends nothing."""
    if isinstance(value, bool):
        return "on" if value else ""
    return "" if value is None else str(value)


def _who_changed(patient: Patient) -> str:
    account = (
        Account.objects.filter(id=patient.updated_by_id).only("name").first()
        if patient.updated_by_id
        else None
    )
    return account.name if account else ""
