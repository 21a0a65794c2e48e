"""The door: who comes in, whether they may, in whose name the database is asked, and the audit row of the look."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from secrets import token_hex
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import render
from django.template.response import SimpleTemplateResponse
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext as _

from upwell.access import kept, trail
from upwell.access.acting import acting_as
from upwell.access.declare import FIRST, permission_of
from upwell.access.in_force import in_force_for_own_care
from upwell.access.local_time import local_time
from upwell.access.own import own_care
from upwell.access.roles import may, permissions_of
from upwell.access.who import actor_of
from upwell.audit.actions import record, written_together
from upwell.base.actor import Actor
from upwell.base.errors import NotFound, NotPermitted, Unavailable, UpwellError
from upwell.knowledge.errors import KnowledgeError

TAKEN = ("GET", "HEAD", "POST")  # a page takes nothing else; a request that is not answered is not noted
SEEN_KEY = "upwell_seen"
SEEN_EVERY_S = 60
NOTED_KEY = "upwell_noted"
NOTED_EVERY_S = 15 * 60


class DoorMiddleware:
    """Deny by default: a view without a declared permission is refused even if the start-up check were gone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        scope: Any = request
        scope.reference = token_hex(4)  # on the page and in the log, when something goes wrong
        response = self.get_response(request)
        if request.method == "POST" or kept.COOKIE in request.COOKIES:
            kept.settle(request, response, getattr(getattr(scope, "actor", None), "account_id", None))
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store"  # a shared tablet keeps no page of a chart
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase:
        if request.method not in TAKEN:
            return HttpResponseNotAllowed(TAKEN)
        match = request.resolver_match
        url_name = match.url_name if match else None
        permission = permission_of(view, url_name)
        if permission is None:
            raise PermissionDenied("This page declares no permission.")
        _end_idle_session(request, in_background=getattr(view, "in_background", False))
        actor = actor_of(request)
        scope: Any = request
        scope.actor, scope.permissions = actor, permissions_of(actor)
        try:
            if not may(actor, permission):
                if actor.account_id is None:
                    return _to_log_in(request)
                raise NotPermitted(
                    "Your role does not open this page. Ask the practice's admin if it should."
                )
            scope.in_background = getattr(view, "in_background", False)
            question = getattr(view, FIRST, None)
            knows = not actor.is_patient or scope.own is not None
            scope.first = question(**kwargs) if question is not None and knows else None
            return _run(
                request, actor, permission, url_name or "", lambda: view(request, *args, **kwargs), kwargs
            )
        except Http404:
            _note(actor, "not-found", url_name, permission)
            raise
        except UpwellError as error:
            if isinstance(error, NotPermitted | NotFound):
                _note(
                    actor, "refused" if isinstance(error, NotPermitted) else "not-found", url_name, permission
                )
            return refused(request, error)


def _note(actor: Actor, action: str, url_name: str | None, permission: str) -> None:
    """Who knocks at doors that are not theirs stands in the trail too, in a transaction of its own."""
    if actor.account_id is not None:
        with acting_as(actor):
            record(action, by=actor, object_type=url_name or "", permission=permission)


def _run(
    request: HttpRequest,
    actor: Actor,
    permission: str,
    url_name: str,
    view: Callable[[], HttpResponseBase],
    kwargs: dict[str, Any],
) -> HttpResponseBase:
    if permission == "public" and actor.account_id is None:
        return view()
    trail.start()
    scope: Any = request
    with acting_as(actor, first=scope.first), written_together(), ExitStack() as inside:
        time_zone = scope.practice.time_zone if scope.practice else "UTC"
        if actor.is_patient:
            own = scope.own or own_care(actor)
            time_zone = own.time_zone
            if own.patient_ids and not actor.patient_ids:
                inside.enter_context(in_force_for_own_care())
            actor = scope.actor = replace(actor, patient_ids=own.patient_ids)
        with local_time(time_zone):  # every page speaks the time of the practice's clock
            scope.clock = get_current_timezone()
            response = view()
            if isinstance(response, SimpleTemplateResponse) and not response.is_rendered:
                response.render()
        seen = trail.finish()
        patient = kwargs.get("patient_id") or (seen[0] if len(seen) == 1 else None)
        is_look = request.method in {"GET", "HEAD"}
        # A look that only leads on to another page has shown nothing: the other page notes it. Nor has one that
        # found nothing new since an open page asked last (204).
        noted = response.status_code < (300 if is_look else 400) and not (
            is_look and response.status_code == 204
        )
        noted = noted and not (scope.in_background and _noted_lately(request, f"{url_name} {kwargs}"))
        if permission not in {"public", "signed-in"} and noted:
            record(
                "page" if is_look else f"page.{request.method}",
                by=actor,
                patient_id=patient if isinstance(patient, UUID) else None,
                object_type=url_name,
                patients=[str(p) for p in seen[: trail.MOST_NAMED]],
                shown=len(seen),
            )
    return response


def _noted_lately(request: HttpRequest, look: str) -> bool:
    """Whether this look of an open page stands in the trail already: a page that asks every few seconds is one look."""
    now_s = int(time.time())
    before = {key: at for key, at in request.session.get(NOTED_KEY, {}).items() if now_s - at < NOTED_EVERY_S}
    if look in before:
        return True
    request.session[NOTED_KEY] = {**before, look: now_s}
    return False


def _end_idle_session(request: HttpRequest, *, in_background: bool) -> None:
    """Sign out whoever has not been here for a while; note the time at most once a minute.

    What an open page asks by itself (``in_background`` on the view) keeps nobody signed in.
    """
    if not request.user.is_authenticated:
        return
    now_s = int(time.time())
    seen = request.session.get(SEEN_KEY, now_s)
    if now_s - seen > settings.UPWELL_IDLE_MINUTES * 60:
        logout(request)
    elif SEEN_KEY not in request.session or (now_s - seen >= SEEN_EVERY_S and not in_background):
        request.session[SEEN_KEY] = now_s


def _to_log_in(request: HttpRequest) -> HttpResponseBase:
    """Send to the log-in page; answers that were being sent are sealed and kept for after it."""
    if request.headers.get("HX-Request"):
        response: HttpResponseBase = HttpResponse(status=204)
        back = kept.page_of_ours(request, request.headers.get("HX-Current-URL", "")) or "/"
        response["HX-Redirect"] = f"{settings.LOGIN_URL}?{urlencode({'next': back}, safe='/')}"
        return response
    # Back to the page where the form stands: the address it is sent to may be none.
    back = kept.page_of_form(request) if request.method == "POST" else request.get_full_path()
    response = redirect_to_login(back, login_url=settings.LOGIN_URL)
    if request.method == "POST" and not kept.keep(request, response, page=back):
        messages.warning(
            request,
            _("Your log-in had ended, and what you sent was too long to be kept here. It was not stored."),
        )
    return response


def refused(request: HttpRequest, error: UpwellError) -> HttpResponse:
    """The page that says in words what was refused and what to do."""
    if isinstance(error, KnowledgeError):
        error = Unavailable(
            _(
                "A part of what rules run on can't be used by this version of Upwell, so nothing was worked out and"
                " nothing was changed (%(path)s). A medical director can look at the version that came with it, under"
                " Practice, What rules run on; the operator finds more with: upwell doctor."
            )
            % {"path": error.path or error.message}
        )
    back = kept.page_of_ours(request, request.headers.get("Referer", ""))
    context = {"error": error, "back": back if back != request.get_full_path() else ""}
    return render(request, "errors/refused.html", context, status=error.status)
