"""Where the drug of a session comes from: the practice's stock, and which lot, or elsewhere."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from upwell.access.declare import requires
from upwell.access.trail import looked_at
from upwell.base.clock import now
from upwell.base.errors import BadInput, NotFound, RefusedByRule
from upwell.pathway.local_time import local_time, today
from upwell.pathway.pharmacy.drawing import CLINIC_STOCK, choose_supply, source_of
from upwell.pathway.pharmacy.forms import SupplyForm
from upwell.pathway.pharmacy.queries import has_book, held_for, stock_of
from upwell.pathway.session.log import folded
from upwell.pathway.session.queries import session_of


@requires("session.record")
@require_http_methods(["GET", "HEAD", "POST"])
def session_supply(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Say it before the dose is released, or as soon as it is known."""
    scope: Any = request
    session = session_of(session_id)
    if session.practice_id != scope.actor.practice_id:
        raise NotFound(_("There is no such session here."))
    looked_at([session.patient_id])
    log = folded(session, now(), {})
    known = stock_of(session.practice_id, substance=session.substance)
    stock = [one for one in known if one.available > 0 and one.lot.expires_on >= today()]
    last = [one.body for one in log.state.counting if one.type == "supply"][-1:]
    begin = {"source": source_of(log), **(last[0] if last else {})}
    form = SupplyForm(request.POST if request.method == "POST" else None, initial=begin, stock=stock)
    with local_time(session.practice.time_zone):
        if request.method == "POST" and form.is_valid():
            lot = form.cleaned_data.get("lot") if form.cleaned_data["source"] == CLINIC_STOCK else ""
            try:
                choose_supply(
                    by=scope.actor, session_id=session.id, body=form.body(), lot_id=UUID(lot) if lot else None
                )
                messages.success(request, _("Written down."))
                return redirect("session", session.id)
            except (BadInput, RefusedByRule) as error:
                form.add_error(error.path if error.path in form.fields else None, error.message)
        held = held_for(session.id)
        context = {
            "session": session,
            "form": form,
            "has_book": has_book(session.practice_id),
            "aside": [(one, held[one.lot.id]) for one in known if one.lot.id in held],
        }
        status = 422 if request.method == "POST" else 200
        return render(request, "pharmacy/supply.html", context, status=status)
