"""A person's own log-in: name, language, and how they come in."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from upwell.access.acting import acting_as
from upwell.access.declare import requires
from upwell.access.own import own_charts
from upwell.access.who import OWN_CARE, memberships_of, patient_actor
from upwell.base.errors import NotPermitted
from upwell.office.doors.actions import change_own_details
from upwell.office.doors.forms import AccountForm
from upwell.office.doors.language import remember_language
from upwell.web.role_words import role_titles


@requires("signed-in")
def account(request: HttpRequest) -> HttpResponse:
    """Your log-in: name, language, password, passkeys, app and recovery codes."""
    user: Any = request.user
    form = AccountForm(request.POST or None, initial={"name": user.name, "language": user.language})
    for field in form.fields.values():
        field.disabled = user.is_demo
    if request.method == "POST":
        if user.is_demo:
            raise NotPermitted(
                _("Demo people are shared by everyone who tries Upwell: they stay as they are.")
            )
        if form.is_valid():
            return _saved(request, form)
    kinds = list(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    context = {
        "form": form,
        "passkeys": kinds.count(Authenticator.Type.WEBAUTHN),
        "has_app": Authenticator.Type.TOTP in kinds,
        "has_codes": Authenticator.Type.RECOVERY_CODES in kinds,
        "suggest_second_step": not kinds and not user.is_demo,
        "just_joined": "joined" in request.GET,
        "places": _places(request),
    }
    return render(request, "doors/account.html", context)


def _places(request: HttpRequest) -> list[dict[str, Any]]:
    """Where the person belongs: the practices where they work, and their own care; and where they are now."""
    scope: Any = request
    actor = scope.actor
    found = [
        {
            "key": str(m.practice_id),
            "name": m.practice.name,
            "as_whom": role_titles(m.roles),
            "here": actor.practice_id == m.practice_id,
        }
        for m in memberships_of(actor.account_id)
    ]
    with acting_as(patient_actor(actor.account_id, actor.name)) as person:
        in_care = bool(own_charts(person))
    if found and in_care:
        found.append({"key": OWN_CARE, "name": _("Your own care"), "as_whom": "", "here": actor.is_patient})
    return found


def _saved(request: HttpRequest, form: AccountForm) -> HttpResponse:
    scope: Any = request
    given = form.cleaned_data
    change_own_details(by=scope.actor, name=given["name"], language=given["language"])
    messages.success(request, _("Saved."))
    response = redirect("account")
    remember_language(response, given["language"])
    return response
