"""The drug book at a glance, and its register: on the page, printed, and as CSV."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from upwell.access.declare import requires
from upwell.access.roles import may
from upwell.access.trail import looked_at
from upwell.audit.actions import record
from upwell.base.actor import Actor
from upwell.base.clock import now
from upwell.pathway.local_time import today
from upwell.pathway.pharmacy.actions.stock import here
from upwell.pathway.pharmacy.clocks import term_at
from upwell.pathway.pharmacy.due import due_of
from upwell.pathway.pharmacy.forms import day
from upwell.pathway.pharmacy.queries import stock_of
from upwell.pathway.pharmacy.register import as_csv, lines_of
from upwell.pathway.pharmacy.views.entering import MENU
from upwell.people.models import Practice

SHOWN = 6
PAGE = 200


class PeriodForm(forms.Form):
    """Which part of the register."""

    since = day(_("From"), required=False)
    until = day(_("To"), required=False)
    lot = forms.ChoiceField(label=_("Lot"), required=False)

    def __init__(self, *args: Any, lots: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lot"].choices = [("", _("all")), *lots]  # type: ignore[attr-defined]


def practice_of(actor: Actor) -> Practice:
    """The practice whose book it is."""
    return Practice.objects.get(id=here(actor))


@requires("ledger.read")
@require_safe
def drug_book(request: HttpRequest) -> HttpResponse:
    """What is in stock, what is due, what waits, and the last entries."""
    scope: Any = request
    practice = practice_of(scope.actor)
    at, stock = now(), stock_of(practice.id)
    due = due_of(practice, at, stock)
    lines = lines_of(practice.id, last=SHOWN)
    looked_at([one.row.patient_id for one in lines if one.row.patient_id])
    may_write = may(scope.actor, "ledger.write")
    context = {
        "practice": practice,
        "stock": [one for one in stock if one.balance or one.held],
        "due": due,
        "lines": lines[::-1],
        "today": today(),
        "soon": due.expiring_ids,
        "menu": MENU if may_write else (),
        "may_write": may_write,
        "keep": term_at(practice, "keep"),
        "has_book": bool(stock or lines),
    }
    return render(request, "pharmacy/book.html", context)


@requires("ledger.read")
@require_safe
def drug_book_register(request: HttpRequest) -> HttpResponse:
    """The register of a period, the oldest first, each line with the balance of its lot."""
    scope: Any = request
    practice = practice_of(scope.actor)
    form, lines = _asked(request, practice.id)
    whole = "whole" in request.GET
    shown = lines if whole else lines[-PAGE:]
    looked_at([one.row.patient_id for one in shown if one.row.patient_id])
    context = {
        "practice": practice,
        "form": form,
        "lines": shown,
        "left_out": len(lines) - len(shown),
        "query": request.GET.urlencode(),
        "keep": term_at(practice, "keep"),
        "at": now(),
    }
    return render(request, "pharmacy/register.html", context)


@requires("ledger.read")
@require_safe
def drug_book_csv(request: HttpRequest) -> HttpResponse:
    """The register of a period as a file."""
    scope: Any = request
    practice = practice_of(scope.actor)
    _form, lines = _asked(request, practice.id)
    looked_at([one.row.patient_id for one in lines if one.row.patient_id])
    record("ledger.exported", by=scope.actor, object_type="practice", object_id=practice.id, lines=len(lines))
    response = HttpResponse(as_csv(lines, practice.dea_registration), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="drug-book-{today().isoformat()}.csv"'
    return response


def _asked(request: HttpRequest, practice_id: UUID) -> tuple[PeriodForm, list[Any]]:
    lots = [(str(one.lot.id), f"{one.product.name} · {one.lot.number}") for one in stock_of(practice_id)]
    form = PeriodForm(request.GET or None, lots=lots)
    given = form.cleaned_data if form.is_bound and form.is_valid() else {}
    lot = UUID(given["lot"]) if given.get("lot") else None
    return form, lines_of(practice_id, since=given.get("since"), until=given.get("until"), lot_id=lot)
