"""What a tablet asks for: a pass, a place to deliver what it sealed, and the page that works without a network."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from upwell.access.acting import acting_as
from upwell.access.declare import requires
from upwell.base.clock import now
from upwell.base.errors import BadInput, UpwellError
from upwell.pathway.local_time import local_time
from upwell.pathway.session.actions import record_event, set_aside_event
from upwell.pathway.session.entering import entry_of
from upwell.pathway.session.forms import FORMS, Entry, entry_form, moment_of
from upwell.pathway.session.models import Session
from upwell.pathway.session.queries import session_of
from upwell.pathway.session.tablet.actions import give_pass, withdraw_pass
from upwell.pathway.session.tablet.clock import Captured, captured
from upwell.pathway.session.tablet.models import WritingPass
from upwell.pathway.session.tablet.sealed import open_envelope, public_key, read_envelope
from upwell.pathway.session.tablet.standing import standing_of
from upwell.pathway.session.views.common import (
    frame,
    our_session,
    ours,
    receipt,
    receipt_of_nothing,
    uuid_of,
)


@require_POST
@requires("session.record")
def session_pass(request: HttpRequest, session_id: UUID) -> JsonResponse:
    """The right to write into a session from this device, its public key, and the server's clock."""
    scope: Any = request
    session = ours(request, session_of(session_id))
    asked = _json(request)
    device, token = (str(asked.get(name) or "") for name in ("device", "token"))
    given, fresh = give_pass(by=scope.actor, session=session, device=device, token=token)
    said = {
        "session": str(session.id),
        "account": str(given.account_id),
        "name": given.account_name,
        "token": fresh,
        "expires_at": given.expires_at.isoformat(),
        "public_key": public_key(session.id),
        "now": now().isoformat(),
    }
    return JsonResponse(said)


@csrf_exempt  # no cookie gives the right to write: the token inside the sealed entry does
@require_POST
@requires("public")
def deliver(request: HttpRequest) -> JsonResponse:
    """Take in one sealed entry. Its own token says in whose name; nobody has to be signed in while that holds."""
    scope: Any = request
    try:
        sent = _json(request)
        envelope = read_envelope(sent.get("envelope"))
        content = open_envelope(envelope)
        when = captured(content, sent.get("sent_at", ""), now())
        standing = standing_of(str(content.get("token") or ""), envelope.session_id, when.at, scope.actor)
        with acting_as(standing.by) as by:
            session = session_of(envelope.session_id)
            if session.practice_id != by.practice_id:
                raise BadInput(_("There is no such session here."), path="session")
            made, more = _document(session, content, when)
            if made is None:
                return receipt_of_nothing(str(envelope.id), more)
            document = made | {"id": str(envelope.id), "clock_off_s": when.off_s}
            if standing.doubt:
                told = set_aside_event(by=by, session_id=session.id, document=document, reason=standing.doubt)
            else:
                told = record_event(by=by, session_id=session.id, document=document)
    except UpwellError as error:
        said = {"stored": False, "code": error.code, "message": error.message, "now": now().isoformat()}
        return JsonResponse(said, status=error.status)
    return receipt(told, more)


def _document(
    session: Session, content: dict[str, Any], when: Captured
) -> tuple[dict[str, Any] | None, tuple[str, ...]]:
    """The entry that was sealed, in the contract's shape, at its time by the server's clock."""
    what, fields = str(content.get("what")), content.get("fields")
    if what not in FORMS or not isinstance(fields, dict):
        body = fields if isinstance(fields, dict) else {"sent": fields}
        return {"type": what[:200], "body": body}, ()
    data = QueryDict(mutable=True)
    for name, value in fields.items():
        data.setlist(name, [str(one) for one in value] if isinstance(value, list) else [str(value)])
    data["from_device"] = str(content.get("device") or "")
    data["observed_at"] = when.at.isoformat() if when.at is not None else ""
    with local_time(session.practice.time_zone):
        form: Entry = entry_form(what, data)
        at = moment_of(form, timezone.get_current_timezone()) if form.is_valid() else None
        return entry_of(form, data, at)


@requires("session.record")
@require_http_methods(["GET", "HEAD", "POST"])
def session_tablets(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Which tablets may write into a session; one that was lost is taken its right."""
    scope: Any = request
    session, _found, shown = our_session(request, session_id)
    if request.method == "POST":
        pass_id = uuid_of(request.POST.get("pass", ""))
        if pass_id is None:
            raise BadInput(_("Choose a tablet."), path="pass")
        withdraw_pass(by=scope.actor, session_id=session.id, pass_id=pass_id)
        messages.success(request, _("This device may not write any more. What it still sends is set aside."))
        return redirect("session_tablets", session.id)
    with local_time(session.practice.time_zone):
        passes = list(WritingPass.objects.filter(session_id=session.id).order_by("-created_at", "id")[:100])
        context = frame(request, session, shown) | {"passes": passes, "at": now()}
        return render(request, "tablet/tablets.html", context)


def _json(request: HttpRequest) -> dict[str, Any]:
    if request.content_type != "application/json":
        raise BadInput(_("Send JSON."))
    try:
        found = json.loads(request.body or b"{}")
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise BadInput(_("Send a JSON object."))
    return found
