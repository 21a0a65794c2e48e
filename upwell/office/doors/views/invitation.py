"""Accepting an invitation: the page behind the link."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from upwell.access.acting import acting_as
from upwell.access.at_the_door import at_the_door
from upwell.access.declare import requires
from upwell.access.roles import rulebook
from upwell.access.system import Purpose, system_actor
from upwell.access.who import OWN_CARE, PRACTICE_KEY
from upwell.base.errors import StaleState
from upwell.office.doors.actions import accept_with_new_log_in, accept_with_own_log_in, closed_words, state_of
from upwell.office.doors.forms import NewLogInForm
from upwell.office.doors.queries import AnyInvitation, account_with, invitation_of
from upwell.office.doors.rules import LinkState, same_address
from upwell.people.models import Invitation


@requires("public")
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Accept an invitation with a new log-in, or with the one that a person has."""
    with acting_as(system_actor(Purpose.LOG_IN)):
        found = invitation_of(token)
        has_log_in = found is not None and account_with(found.email) is not None
    if found is None:
        words = _("This link leads nowhere. Copy the whole link, or ask the practice for a new one.")
        return render(request, "doors/invitation_closed.html", {"words": words}, status=404)
    if (state := state_of(found)) is not LinkState.OPEN:
        return _closed(request, found, state)
    if request.user.is_authenticated:
        return _for_signed_in(request, token, found)
    if has_log_in:
        log_in = f"{settings.LOGIN_URL}?{urlencode({'next': request.path})}"
        return render(request, "doors/invitation_log_in.html", {**_frame(found), "log_in_url": log_in})
    return _for_newcomer(request, token, found)


def _frame(found: AnyInvitation) -> dict[str, Any]:
    roles = [rulebook().roles[role] for role in found.roles] if isinstance(found, Invitation) else []
    return {"invitation": found, "practice": found.practice, "roles": roles, "for_patient": not roles}


def _closed(request: HttpRequest, found: AnyInvitation, state: LinkState) -> HttpResponse:
    user: Any = request.user
    if state is LinkState.USED and user.is_authenticated and found.accepted_by_id == user.id:
        return redirect("home")  # the same person, sent twice or gone back
    context = {**_frame(found), "words": closed_words(state)}
    return render(request, "doors/invitation_closed.html", context, status=410)


def _for_signed_in(request: HttpRequest, token: str, found: AnyInvitation) -> HttpResponse:
    user: Any = request.user
    if not same_address(user.email, found.email):
        sign_out = f"{reverse('account_logout')}?{urlencode({'next': request.path})}"
        context = {**_frame(found), "sign_out_url": sign_out}
        return render(request, "doors/invitation_other.html", context, status=403)
    if request.method != "POST":
        return render(request, "doors/invitation_join.html", _frame(found))
    accept_with_own_log_in(token=token, account=user)
    return _welcome(request, found, "home")


def _for_newcomer(request: HttpRequest, token: str, found: AnyInvitation) -> HttpResponse:
    form = NewLogInForm(request.POST or None, initial={"name": found.name}, email=found.email)
    if request.method == "POST" and form.is_valid():
        try:
            account = accept_with_new_log_in(
                token=token, name=form.cleaned_data["name"], password=form.cleaned_data["password"]
            )
        except StaleState as error:
            context = {**_frame(found), "words": error.message}
            return render(request, "doors/invitation_closed.html", context, status=error.status)
        with at_the_door():
            get_adapter(request).login(request, account)
            reauthenticate_by_password(request)  # chosen a moment ago: not asked again for a passkey
        return _welcome(request, found, "account", "?joined")
    return render(request, "doors/invitation.html", {**_frame(found), "form": form})


def _welcome(request: HttpRequest, found: AnyInvitation, page: str, query: str = "") -> HttpResponse:
    here = str(found.practice_id) if isinstance(found, Invitation) else OWN_CARE
    request.session[PRACTICE_KEY] = here
    messages.success(request, _("Welcome to %(practice)s.") % {"practice": found.practice.name})
    return redirect(reverse(page) + query)
