"""The whole log of a session, and correcting an entry of it."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from upwell.access.declare import requires
from upwell.base.errors import NotFound
from upwell.base.ids import new_id
from upwell.pathway.local_time import local_time
from upwell.pathway.session.actions import correct_event
from upwell.pathway.session.correcting import correction_form
from upwell.pathway.session.log import Folded
from upwell.pathway.session.models import Session, SessionEvent
from upwell.pathway.session.shown import Line, lines_of
from upwell.pathway.session.views.common import REFUSED, frame, our_session, uuid_of
from upwell.science.session import Event


@requires("session.read")
@require_safe
def session_log(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Everything that was written down, with what was corrected and why."""
    session, found, shown = our_session(request, session_id)
    with local_time(session.practice.time_zone):
        context = frame(request, session, shown) | {
            "lines": _with_what_the_rules_said(session, lines_of(found)),
            "aside": [(_with_entry(found, row), _readable(row.raw)) for row in shown.set_aside],
        }
        return render(request, "session/log.html", context)


def _with_what_the_rules_said(session: Session, lines: list[Line]) -> list[tuple[Line, SessionEvent | None]]:
    """Each entry; a decision with the findings of its moment and the version that said so. One query."""
    rows = SessionEvent.objects.filter(session_id=session.id).exclude(knowledge_version="")
    decided = {str(row.id): row for row in rows.only("id", "findings", "knowledge_version")}
    return [(line, decided.get(line.id)) for line in lines]


@requires("session.record")
@require_http_methods(["GET", "HEAD", "POST"])
def session_correct(request: HttpRequest, session_id: UUID, event_id: UUID) -> HttpResponse:
    """Correct an entry: other values, or entered in error; always with the reason."""
    scope: Any = request
    session, found, shown = our_session(request, session_id)
    event = _event(found, event_id)
    with local_time(session.practice.time_zone):
        form = correction_form(event, request.POST if request.method == "POST" else None)
        error, status = "", 200
        if request.method == "POST":
            in_error = request.POST.get("do") == "in-error"
            try:
                if in_error or form.is_valid():
                    correct_event(
                        by=scope.actor,
                        session_id=session.id,
                        event_id=event_id,
                        reason=request.POST.get("reason", ""),
                        replacement=None if in_error else form.replacement(),
                        correction_id=uuid_of(request.POST.get("id", "")),
                    )
                    messages.success(request, _("Corrected. The former entry stays on record."))
                    return redirect("session", session.id)
                status = 422
            except REFUSED as refused:
                error, status = refused.message, refused.status
        line = next((one for one in lines_of(found) if one.id == event.id), None)
        context = frame(request, session, shown) | {
            "form": form,
            "line": line,
            "event": event,
            "error": error,
            "reason": request.POST.get("reason", ""),
            "correction_id": request.POST.get("id") or str(new_id()),
        }
        return render(request, "session/correct.html", context, status=status)


def _event(found: Folded, event_id: UUID) -> Event:
    wanted = str(event_id)
    for event in (*found.state.counting, *found.state.timeline):
        if event.id == wanted and event.type != "correction":
            return event
    for one in found.state.quarantined:
        if one.envelope is not None and one.envelope.id == wanted:
            return one.envelope
    raise NotFound(_("There is no such entry in this session."))


def _with_entry(found: Folded, row: Any) -> Any:
    """The row, with the id of the entry that a correction can mend; none where not even that can be read."""
    number = list(found.set_aside).index(row)
    envelope = found.state.quarantined[number].envelope
    row.entry_id = envelope.id if envelope is not None else None
    return row


def _readable(raw: str) -> str:
    """What was sent, without the frame around it."""
    try:
        document = json.loads(raw)
    except ValueError:
        return raw[:500]
    body = document.get("body") if isinstance(document, dict) else None
    words = json.dumps(body if body else document, ensure_ascii=False)
    return f"{document.get('type', '')}: {words}"[:500] if isinstance(document, dict) else words[:500]
