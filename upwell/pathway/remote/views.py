"""The practice's switch, the team's page about the chaperone, and the page on the chaperone's own phone."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from upwell.access.acting import acting_as
from upwell.access.declare import requires
from upwell.access.kept import is_taken
from upwell.access.system import Purpose, system_actor
from upwell.access.trail import looked_at
from upwell.base.clock import now
from upwell.base.errors import BadInput, RefusedByRule, StaleState
from upwell.base.ids import new_id
from upwell.base.limits import LONGEST_NAME, LONGEST_PERSON, LONGEST_WORDS
from upwell.knowledge.remote import load_remote
from upwell.pathway.local_time import local_time
from upwell.pathway.remote.models import Chaperone
from upwell.pathway.remote.switch import sign, signed_at, statement_for
from upwell.pathway.remote.watching import (
    LINK_LASTS,
    Invited,
    attest,
    found_session,
    invite,
    last_sign,
    look,
    of_key,
    of_link,
    open_link,
    opens,
    watching_in,
)
from upwell.pathway.safety import crisis_help
from upwell.pathway.session.models import Session
from upwell.pathway.session.views.common import ours, uuid_of

COOKIE = "upwell_chaperone"
REFUSED = (BadInput, RefusedByRule, StaleState)


class SignForm(forms.Form):
    """Reason and signature."""

    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )
    name = forms.CharField(
        label=gettext_lazy("Your name, as your signature"),
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
    )


class InviteForm(forms.Form):
    """Who watches in the home."""

    name = forms.CharField(
        label=gettext_lazy("Name of the chaperone"),
        max_length=LONGEST_PERSON,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
    )
    phone = forms.CharField(
        label=gettext_lazy("Phone, on which you reach them during the session"),
        max_length=60,
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "off"}),
    )


@requires("practice.read")
@require_http_methods(["GET", "HEAD", "POST"])
def remote_switch(request: HttpRequest) -> HttpResponse:
    """Whether people are dosed at home; whoever may sign, signs here."""
    scope: Any = request
    practice, latest = scope.practice, signed_at(scope.practice.id)
    turn_on, number = latest is None or not latest.on, (latest.number if latest is not None else 0) + 1
    may_sign = "remote.sign" in scope.permissions
    form = SignForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST" and may_sign:
        status = 422
        try:
            if form.is_valid():
                seen = int(request.POST.get("number", "0") or 0) if _is_number(request) else 0
                sign(
                    by=scope.actor,
                    practice_id=practice.id,
                    practice=practice.name,
                    on=turn_on,
                    number=seen,
                    **form.cleaned_data,
                )
                messages.success(request, _("Signed. It counts from now on."))
                return redirect("remote_switch")
        except REFUSED as refused:
            form.add_error(refused.path if refused.path in form.fields else None, refused.message)
            status = refused.status
    context = {
        "form": form,
        "latest": latest,
        "turn_on": turn_on,
        "number": number,
        "may_sign": may_sign,
        "alert": load_remote().alert,
        "statement": statement_for(practice.name, on=turn_on),
    }
    return render(request, "remote/switch.html", context, status=status)


def _is_number(request: HttpRequest) -> bool:
    return request.POST.get("number", "").isascii() and request.POST.get("number", "").isdigit()


@requires("session.record")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def session_chaperone(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Who watches in the home, what they told so far, and a link for another one."""
    scope: Any = request
    session = ours(request, found_session(session_id))
    looked_at([session.patient_id])
    form, made, status = InviteForm(request.POST if request.method == "POST" else None), None, 200
    if request.method == "POST":
        status = 422
        try:
            if form.is_valid():
                made, status = invite(by=scope.actor, session_id=session.id, **form.cleaned_data), 200
                is_taken(request)
        except REFUSED as refused:
            form.add_error(refused.path if refused.path in form.fields else None, refused.message)
            status = refused.status
    with local_time(session.practice.time_zone):
        return render(request, "remote/team.html", _team(request, session, form, made), status=status)


