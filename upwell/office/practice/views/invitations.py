"""Inviting staff and patients: the link is shown once, and mailed where mail is set up."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from upwell.access.declare import requires
from upwell.access.kept import is_taken
from upwell.office.practice import actions, queries
from upwell.office.practice.forms import InviteForm, PatientInviteForm, attempt, form_of, page_with_form
from upwell.office.practice.links import Invited
from upwell.office.practice.mail import send_invitation


@requires("practice.manage")
def staff_invite(request: HttpRequest) -> HttpResponse:
    """Invite somebody to the staff."""
    scope: Any = request
    form = form_of(request, InviteForm)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        made = attempt(
            form,
            lambda: actions.invite(
                by=scope.actor, email=given["email"], name=given["name"], roles=given["roles"]
            ),
        )
        if made:
            return _show_link(request, made, "staff")
    return page_with_form(request, "practice/invite.html", {"form": form})


@require_POST
@requires("practice.manage")
def invitation_revoke(request: HttpRequest, invitation_id: UUID) -> HttpResponse:
    """Take an invitation back."""
    scope: Any = request
    found = actions.revoke_invitation(by=scope.actor, invitation_id=invitation_id)
    messages.success(
        request, _("The invitation of %s is taken back: its link does not work any more.") % found.name
    )
    return redirect("staff")


@requires("patient.edit")
def patient_invite(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Invite a patient to their own pages."""
    scope: Any = request
    patient, waiting = queries.patient_to_invite(scope.actor, patient_id)
    form = form_of(request, PatientInviteForm, {"email": patient.email})
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"]
        made = attempt(
            form, lambda: actions.invite_patient(by=scope.actor, patient_id=patient_id, email=email)
        )
        if made:
            return _show_link(request, made, "chart", patient_id)
    context = {"form": form, "patient": patient, "waiting": waiting}
    return page_with_form(request, "practice/patient_invite.html", context)


@require_POST
@requires("patient.edit")
def patient_invite_revoke(request: HttpRequest, patient_id: UUID, invitation_id: UUID) -> HttpResponse:
    """Take a patient's invitation back."""
    scope: Any = request
    actions.revoke_patient_invitation(by=scope.actor, patient_id=patient_id, invitation_id=invitation_id)
    messages.success(request, _("The invitation is taken back: its link does not work any more."))
    return redirect("patient_invite", patient_id)


def _show_link(request: HttpRequest, made: Invited, back: str, *args: UUID) -> HttpResponse:
    link = request.build_absolute_uri(made.path)
    is_taken(request)
    context = {
        "invitation": made.invitation,
        "link": link,
        "mail": send_invitation(made.invitation, link),
        "back": back,
        "back_args": args,
    }
    return render(request, "practice/invited.html", context)
