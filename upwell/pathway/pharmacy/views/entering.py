"""Entering something in the drug book: one page for each kind of entry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from upwell.access.declare import requires
from upwell.base.actor import Actor
from upwell.base.errors import BadInput, RefusedByRule
from upwell.base.ids import new_id
from upwell.pathway.pharmacy import forms as shapes
from upwell.pathway.pharmacy.actions.counting import count_lot, take_inventory
from upwell.pathway.pharmacy.actions.explaining import Lost, note_discrepancy, record_loss
from upwell.pathway.pharmacy.actions.stock import bring_in, send_back
from upwell.pathway.pharmacy.actions.waste import Waste, waste
from upwell.pathway.pharmacy.chain import Witness
from upwell.pathway.pharmacy.models import LedgerEntry, Product
from upwell.pathway.pharmacy.queries import held_for, stock_of
from upwell.pathway.pharmacy.rules import Kind
from upwell.pathway.pharmacy.witnessing import confirmed_here, who_can_witness, witness_is_asked_for


@dataclass(frozen=True, slots=True)
class Way:
    """One kind of entry: its title, its words, its form, and what saves it."""

    title: str | Promise
    lede: str | Promise
    form: type[forms.Form]
    save: Callable[[HttpRequest, Actor, Any], LedgerEntry]
    icon: str


def _receipt(_request: HttpRequest, by: Actor, form: shapes.ReceiptForm) -> LedgerEntry:
    return _bring(by, form, Kind.RECEIPT)


def _opening(_request: HttpRequest, by: Actor, form: shapes.ReceiptForm) -> LedgerEntry:
    return _bring(by, form, Kind.OPENING)


def _bring(by: Actor, form: shapes.ReceiptForm, kind: Kind) -> LedgerEntry:
    given = form.cleaned_data
    return bring_in(
        by=by,
        kind=kind,
        box=form.box(),
        amount_mg=form.amount(),
        at=given["at"],
        words=given["words"],
        more=form.more(),
        entry_id=given["id"],
    )


def _waste(request: HttpRequest, by: Actor, form: shapes.WasteForm) -> LedgerEntry:
    given = form.cleaned_data
    session = _uuid(request.GET.get("session", ""))
    what = Waste(UUID(given["lot"]), form.amount(), given["words"], session_id=session)
    witness, later = witness_of(request, by, form)
    return waste(by=by, what=what, witness=witness, later=later, entry_id=given["id"])


def witness_of(request: HttpRequest, by: Actor, form: forms.Form) -> tuple[Witness | None, bool]:
    """The witness who proved who they are; or that one confirms later."""
    given = form.cleaned_data
    if given.get("later"):
        return None, True
    if given.get("witness") or given.get("password"):
        proved = (given["witness"], given["password"], given.get("code", ""))
        return confirmed_here(request, by, *proved), False
    return None, False


def _return(_request: HttpRequest, by: Actor, form: shapes.ReturnForm) -> LedgerEntry:
    given = form.cleaned_data
    more = {name: given[name] for name in ("to_dea", "document") if given[name]}
    return send_back(
        by=by,
        lot_id=UUID(given["lot"]),
        amount_mg=form.amount(),
        to=given["to"],
        words=given["words"],
        more=more,
        at=given["at"],
        entry_id=given["id"],
    )


def _count(_request: HttpRequest, by: Actor, form: shapes.CountForm) -> LedgerEntry:
    given = form.cleaned_data
    counted = form.amount()
    return count_lot(
        by=by, lot_id=UUID(given["lot"]), counted_mg=counted, words=given["words"], entry_id=given["id"]
    )


def _inventory(_request: HttpRequest, by: Actor, form: shapes.InventoryForm) -> LedgerEntry:
    given = form.cleaned_data
    return take_inventory(
        by=by, counts=form.counts(), taken=given["taken"], words=given["words"], entry_id=given["id"]
    )


def _loss(_request: HttpRequest, by: Actor, form: shapes.LossForm) -> LedgerEntry:
    given = form.cleaned_data
    lost = Lost(given["what"], given["discovered_at"], given["significant"] == "yes")
    return record_loss(
        by=by,
        lot_id=UUID(given["lot"]),
        amount_mg=form.amount(),
        lost=lost,
        words=given["words"],
        entry_id=given["id"],
    )


def _discrepancy(_request: HttpRequest, by: Actor, form: shapes.DiscrepancyForm) -> LedgerEntry:
    given = form.cleaned_data
    return note_discrepancy(
        by=by,
        lot_id=UUID(given["lot"]),
        difference_mg=given["difference_mg"],
        words=given["words"],
        entry_id=given["id"],
    )


WAYS: dict[str, Way] = {
    "receipt": Way(
        gettext_lazy("Receive stock"),
        gettext_lazy("By lot and expiry, as it stands on the box and on the invoice."),
        shapes.DeliveryForm,
        _receipt,
        "plus",
    ),
    "waste": Way(
        gettext_lazy("Waste"),
        gettext_lazy("What is left over after a dose, spilt or broken. A second person has seen it."),
        shapes.WasteForm,
        _waste,
        "trash-2",
    ),
    "count": Way(
        gettext_lazy("Count a lot"),
        gettext_lazy("Count what is there without looking at the book. What differs becomes a discrepancy."),
        shapes.CountForm,
        _count,
        "list",
    ),
    "inventory": Way(
        gettext_lazy("Take inventory"),
        gettext_lazy("Everything on hand, on one day. Count nothing as 0."),
        shapes.InventoryForm,
        _inventory,
        "clipboard-list",
    ),
    "return": Way(
        gettext_lazy("Return stock"),
        gettext_lazy("To the supplier, or to a reverse distributor to be destroyed."),
        shapes.ReturnForm,
        _return,
        "undo-2",
    ),
    "loss": Way(
        gettext_lazy("Theft or loss"),
        gettext_lazy("Enter it at once: its reports have a clock."),
        shapes.LossForm,
        _loss,
        "octagon-alert",
    ),
    "discrepancy": Way(
        gettext_lazy("Note a discrepancy"),
        gettext_lazy("Something does not fit, and nobody knows why yet."),
        shapes.DiscrepancyForm,
        _discrepancy,
        "circle-help",
    ),
    "opening": Way(
        gettext_lazy("Opening inventory"),
        gettext_lazy("What was here when the book began, lot by lot."),
        shapes.ReceiptForm,
        _opening,
        "clipboard-check",
    ),
}
MENU = tuple((name, way) for name, way in WAYS.items() if name not in {"receipt", "waste"})


@requires("ledger.write")
@require_http_methods(["GET", "HEAD", "POST"])
def drug_book_enter(request: HttpRequest, what: str) -> HttpResponse:
    """One entry."""
    scope: Any = request
    if what not in WAYS:
        raise Http404
    way, form = WAYS[what], _form(request, what)
    if request.method == "POST" and form.is_valid():
        row = attempt(form, lambda: way.save(request, scope.actor, form))
        if row is not None:
            said = _("It waits for its witness.") if row.kind == Kind.SAID else _("Entered.")
            messages.success(request, said)
            return redirect("drug_book_entry", row.id)
    status = 422 if request.method == "POST" else 200
    context = {"way": way, "what": what, "form": form, "nothing": what in NEEDS_STOCK and not _stock(request)}
    return render(request, "pharmacy/enter.html", context, status=status)


NEEDS_STOCK = frozenset({"waste", "count", "return", "loss", "discrepancy"})


def attempt(form: forms.Form, save: Callable[[], LedgerEntry]) -> LedgerEntry | None:
    """Do it, or put the refusal beside the field that it is about. Nothing was written."""
    try:
        return save()
    except (BadInput, RefusedByRule) as error:
        form.add_error(error.path if error.path in form.fields else None, error.message)
        return None


def _stock(request: HttpRequest) -> list[Any]:
    scope: Any = request
    return stock_of(scope.actor.practice_id)


def _form(request: HttpRequest, what: str) -> Any:
    scope: Any = request
    kind: Any = WAYS[what].form
    data = request.POST if request.method == "POST" else None
    begin: dict[str, Any] = {"id": new_id()}
    if issubclass(kind, shapes.ReceiptForm):
        products = Product.objects.filter(practice_id=scope.actor.practice_id).order_by("name", "id")
        return kind(data, initial=begin, products=products)
    stock = _stock(request)
    if what in {"waste", "return", "loss"}:
        stock = [one for one in stock if one.balance]
    if what == "waste":
        held = held_for(_uuid(request.GET.get("session", "")))
        begin["lot"] = next((str(lot) for lot in held), request.GET.get("lot"))
    elif what == "inventory":
        stock = [one for one in stock if one.balance]
    begin.setdefault("lot", request.GET.get("lot"))
    form = kind(data, initial=begin, stock=stock)
    if isinstance(form, shapes.WitnessForm):
        form.with_people(who_can_witness(scope.actor), asked=witness_is_asked_for(scope.actor))
    return form


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
