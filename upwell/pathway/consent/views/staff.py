"""The team's side of a consent: offer it, go through it together, see where the person is, hear a withdrawal."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from upwell.access.declare import requires
from upwell.base.clock import now
from upwell.base.errors import NotFound, RefusedByRule, StaleState
from upwell.base.ids import new_id
from upwell.pathway.consent.actions import OFFERED_IN, hear_withdrawal, offer_consent
from upwell.pathway.consent.models import Consent
from upwell.pathway.consent.pdf import pdf_response
from upwell.pathway.consent.queries import answers_of, consent_of, consents_of, status_of, unheard_of
from upwell.pathway.consent.rules import same_person
from upwell.pathway.consent.states import STATE_WORDS, UNSIGNED, state_at
from upwell.pathway.consent.views.door import Door
from upwell.pathway.consent.views.flow import (
    CHANGED,
    show_chapter,
    show_question,
    show_signature,
    show_withdrawal,
)
from upwell.pathway.consent.words import treatment_words
from upwell.pathway.course.care_queries import course_of
from upwell.pathway.local_time import local_time
from upwell.people.models import Patient

PAGE_METHODS = require_http_methods(["GET", "HEAD", "POST"])


@requires("consent.explain")
@require_safe
def course_consent(request: HttpRequest, course_id: UUID) -> HttpResponse:
    """The consent of a course: is it in force, where is the person, what was not clear at first."""
    scope: Any = request
    course = course_of(course_id)
    consents = consents_of(course)
    at = now()
    latest = consent_of(consents[0].id) if consents else None
    is_ours = course.practice_id == scope.actor.practice_id
    with local_time(course.practice.time_zone):
        context = {
            "course": course,
            "patient": course.patient,
            "is_ours": is_ours,
            "status": status_of(course, consents, at),
            "treatment": treatment_words(course.substance, course.route) if course.route else "",
            "latest": latest,
            "door": Door(latest, together=True) if latest else None,
            "answers": answers_of(latest) if latest else [],
            "history": [_line(one, course.patient) for one in consents],
            "may_offer": is_ours and course.stands in OFFERED_IN,
            "is_open": latest is not None and latest.stands in UNSIGNED,
            "unheard": unheard_of(consents),
            "number": new_id(),
        }
        return render(request, "consent/course_consent.html", context)


def _line(one: Consent, patient: Patient) -> dict[str, Any]:
    stands = state_at(one.state, one.expires_at, now())
    return {
        "consent": one,
        "treatment": treatment_words(one.substance, one.route),
        "state": STATE_WORDS[stands],
        "other_name": bool(one.signed_name) and not same_person(one.signed_name, patient.all_names),
        "pdf": Door(one, together=True).pdf if one.signed_at else "",
    }


@requires("consent.explain")
@require_POST
def offer(request: HttpRequest, course_id: UUID) -> HttpResponse:
    """Offer the consent: it waits on the person's page from now on."""
    scope: Any = request
    course = course_of(course_id)
    try:
        offered = offer_consent(
            by=scope.actor, course_id=course.id, consent_id=_uuid(request.POST.get("number", ""))
        )
    except (RefusedByRule, StaleState) as refused:
        messages.error(request, refused.message)
        return redirect("course_consent", course.id)
    if offered.created:
        messages.success(request, _("Offered. It waits on the person's own page; or go through it together."))
    else:
        words = _("%(name)s has offered it already. Nothing was changed.")
        messages.info(request, words % {"name": offered.consent.offered_by_name or _("Somebody")})
    return redirect("course_consent", course.id)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return new_id()


def _door(course_id: UUID, consent_id: UUID) -> Door:
    consent = consent_of(consent_id)
    if consent.course_id != course_id:
        raise NotFound(_("There is no such consent here."))
    return Door(consent, together=True)


@requires("consent.explain")
@PAGE_METHODS
def chapter(request: HttpRequest, course_id: UUID, consent_id: UUID, number: int) -> HttpResponse:
    """One chapter, read together."""
    door = _door(course_id, consent_id)
    with local_time(door.consent.practice.time_zone):
        return show_chapter(request, door, number)


@requires("consent.explain")
@PAGE_METHODS
def question(request: HttpRequest, course_id: UUID, consent_id: UUID, number: int) -> HttpResponse:
    """One question, asked in person."""
    door = _door(course_id, consent_id)
    with local_time(door.consent.practice.time_zone):
        return show_question(request, door, number)


@requires("consent.explain")
@PAGE_METHODS
def signature(request: HttpRequest, course_id: UUID, consent_id: UUID) -> HttpResponse:
    """The person signs on the practice's tablet."""
    door = _door(course_id, consent_id)
    with local_time(door.consent.practice.time_zone):
        return show_signature(request, door)


@requires("consent.explain")
@PAGE_METHODS
def withdrawal(request: HttpRequest, course_id: UUID, consent_id: UUID) -> HttpResponse:
    """The person said that they take it back."""
    door = _door(course_id, consent_id)
    with local_time(door.consent.practice.time_zone):
        return show_withdrawal(request, door)


@requires("consent.explain")
@require_POST
def heard(request: HttpRequest, course_id: UUID, consent_id: UUID) -> HttpResponse:
    """Somebody of the team takes a withdrawal on."""
    scope: Any = request
    door = _door(course_id, consent_id)
    with local_time(door.consent.practice.time_zone):
        try:
            hear_withdrawal(by=scope.actor, consent_id=door.consent.id)
            messages.success(request, _("The team sees that you are on it."))
        except CHANGED as changed:
            messages.info(request, changed.message)
    return redirect("course_consent", course_id)


@requires("consent.explain")
@require_safe
def pdf(request: HttpRequest, course_id: UUID, consent_id: UUID) -> HttpResponse:
    """The signed consent as a file."""
    scope: Any = request
    consent = _door(course_id, consent_id).consent
    if consent.signed_at is None:
        raise NotFound(_("There is nothing signed here yet."))
    return pdf_response(by=scope.actor, consent=consent)
