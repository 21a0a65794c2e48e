"""The bedside: what is due, what is given, and the forms that write the log; and the second screen."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from upwell.access.declare import requires
from upwell.base.clock import now
from upwell.base.errors import NotFound, NotPermitted
from upwell.base.ids import new_id
from upwell.pathway.local_time import local_time
from upwell.pathway.session.actions import record_event
from upwell.pathway.session.entering import entry_of
from upwell.pathway.session.forms import FORMS, Entry, entry_form, moment_of
from upwell.pathway.session.log import folded
from upwell.pathway.session.models import Session
from upwell.pathway.session.queries import session_of
from upwell.pathway.session.shown import Bedside
from upwell.pathway.session.staffing.forms import team_begin
from upwell.pathway.session.staffing.queries import Staffed
from upwell.pathway.session.views.common import (
    found_session,
    frame,
    our_session,
    ours,
    receipt,
    receipt_of_nothing,
    refuse_before_a_dose,
)

SPRAYED = "intranasal"
BACK = {
    "leave": "session_leave",
    "gate": "session_gate",
    "session": "session",
    "log": "session_log",
    "watch": "session_watch",
}


@requires("session.read")
@require_safe
def session(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """The bedside page; for another practice, the summary that was opened to it."""
    scope: Any = request
    found, _log, shown = found_session(request, session_id)
    with local_time(found.practice.time_zone):
        context = frame(request, found, shown)
        if not context["is_ours"]:
            return render(request, "session/summary.html", context)
        may_write = "session.record" in scope.permissions
        return _bedside(request, context, {} if may_write else None)


@requires("session.read")
@require_safe
def session_watch(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """The second screen: the same session, to look at."""
    found, _log, shown = our_session(request, session_id)
    with local_time(found.practice.time_zone):
        return render(request, "session/watch.html", frame(request, found, shown))


@requires("session.read")
@require_safe
def session_part(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """The live part of a session's pages, as an open page asks for it."""
    found, _log, shown = our_session(request, session_id, recent=True)
    with local_time(found.practice.time_zone):
        context = frame(request, found, shown) | {"watching": "watching" in request.GET}
        if not context["watching"]:
            context |= _entry_forms(found, shown, {}, context["staffed"])
        return render(request, "session/live.html", context)


session_part.in_background = True  # type: ignore[attr-defined]


@require_POST
@requires("session.record")
def session_record(request: HttpRequest, session_id: UUID, what: str) -> HttpResponse:
    """Write one entry into the log. The same address takes a plain form and what the page's outbox sends."""
    scope: Any = request
    if what not in FORMS:
        raise Http404
    form = entry_form(what, request.POST)
    if "application/json" in request.headers.get("Accept", ""):
        return _record_sent(request, session_id, form)
    found = ours(request, session_of(session_id))
    with local_time(found.practice.time_zone):
        at = moment_of(form, timezone.get_current_timezone()) if form.is_valid() else None
        if what == "end" and at is not None:
            refuse_before_a_dose(form, folded(found, now(), {}), at)
        if not form.is_valid():
            _session, _log, shown = our_session(request, session_id)
            return _bedside(request, frame(request, found, shown), {what: form}, 422)
        document, _told = entry_of(form, request.POST, at)
        if document is None:
            return redirect(BACK.get(request.POST.get("back", ""), "session"), found.id)
        recorded = record_event(by=scope.actor, session_id=found.id, document=document)
        level = messages.WARNING if recorded.told else messages.SUCCESS
        messages.add_message(request, level, " ".join(recorded.told) or _("Written down."))
        return redirect(BACK.get(request.POST.get("back", ""), "session"), found.id)


def _record_sent(request: HttpRequest, session_id: UUID, form: Entry) -> HttpResponse:
    """What the outbox sends is stored as it is, or kept as it came. The clock is that of the actor's own practice."""
    scope: Any = request
    at = moment_of(form, timezone.get_current_timezone()) if form.is_valid() else None
    document, told = entry_of(form, request.POST, at)
    if document is None:
        return receipt_of_nothing(request.POST.get("id", ""), told)
    try:
        return receipt(record_event(by=scope.actor, session_id=session_id, document=document), told)
    except NotPermitted:
        raise NotFound(_("There is no such session here.")) from None  # as on every page of a session


def _bedside(
    request: HttpRequest, context: dict[str, Any], bound: dict[str, Entry] | None, status: int = 200
) -> HttpResponse:
    found: Session = context["session"]
    if bound is not None:
        context |= _entry_forms(found, context["shown"], bound, context["staffed"])
    context["wrong"] = next(iter(bound), "") if bound else ""
    return render(request, "session/bedside.html", context, status=status)


def _entry_forms(found: Session, shown: Bedside, bound: dict[str, Entry], around: Staffed) -> dict[str, Any]:
    begin = {**shown.usual, "team": team_begin(shown.team, around)}
    forms = {what: bound.get(what) or entry_form(what, begin=begin.get(what)) for what in FORMS}
    if found.route and found.route != SPRAYED:
        forms["dose"].fields.pop("device", None)  # nothing is counted that is not there
    return {
        "forms": forms,
        "ids": {what: str(new_id()) for what in FORMS},
        "route": found.route,
    }
