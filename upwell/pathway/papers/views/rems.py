"""The REMS monitoring form: what the log says, what is missing, and that it was submitted."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from upwell.access.declare import requires
from upwell.access.roles import may
from upwell.audit.actions import record
from upwell.base.clock import now
from upwell.base.errors import BadInput, StaleState
from upwell.base.limits import LONGEST_NAME, LONGEST_WORDS
from upwell.knowledge.reporting.rems_form import load_rems_form
from upwell.pathway.local_time import local_time, today
from upwell.pathway.papers.models import RemsRecord
from upwell.pathway.papers.queries import plain_facts, session_of
from upwell.pathway.papers.rems import ASKED, answer_rems, form_of, record_of, reopen_rems, submit_rems
from upwell.pathway.papers.rems_words import rems_sheet, value_words
from upwell.pathway.papers.rules import State
from upwell.pathway.papers.sheet import pdf_of, pdf_response
from upwell.pathway.papers.words import STATES
from upwell.pathway.session.log import folded
from upwell.pathway.session.models import Session
from upwell.pathway.session.views.common import ours
from upwell.pathway.session.words import treatment_words

YES_NO = [("", "–"), ("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))]
QUESTIONS = {
    "serious_adverse_event": gettext_lazy("Was there a serious adverse event?"),
    "dissociation_significant": gettext_lazy("Was there clinically significant dissociation?"),
}


class SubmittedForm(forms.Form):
    """That the form was submitted, by hand, where the REMS takes it."""

    submitted_on = forms.DateField(
        label=gettext_lazy("Submitted on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    reference = forms.CharField(
        label=gettext_lazy("Reference number, if one came back"), required=False, max_length=LONGEST_NAME
    )
    note = forms.CharField(
        label=gettext_lazy("If something is missing: why it can't be had"),
        required=False,
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )


@requires("session.read")
@require_http_methods(["GET", "HEAD", "POST"])
def session_rems(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """The monitoring form of a session."""
    session = ours(request, session_of(session_id))
    with local_time(session.practice.time_zone):
        error, status = "", 200
        sent = SubmittedForm(
            request.POST if request.POST.get("do") == "submit" else None, initial={"submitted_on": today()}
        )
        if request.method == "POST":
            try:
                if _post(request, session, sent):
                    return redirect("session_rems", session.id)
                status = 422
            except (BadInput, StaleState) as refused:
                error, status = refused.message, refused.status
        return render(request, "papers/rems.html", _context(request, session, sent, error), status=status)


def _post(request: HttpRequest, session: Session, sent: SubmittedForm) -> bool:
    scope: Any = request
    do = request.POST.get("do", "")
    if do == "answer":
        said = {name: {"yes": True, "no": False}.get(request.POST.get(name, "")) for name in ASKED}
        answer_rems(by=scope.actor, session=session, answers=said)
        messages.success(request, _("Written down."))
    elif do == "submit":
        if not sent.is_valid():
            return False
        submit_rems(by=scope.actor, session=session, **sent.cleaned_data)
        messages.success(request, _("Noted as submitted."))
    elif do == "reopen":
        reopen_rems(by=scope.actor, session=session)
        messages.success(request, _("It is open again."))
    else:
        raise BadInput(_("What is to be done with it?"), path="do")
    return True


def _form(session: Session) -> tuple[RemsRecord | None, dict[str, Any], datetime]:
    row, at = record_of(session.id), now()
    return row, form_of(session, folded(session, at, plain_facts(session)).state, row, at), at


def _context(request: HttpRequest, session: Session, sent: SubmittedForm, error: str) -> dict[str, Any]:
    scope: Any = request
    row, form, at = _form(session)
    lacks = {one["id"] for one in form["fields"] if one["status"] == "missing"}
    asked = [
        (name, words)
        for name, words in QUESTIONS.items()
        if {"serious_adverse_event": "serious-adverse-event", "dissociation_significant": "dissociation"}[
            name
        ]
        in lacks
    ]
    return {
        "session": session,
        "patient": session.patient,
        "treatment": treatment_words(session.substance, session.route),
        "form": form,
        "known": load_rems_form(),
        "fields": [
            (one["title"], value_words(one["id"], one["value"]), one["status"]) for one in form["fields"]
        ],
        "due_at": datetime.fromisoformat(form["due_at"]) if form["due_at"] else None,
        "row": row,
        "stands": STATES[State(row.state)] if row is not None else "",
        "is_open": row is not None and row.state != State.SUBMITTED,
        "is_late": row is not None and row.state != State.SUBMITTED and row.due_at < at,
        "asked": asked,
        "choices": YES_NO,
        "sent": sent,
        "error": error,
        "may_submit": may(scope.actor, "rems.submit"),
    }


@requires("session.read")
@require_safe
def session_rems_file(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """The form as a PDF, or as data (``?as=json``). That it was taken out is on record."""
    scope: Any = request
    session = ours(request, session_of(session_id))
    with local_time(session.practice.time_zone):
        row, form, at = _form(session)
        as_data = request.GET.get("as") == "json"
        record(
            "rems.taken-out",
            by=scope.actor,
            patient_id=session.patient_id,
            object_type="session",
            object_id=session.id,
        )
        if as_data:
            response: HttpResponse = JsonResponse(form, json_dumps_params={"indent": 2})
            response["Cache-Control"] = "no-store"
            return response
        stands = str(STATES[State(row.state)]) if row is not None else _("not owed yet")
        made = pdf_of(rems_sheet(session, form, stands, at), at)
        return pdf_response(made, f"rems-{session.opened_at:%Y-%m-%d}-{str(session.id)[-6:]}.pdf")
