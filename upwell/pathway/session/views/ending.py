"""The endings that are no discharge: against advice, without a word, taken away, admitted, not dosed, died."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from upwell.access.declare import requires
from upwell.base.clock import now
from upwell.base.ids import new_id
from upwell.knowledge.aftercare import Ending, load_aftercare
from upwell.pathway.due import due_at
from upwell.pathway.local_time import local_time
from upwell.pathway.session.actions import record_events
from upwell.pathway.session.ending_form import EndingForm
from upwell.pathway.session.log import Folded
from upwell.pathway.session.models import Session
from upwell.pathway.session.shown import Bedside
from upwell.pathway.session.views.common import frame, our_session, refuse_before_a_dose, uuid_of
from upwell.pathway.session.words import DISPOSITIONS


@requires("session.record")
@require_http_methods(["GET", "HEAD", "POST"])
def session_end(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Which ending it was; then what belongs to it. It is accepted, whatever is left open."""
    session, found, shown = our_session(request, session_id)
    ending = load_aftercare().endings.get(request.GET.get("how", ""))
    with local_time(session.practice.time_zone):
        if ending is None or shown.is_over:
            return render(request, "session/endings.html", frame(request, session, shown) | _choices(found))
        return _one(request, session, found, shown, ending)


def _choices(found: Folded) -> dict[str, Any]:
    """What can have happened: after a dose, "no dose was given" can't."""
    every = [
        one for one in load_aftercare().endings.values() if not found.state.dosed or one.id != "not-dosed"
    ]
    return {"endings": [(one, DISPOSITIONS[one.id]) for one in every]}


def _one(
    request: HttpRequest, session: Session, found: Folded, shown: Bedside, ending: Ending
) -> HttpResponse:
    scope: Any = request
    posted = request.method == "POST"
    form = EndingForm(
        request.POST if posted else None,
        ending=ending,
        initial={"observed": timezone.localtime(now())},
    )
    if posted and form.is_valid():
        at = form.moment(timezone.get_current_timezone())
        if at is not None:
            refuse_before_a_dose(form, found, at)
        if form.is_valid():
            number = uuid_of(request.POST.get("id", "")) or new_id()
            documents = form.documents(str(number), at)
            record_events(by=scope.actor, session_id=session.id, documents=documents)
            due = due_at(ending.due, at or now(), session.practice.time_zone)
            words = _("Written down. Due %(when)s: what follows stands on Today.")
            messages.success(
                request, words % {"when": date_format(timezone.localtime(due), "DATETIME_FORMAT")}
            )
            goes = ending.goes_home and found.state.dosed
            return redirect("session_instructions" if goes else "session", session.id)
    context = frame(request, session, shown) | {
        "form": form,
        "ending": ending,
        "title": DISPOSITIONS[ending.id],
        "due": due_at(ending.due, now(), session.practice.time_zone),
    }
    return render(request, "session/ending.html", context, status=422 if form.errors else 200)
