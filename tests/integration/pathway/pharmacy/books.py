"""A drug book in a few words."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from upwell.access.acting import acting_as
from upwell.base.clock import now
from upwell.pathway.pharmacy.actions.stock import Box, bring_in
from upwell.pathway.pharmacy.models import LedgerEntry
from upwell.pathway.pharmacy.queries import stock_of
from upwell.pathway.pharmacy.rules import Kind


def spray(number="A1", **other):
    """A lot of nasal devices."""
    given = {
        "substance": "esketamine",
        "name": "Spravato 28 mg",
        "form": "nasal device",
        "container_mg": Decimal(28),
        "number": number,
        "expires_on": now().date() + timedelta(days=400),
    }
    return Box(**given | other)


def vial(number="K7", **other):
    """A lot of vials."""
    given = {
        "substance": "racemic-ketamine",
        "name": "Ketamine 50 mg/mL, 10 mL",
        "form": "vial",
        "container_mg": Decimal(500),
        "strength_mg_per_ml": Decimal(50),
        "number": number,
        "expires_on": date(2030, 5, 31),
    }
    return Box(**given | other)


def receive(actor, box=None, amount=280, kind=Kind.OPENING, **more):
    """Bring something in."""
    if kind is Kind.RECEIPT:
        more.setdefault("more", {"supplier": "Wholesale Inc."})
    with acting_as(actor) as by:
        return bring_in(by=by, kind=kind, box=box or spray(), amount_mg=Decimal(amount), **more)


def balances(actor):
    """Lot to what the book says of it: in stock, set aside."""
    with acting_as(actor):
        return {one.lot.number: (one.balance, one.held) for one in stock_of(actor.practice_id)}


def kinds(actor):
    """The kinds of entries, in their order."""
    with acting_as(actor):
        return list(LedgerEntry.objects.order_by("position").values_list("kind", flat=True))


def entries(actor, kind):
    """The entries of a kind, in their order."""
    with acting_as(actor):
        return list(LedgerEntry.objects.filter(kind=kind).select_related("lot", "about").order_by("position"))
