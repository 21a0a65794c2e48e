"""The gate before the dose: the checklist, what the rules say, and the prescriber's decision."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from upwell.access.declare import requires
from upwell.base.actor import Compartment
from upwell.base.clock import now
from upwell.pathway.local_time import local_time
from upwell.pathway.session.actions import record_events
from upwell.pathway.session.forms import entry_form
from upwell.pathway.session.gate_forms import ChecklistForm
from upwell.pathway.session.intents import INPATIENT, asked, decide_gate, latest_decision, second_word
from upwell.pathway.session.log import Folded
from upwell.pathway.session.views.common import REFUSED, frame, our_session, uuid_of
from upwell.science.session import facts_of

STANDING = frozenset({"relative", "unknown", "needs-decision", "not-recommended", "absolute", "emergency"})


@requires("session.read")
@require_http_methods(["GET", "HEAD", "POST"])
def session_gate(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """The pre-dose gate."""
    session, found, shown = our_session(request, session_id)
    with local_time(session.practice.time_zone):
        form, vitals, error, status = _forms(request, found, session.kind), None, "", 200
        if request.method == "POST":
            try:
                done = _post(request, session_id, form)
                if done:
                    return redirect("session" if done == "decided" else "session_gate", session.id)
                status = 422
            except REFUSED as refused:
                error, status = refused.message, refused.status
            vitals = entry_form("vitals", request.POST) if request.POST.get("do") == "save" else None
        context = frame(request, session, shown)
        context |= gate_context(found, "predose", request)
        context |= {
            "form": form,
            "vitals": vitals or entry_form("vitals"),
            "error": error,
            "groups": _groups(form),
            "seen": latest_decision(found, "predose"),
            "may_decide": found.state.ordered
            and (not found.state.dosed or bool(found.state.further))
            and not shown.is_over,
        }
        return render(request, "session/gate.html", context, status=status)


def gate_context(found: Folded, gate: str, request: HttpRequest) -> dict[str, Any]:
    """The findings of a gate, the worst first, and which of them can be decided against by whom."""
    scope: Any = request
    result = asked(found, gate)
    standing = [
        one for one in result["findings"] if one["severity"] in STANDING and one["overridden"] is None
    ]
    decidable = [one for one in standing if "prescriber" in one["overridable_by"]]
    is_prescriber = "session.order" in scope.permissions
    unknown = [f"reason-{one['rule']}" for one in decidable if one["severity"] == "unknown"]
    second = [one for one in decidable if one["severity"] == "not-recommended"]
    return {
        "result": result,
        "standing": standing,
        "others": [one for one in result["findings"] if one not in standing],
        "decidable": [
            {
                "finding": one,
                "field": f"reason-{one['rule']}",
                "text": request.POST.get(f"reason-{one['rule']}", ""),
            }
            for one in decidable
        ]
        if is_prescriber
        else [],
        "unknown_is_answered": any(request.POST.get(name, "").strip() for name in unknown),
        "second": second if scope.actor.roles & {"therapist", "prescriber"} else [],
        "is_prescriber": is_prescriber,
        "some_is_closed": Compartment.SUBSTANCE_USE not in scope.actor.compartments,
    }


def reasons_of(request: HttpRequest) -> dict[str, str]:
    """What the prescriber wrote beside each finding; what is empty is not decided."""
    found = {
        name.removeprefix("reason-"): str(value).strip()
        for name, value in request.POST.items()
        if name.startswith("reason-") and str(value).strip()
    }
    return dict(list(found.items())[:50])


def _forms(request: HttpRequest, found: Folded, kind: str) -> ChecklistForm:
    known = facts_of(found.state.counting, now(), found.facts)
    names = {
        event.body["item"]: event.body["value"]
        for event in found.state.counting
        if event.type == "checklist" and event.body["item"] == "escort_name"
    }  # no rule asks for a name; the person who fills in goes on with it
    answers = {**(known.get("answers") or {}), **names}
    sent = request.POST if request.POST.get("do") == "save" else None
    stays = {"setting": kind} if kind == INPATIENT else {}
    return ChecklistForm(sent, known={**known, **stays, "answers": answers})


def _post(request: HttpRequest, session_id: UUID, form: ChecklistForm) -> str:
    scope: Any = request
    if request.POST.get("do") == "save":
        vitals = entry_form("vitals", request.POST)
        has_vitals = any(request.POST.get(name) for name in vitals.fields if name != "observed")
        if not form.is_valid() or (has_vitals and not vitals.is_valid()):
            return ""
        documents = form.documents(now())
        if has_vitals:
            body = {name: _whole(value) for name, value in vitals.body().items()}
            documents.append({"id": request.POST.get("id") or None, "type": "vitals", "body": body})
        recorded = record_events(by=scope.actor, session_id=session_id, documents=documents)
        told = [words for one in recorded for words in one.told]
        if told:
            messages.warning(request, " ".join(dict.fromkeys(told)))
        else:
            messages.success(request, _("Written down.") if documents else _("Nothing new was filled in."))
        return "saved"
    decide_gate(
        by=scope.actor,
        session_id=session_id,
        gate="predose",
        overrides=reasons_of(request),
        hold=request.POST.get("do") == "hold",
        decision_id=uuid_of(request.POST.get("id", "")),
        seen=request.POST.get("seen"),
    )
    if request.POST.get("do") == "hold":
        messages.info(request, _("Held. No dose for now."))
    else:
        messages.success(request, _("Go. The dose may be given."))
    return "decided"


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _groups(form: ChecklistForm) -> list[tuple[str, list[Any]]]:
    """The checklist in the order in which it is asked."""
    wanted = [
        (_("The way home"), ["escort_named", "escort_name"]),
        (
            _("Food, drink, medicines"),
            [
                "last_food_at",
                "last_liquid_at",
                "last_alcohol_at",
                "last_nasal_medicine_at",
                *(
                    f"concomitant.{one}"
                    for one in ("benzodiazepine", "hypnotic", "opioid", "stimulant", "maoi")
                ),
            ],
        ),
        (
            _("Body and mind"),
            [
                "pregnancy_test",
                "pregnancy_test_note",
                "suicide_risk",
                "new_psychosis_or_mania",
                "bp_rise_serious_hazard",
            ],
        ),
        (_("REMS"), ["rems_site_certified", "rems_patient_enrolled"]),
    ]
    groups = [(title, [form[name] for name in names if name in form.fields]) for title, names in wanted]
    return [(title, fields) for title, fields in groups if fields]


@require_POST
@requires("session.record")
def session_second_word(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """A second clinician agrees to decide against a finding."""
    scope: Any = request
    gate = "discharge" if request.POST.get("gate") == "discharge" else "predose"
    try:
        second_word(
            by=scope.actor,
            session_id=session_id,
            gate=gate,
            rule=request.POST.get("rule", ""),
            reason=request.POST.get("reason", ""),
            decision_id=uuid_of(request.POST.get("id", "")),
        )
        messages.success(request, _("Your word stands beside the prescriber's."))
    except REFUSED as refused:
        messages.error(request, refused.message)
    return redirect("session_gate" if gate == "predose" else "session_leave", session_id)