def _team(request: HttpRequest, session: Session, form: InviteForm, made: Invited | None) -> dict[str, Any]:
    who = watching_in(session)
    since, rule = last_sign(session, who), load_remote()
    return {
        "session": session,
        "patient": session.patient,
        "who": who,
        "form": form if made is None else InviteForm(),
        "link": request.build_absolute_uri(reverse("chaperone_link", args=[made.token])) if made else "",
        "lasts_hours": int(LINK_LASTS.total_seconds() // 3600),
        "since": since,
        "next": None if since is None else since + rule.every,
        "is_late": since is not None and now() > since + rule.every,
        "looks": list(who.looks.order_by("-at")[:50]) if who is not None else [],
    }


@requires("public")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def chaperone_link(request: HttpRequest, token: str) -> HttpResponse:
    """Behind the link: it is opened by a press, so that a preview of the message does not use it up."""
    with acting_as(system_actor(Purpose.CHAPERONE)):
        found = of_link(token)
    if found is None:
        words = _("This link leads nowhere. Copy the whole link, or ask the team for a new one.")
        return _closed(request, words, 404)
    if not opens(found):
        if (own := _own(request)) is not None and own.id == found.id:
            return redirect("chaperone")
        return _closed(
            request, _("This link was opened already, or is too old. Ask the team for a new one."), 410
        )
    if request.method != "POST":
        return render(request, "remote/open.html", {"practice": found.session.practice, "name": found.name})
    try:
        with acting_as(system_actor(Purpose.CHAPERONE, found.practice_id)) as by:
            key = open_link(by=by, found=found)
    except StaleState as stale:
        return _closed(request, stale.message, 410)
    response = redirect("chaperone")
    response.set_cookie(
        COOKIE,
        key,
        max_age=int(LINK_LASTS.total_seconds()),
        path=reverse("chaperone"),
        httponly=True,
        secure=request.is_secure(),
        samesite="Lax",
    )
    return response


@requires("public")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def chaperone(request: HttpRequest) -> HttpResponse:
    """The page on the chaperone's phone: what is asked, then the looks, and the alarm."""
    found = _own(request)
    if found is None:
        return _closed(request, _("This phone has no open link. Ask the team for a new one."), 410)
    error, status = "", 200
    if request.method == "POST":
        try:
            _take(request, found)
            return redirect("chaperone")
        except REFUSED as refused:
            error, status = refused.message, refused.status
    with (
        acting_as(system_actor(Purpose.CHAPERONE, found.practice_id)),
        local_time(found.session.practice.time_zone),
    ):
        return render(request, "remote/chaperone.html", _page(request, found, error), status=status)


def _take(request: HttpRequest, found: Chaperone) -> None:
    given = request.POST
    with acting_as(system_actor(Purpose.CHAPERONE, found.practice_id)) as by:
        if found.session.is_over:
            raise StaleState(_("The session is over. Nothing was stored."))
        if given.get("what") == "attest":
            attest(by=by, found=found, confirmed=set(given.getlist("confirmed")), name=given.get("name", ""))
        else:
            number = uuid_of(given.get("id", ""))
            look(
                by=by,
                found=found,
                told=given.get("told", ""),
                words=given.get("words", ""),
                look_id=number,
            )


def _page(request: HttpRequest, found: Chaperone, error: str) -> dict[str, Any]:
    session, rule = found.session, load_remote()
    since = last_sign(session, found)
    looks = list(found.looks.order_by("-at")[:20])
    return {
        "found": found,
        "practice": session.practice,
        "given_name": session.patient.given_names,
        "is_over": session.is_over,
        "attests": rule.attests,
        "confirmed": set(request.POST.getlist("confirmed")),
        "name": request.POST.get("name", ""),
        "error": error,
        "since": since,
        "every_minutes": int(rule.every.total_seconds() // 60),
        "next": None if since is None else since + rule.every,
        "is_late": since is not None and now() > since + rule.every,
        "alarmed": bool(looks) and looks[0].told == "alarm",
        "looks": looks,
        "look_id": str(new_id()),
        "help": crisis_help(session.practice),
    }


def _own(request: HttpRequest) -> Chaperone | None:
    """Whose device this is, by its key."""
    with acting_as(system_actor(Purpose.CHAPERONE)):
        return of_key(request.COOKIES.get(COOKIE, ""))


def _closed(request: HttpRequest, words: str, status: int) -> HttpResponse:
    return render(request, "remote/closed.html", {"words": words}, status=status)
