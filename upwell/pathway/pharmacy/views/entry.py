"""One entry of the drug book: what it says, what followed it, and what can be done with it. And the witness's page."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from upwell.access.declare import requires
from upwell.access.roles import may
from upwell.access.trail import looked_at
from upwell.base.errors import BadInput, RefusedByRule
from upwell.base.ids import new_id
from upwell.pathway.pharmacy import forms as shapes
from upwell.pathway.pharmacy.actions.explaining import explain, report_sent
from upwell.pathway.pharmacy.actions.stock import entry_here, take_back
from upwell.pathway.pharmacy.actions.witnessed import confirm, say_explanation, say_taken_back, withdraw
from upwell.pathway.pharmacy.clocks import due_at, skipped_words
from upwell.pathway.pharmacy.models import LedgerEntry
from upwell.pathway.pharmacy.queries import is_settled, stock_of
from upwell.pathway.pharmacy.register import Line
from upwell.pathway.pharmacy.rules import MAY_BE_REVERSED, Kind
from upwell.pathway.pharmacy.views.entering import attempt, witness_of
from upwell.pathway.pharmacy.witnessing import who_can_witness, witness_is_asked_for
from upwell.pathway.pharmacy.words import REPORT_WORDS

METHODS = require_http_methods(["GET", "HEAD", "POST"])


@requires("ledger.read")
@METHODS
def drug_book_entry(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """An entry; a discrepancy is explained here, a loss reported, a wrong entry taken back."""
    scope: Any = request
    row = entry_here(scope.actor, entry_id)
    if row.patient_id:
        looked_at([row.patient_id])
    form, what = _form_of(request, row)
    status = 200
    if request.method == "POST" and form is not None:
        status = 422
        if form.is_valid() and (done := attempt(form, lambda: _save(request, row, what, form))) is not None:
            said = _("It waits for its witness.") if done.kind == Kind.SAID else _("Entered.")
            messages.success(request, said)
            return redirect("drug_book_entry", row.id)
    followed = row.follow_ups.select_related("lot__product").order_by("position")
    context = {
        "line": Line(row, None),
        "followed": [Line(one, None) for one in followed],
        "form": form,
        "what": what,
        "clocks": _clocks(row),
        "may_witness": row.kind == Kind.SAID and may(scope.actor, "ledger.witness") and not is_settled(row),
    }
    return render(request, "pharmacy/entry.html", context, status=status)


@requires("ledger.witness")
@METHODS
def drug_book_witness(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """What waits for a second person: confirm it at one's own log-in, or say that it was not so."""
    scope: Any = request
    row = entry_here(scope.actor, entry_id)
    form, error, status = shapes.WithdrawForm(), "", 200
    if request.method == "POST":
        try:
            if request.POST.get("do") == "confirm":
                confirm(by=scope.actor, entry_id=row.id)
                messages.success(request, _("Witnessed. It counts now."))
                return redirect("today")
            form = shapes.WithdrawForm(request.POST)
            if form.is_valid():
                withdraw(by=scope.actor, entry_id=row.id, words=form.cleaned_data["words"])
                messages.success(request, _("Taken back."))
                return redirect("today")
            status = 422
        except (BadInput, RefusedByRule) as refused:
            error, status = refused.message, refused.status
    context = {
        "line": Line(row, None),
        "about": Line(row.about, None) if row.about is not None else None,
        "form": form,
        "error": error,
        "open": row.kind == Kind.SAID and not is_settled(row),
        "is_own": row.by_id == scope.actor.account_id,
    }
    return render(request, "pharmacy/witness.html", context, status=status)


def _form_of(request: HttpRequest, row: LedgerEntry) -> tuple[Any, str]:
    """The one form that stands on the page of an entry, if it still waits for something."""
    scope: Any = request
    if not may(scope.actor, "ledger.explain"):
        return None, ""
    data = request.POST if request.method == "POST" else None
    begin = {"id": new_id()}
    kinds = set(row.follow_ups.values_list("kind", flat=True))
    if row.kind == Kind.DISCREPANCY and not kinds & {Kind.EXPLAINED, Kind.LOSS}:
        form = shapes.ExplainForm(data, initial=begin)
        unknown = row.more.get("why") == "lot-unknown"
        form.with_lots(stock_of(row.practice_id) if unknown else [], unknown=unknown)
        return _asking(scope, form), "explain"
    if row.kind == Kind.LOSS:
        return shapes.ReportForm(data, initial=begin), "report"
    if Kind(row.kind) in MAY_BE_REVERSED and Kind.REVERSED not in kinds:
        return _asking(scope, shapes.TakeBackForm(data, initial=begin)), "take-back"
    return None, ""


def _asking(scope: Any, form: Any) -> Any:
    form.with_people(who_can_witness(scope.actor), asked=witness_is_asked_for(scope.actor))
    return form


def _save(request: HttpRequest, row: LedgerEntry, what: str, form: forms.Form) -> LedgerEntry:
    scope: Any = request
    given = form.cleaned_data
    if what == "report":
        return report_sent(
            by=scope.actor,
            entry_id=row.id,
            report=given["report"],
            sent_on=given["sent_on"],
            reference=given["reference"],
            form_id=given["id"],
        )
    witness, later = witness_of(request, scope.actor, form)
    said = {"by": scope.actor, "entry_id": row.id, "words": given["words"], "form_id": given["id"]}
    if what == "take-back":
        return say_taken_back(**said) if later else take_back(**said, witness=witness)
    said |= {"how": given["how"], "lot_id": UUID(given["lot"]) if given.get("lot") else None}
    return say_explanation(**said) if later else explain(**said, witness=witness)


def _clocks(row: LedgerEntry) -> list[dict[str, Any]]:
    """The reports of a loss: when each is due, and when it was sent."""
    if row.kind != Kind.LOSS or row.more.get("significant") != "yes":
        return []
    sent = {one.more["report"]: one.more for one in row.follow_ups.filter(kind=Kind.REPORTED)}
    since = datetime.fromisoformat(row.more["discovered_at"])
    return [
        {
            "name": name,
            "due": due_at(row.practice, report, since),
            "sent": sent.get(report),
            "skipped": skipped_words(row.practice, report, since),
        }
        for report, name in REPORT_WORDS.items()
    ]
