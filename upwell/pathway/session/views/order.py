"""The prescriber's order: worked out and shown before it is signed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from upwell.access.declare import requires
from upwell.base.clock import now
from upwell.base.errors import UpwellError
from upwell.base.ids import new_id
from upwell.knowledge.protocols import known_protocols, load_protocol, protocols_for
from upwell.pathway.local_time import local_time
from upwell.pathway.session.checking import (
    check_order,
    is_absolute,
    is_open,
    order_in_force,
    weigh_order,
)
from upwell.pathway.session.further import before_the_order_in_force, for_ordering, given_before
from upwell.pathway.session.gate_forms import OrderForm
from upwell.pathway.session.intents import latest_decision, order_dose, refuse_untreated
from upwell.pathway.session.log import Folded
from upwell.pathway.session.models import Session
from upwell.pathway.session.ordering import Wanted, Worked, wanted_of, work_out
from upwell.pathway.session.views.common import REFUSED, frame, our_session, uuid_of
from upwell.pathway.session.views.gate import reasons_of


@requires("session.order")
@require_http_methods(["GET", "HEAD", "POST"])
def session_order(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Order the dose: first the arithmetic is shown, then the order is signed."""
    scope: Any = request
    session, found, shown = our_session(request, session_id)
    with local_time(session.practice.time_zone):
        found = for_ordering(session, found)
        form, given_mg = _form(request, session, found), given_before(found)
        worked, weighed, error, status = None, [], "", 200
        if request.method == "POST":
            try:
                worked = _work_out(form, session, given_mg)
                if worked is not None:
                    weighed = weigh_order(found, scope.actor, worked.body)
                if worked is not None and form.cleaned_data["confirm"]:
                    wanted = _wanted(form, session, given_mg)
                    number = uuid_of(request.POST.get("id", ""))
                    order_dose(
                        by=scope.actor,
                        session_id=session.id,
                        wanted=wanted,
                        order_id=number,
                        seen=request.POST.get("seen"),
                        reasons=reasons_of(request),
                    )
                    messages.success(request, _("Ordered."))
                    return redirect("session", session.id)
                if worked is not None:
                    refuse_untreated(session, found)
            except REFUSED as refused:
                error, status = _beside(form, refused), refused.status
            status = 422 if form.errors and status == 200 else status
        context = frame(request, session, shown) | {
            "form": form,
            "worked": worked,
            "weighed": [one for one in weighed if not is_open(one)],
            "decidable": [
                {
                    "finding": one,
                    "field": f"reason-{one['rule']}",
                    "text": request.POST.get(f"reason-{one['rule']}", ""),
                }
                for one in weighed
                if is_open(one)
            ],
            "is_barred": any(is_absolute(one) for one in weighed),
            "error": error,
            "protocols": _protocols(session),
            "order_id": request.POST.get("id") or str(new_id()),
            "seen": latest_decision(found, "predose"),
            "now": now(),
            "given_mg": given_mg,
        }
        return render(request, "session/order.html", context, status=status)


@requires("session.record")
@require_http_methods(["GET", "HEAD", "POST"])
def session_check(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """The second check: the order and its arithmetic, for another person to work out again."""
    scope: Any = request
    session, found, shown = our_session(request, session_id)
    order = order_in_force(found)
    with local_time(session.practice.time_zone):
        error, status = "", 200
        if request.method == "POST":
            agrees, reason = request.POST.get("do") == "agree", request.POST.get("reason", "")
            number = uuid_of(request.POST.get("order", "")) or new_id()
            try:
                check_order(
                    by=scope.actor, session_id=session.id, order_id=number, agrees=agrees, reason=reason
                )
                said = (
                    _("Checked.") if agrees else _("Written down. The prescriber looks at the order again.")
                )
                messages.success(request, said)
                return redirect("session", session.id)
            except REFUSED as refused:
                error, status = refused.message, refused.status
        context = frame(request, session, shown) | {
            "order": order,
            "worked": None if order is None else _worked_again(order.body, before_the_order_in_force(found)),
            "is_own": order is not None
            and order.author is not None
            and order.author.id == str(scope.actor.account_id),
            "who": found.rows[order.id].author_name if order is not None and order.id in found.rows else "",
            "reason": request.POST.get("reason", ""),
            "error": error,
        }
        return render(request, "session/check.html", context, status=status)


def _worked_again(body: Mapping[str, Any], given_mg: float) -> Worked | None:
    """The arithmetic of an order on record; what can't be worked out again is shown as it was ordered."""
    try:
        return work_out(wanted_of(body, given_mg))
    except REFUSED:
        return None


def _protocols(session: Session) -> list[Any]:
    """The protocols for the course's treatment, the course's own first."""
    found = protocols_for(session.substance, session.route)
    return sorted(found, key=lambda one: one.id != session.course.protocol)


def _form(request: HttpRequest, session: Session, found: Folded) -> OrderForm:
    protocols = _protocols(session)
    if request.method == "POST":
        return OrderForm(request.POST, protocols=protocols, route=session.route)
    # Two protocols may begin with different doses: which one counts is never guessed.
    chosen = protocols[0] if len(protocols) == 1 or session.course.protocol else None
    begin: dict[str, Any] = {"weight_kg": (found.facts.get("person") or {}).get("weight_kg")}
    for event in found.state.counting:
        if event.type == "vitals" and "weight_kg" in event.body:
            begin["weight_kg"] = event.body["weight_kg"]
    if chosen is not None:
        begin["protocol"] = chosen.id
        if not given_before(found):  # a further dose is nobody's usual one: how much is always said
            begin["dose_mg_per_kg" if chosen.dose.by_weight else "dose_mg"] = chosen.dose.start
        begin["infusion_min"] = chosen.infusion.minutes if chosen.infusion else None
    return OrderForm(initial=begin, protocols=protocols, route=session.route)


def _wanted(form: OrderForm, session: Session, given_mg: float) -> Wanted:
    given = form.cleaned_data
    name = given.get("protocol") or ""
    return Wanted(
        substance=session.substance,
        route=session.route,
        protocol=load_protocol(name) if name in known_protocols() else None,
        dose_mg=given.get("dose_mg"),
        dose_mg_per_kg=given.get("dose_mg_per_kg"),
        weight_kg=given.get("weight_kg"),
        infusion_min=given.get("infusion_min"),
        strength_mg_per_ml=given.get("strength_mg_per_ml"),
        diluted_to_ml=given.get("diluted_to_ml"),
        given_mg=given_mg,
    )


def _work_out(form: OrderForm, session: Session, given_mg: float) -> Worked | None:
    return work_out(_wanted(form, session, given_mg)) if form.is_valid() else None


def _beside(form: OrderForm, error: UpwellError) -> str:
    """The refusal beside the field that it is about; otherwise above the form."""
    if error.path in form.fields:
        form.add_error(error.path, error.message)
        return ""
    return error.message
