"""A person's own consent, on their own phone."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from upwell.access.declare import requires
from upwell.base.clock import now
from upwell.base.errors import NotFound
from upwell.pathway.consent.pdf import pdf_response
from upwell.pathway.consent.queries import consent_of, own_consents
from upwell.pathway.consent.states import state_at
from upwell.pathway.consent.views.door import Door, shown
from upwell.pathway.consent.views.flow import show_chapter, show_question, show_signature, show_withdrawal
from upwell.pathway.local_time import local_time
from upwell.pathway.safety import crisis_help

PAGE_METHODS = require_http_methods(["GET", "HEAD", "POST"])


def _door(request: HttpRequest, consent_id: UUID) -> Door:
    scope: Any = request
    return Door(consent_of(consent_id, patient_ids=scope.actor.patient_ids), together=False)


@requires("own.consent")
@require_safe
def my_consents(request: HttpRequest) -> HttpResponse:
    """My consents: straight to the one that waits or counts; the list where there are several."""
    scope: Any = request
    found = own_consents(scope.actor.patient_ids)
    if len(found) == 1:
        return redirect("my_consent", found[0].id)
    rows = [(one, state_at(one.state, one.expires_at, now())) for one in found]
    with local_time(found[0].practice.time_zone if found else "UTC"):
        return render(request, "consent/my_consents.html", {"rows": rows})


@requires("own.consent")
@require_safe
def my_consent(request: HttpRequest, consent_id: UUID) -> HttpResponse:
    """One consent of mine: where it stands, what I signed, and how to take it back."""
    door = _door(request, consent_id)
    consent = door.consent
    with local_time(consent.practice.time_zone):
        context = {
            "state": state_at(consent.state, consent.expires_at, now()),
            "begun": consent.place > 0,
            "help": crisis_help(consent.practice),
        }
        return shown(request, "consent/my_consent.html", door, context)


@requires("own.consent")
@PAGE_METHODS
def my_chapter(request: HttpRequest, consent_id: UUID, number: int) -> HttpResponse:
    """One chapter of what to expect."""
    door = _door(request, consent_id)
    with local_time(door.consent.practice.time_zone):
        return show_chapter(request, door, number)


@requires("own.consent")
@PAGE_METHODS
def my_question(request: HttpRequest, consent_id: UUID, number: int) -> HttpResponse:
    """One question about it."""
    door = _door(request, consent_id)
    with local_time(door.consent.practice.time_zone):
        return show_question(request, door, number)


@requires("own.consent")
@PAGE_METHODS
def my_signature(request: HttpRequest, consent_id: UUID) -> HttpResponse:
    """My signature."""
    door = _door(request, consent_id)
    with local_time(door.consent.practice.time_zone):
        return show_signature(request, door)


@requires("own.consent")
@PAGE_METHODS
def my_withdrawal(request: HttpRequest, consent_id: UUID) -> HttpResponse:
    """Take my consent back."""
    door = _door(request, consent_id)
    with local_time(door.consent.practice.time_zone):
        return show_withdrawal(request, door)


@requires("own.consent")
@require_safe
def my_pdf(request: HttpRequest, consent_id: UUID) -> HttpResponse:
    """What I signed, as a file to keep."""
    scope: Any = request
    consent = _door(request, consent_id).consent
    if consent.signed_at is None:
        raise NotFound(_("There is nothing signed here yet."))
    return pdf_response(by=scope.actor, consent=consent)
