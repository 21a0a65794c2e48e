"""Going home: the criteria, the discharge through its gate, and what the person takes along."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from upwell.access.declare import requires
from upwell.base.ids import new_id
from upwell.knowledge.cards import load_card
from upwell.pathway.local_time import local_time
from upwell.pathway.safety import crisis_help
from upwell.pathway.session.actions import record_events
from upwell.pathway.session.forms import entry_form
from upwell.pathway.session.gate_forms import CriteriaForm
from upwell.pathway.session.intents import INPATIENT, decide_gate, discharge
from upwell.pathway.session.leaving_shown import leaving_of
from upwell.pathway.session.log import Folded
from upwell.pathway.session.queries import own_session as session_of_own
from upwell.pathway.session.views.common import REFUSED, frame, our_session, uuid_of
from upwell.pathway.session.views.gate import gate_context, reasons_of
from upwell.science.session import ask_gate
from upwell.science.session.rems import NOT_APPLICABLE


@requires("session.record")
@require_http_methods(["GET", "HEAD", "POST"])
def session_leave(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Before going home: what holds, what is open, and the discharge."""
    session, found, shown = our_session(request, session_id)
    with local_time(session.practice.time_zone):
        form = _criteria_form(request, found, session.kind)
        error, status = "", 200
        if request.method == "POST" and form.is_valid():
            error, status = _post(request, session_id, form)
            if status == 302:
                return redirect(
                    "session_instructions" if error == "discharged" else "session_leave", session.id
                )
            session, found, shown = our_session(request, session_id)
        context = frame(request, session, shown) | gate_context(found, "discharge", request)
        context |= {
            "form": form,
            "error": error,
            "leaving": leaving_of(found.state.discharge, to_ward=session.kind == INPATIENT),
            "rems_is_owed": _rems_is_owed(found),
            "named_escort": _named_escort(found),
            "scales": [(entry_form("scale", {"instrument": one}), one) for one in ("moaa-s", "rass")],
            "vitals": entry_form("vitals"),
            "recovery": entry_form("recovery"),
            "ids": {name: str(new_id()) for name in ("moaa", "rass", "recovery", "discharge")},
            "may_discharge": "session.discharge" in request.permissions,  # type: ignore[attr-defined]
        }
        return render(request, "session/leave.html", context, status=status)


def _rems_is_owed(found: Folded) -> bool:
    """Whether the REMS asks for a form, as its rules say it: esketamine in the US."""
    if not found.state.dosed:
        return False
    says = ask_gate("rems", found.state.counting, found.at, found.facts)["findings"]
    return NOT_APPLICABLE not in {one["rule"] for one in says}


def _named_escort(found: Folded) -> str:
    """Who was named before the dose: to compare with who is here."""
    told = [
        one.body.get("value")
        for one in found.state.counting
        if one.type == "checklist" and one.body["item"] == "escort_name"
    ]
    return str(told[-1] or "") if told else ""


def _criteria_form(request: HttpRequest, found: Folded, kind: str) -> CriteriaForm:
    """Who does not leave the site today is asked for no escort."""
    form = CriteriaForm(request.POST if request.method == "POST" else None)
    if not leaving_of(found.state.discharge).wants_escort:
        del form.fields["escort"]
    if kind != INPATIENT:
        del form.fields["handed_over_to"]
    return form


def _post(request: HttpRequest, session_id: UUID, form: CriteriaForm) -> tuple[str, int]:
    """What was assessed is stored, whatever becomes of the discharge."""
    scope: Any = request
    do = request.POST.get("do", "save")
    documents = form.documents()
    try:
        if documents:
            record_events(by=scope.actor, session_id=session_id, documents=documents)
        with transaction.atomic():
            if do == "override":
                decide_gate(
                    by=scope.actor, session_id=session_id, gate="discharge", overrides=reasons_of(request)
                )
            elif do == "discharge":
                discharge(
                    by=scope.actor,
                    session_id=session_id,
                    escort=form.cleaned_data.get("escort") or "",
                    instructions_given=form.cleaned_data.get("written-instructions") != "no",
                    handed_over_to=form.cleaned_data.get("handed_over_to") or "",
                    discharge_id=uuid_of(request.POST.get("id", "")),
                )
    except REFUSED as refused:
        return refused.message, refused.status
    if do == "discharge":
        messages.success(request, _("Discharged. Hand over what they take home."))
        return "discharged", 302
    messages.success(request, _("Decided.") if do == "override" else _("Written down."))
    return "", 302


@requires("session.read")
@require_safe
def session_instructions(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """What the person takes home, to print or to show."""
    session, _found, shown = our_session(request, session_id)
    with local_time(session.practice.time_zone):
        context = frame(request, session, shown) | _home(session)
        return render(request, "session/instructions.html", context)


@requires("own.course")
@require_safe
def own_session(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """My dosing day: what to do until tomorrow."""
    scope: Any = request
    session = session_of_own(scope.actor.patient_ids, session_id)
    with local_time(session.practice.time_zone):
        return render(request, "session/own.html", {"session": session, **_home(session)})


def _home(session: Any) -> dict[str, Any]:
    over = session.over_at or timezone.now()
    return {
        "card": load_card("going-home"),
        "practice": session.practice,
        "tomorrow": timezone.localdate(over) + timedelta(days=1),
        "help": crisis_help(session.practice),
    }
