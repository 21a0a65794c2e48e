"""Counting stock, and taking inventory of all of it. What does not fit becomes a discrepancy; nothing is adjusted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from upwell.access.roles import require
from upwell.base.actor import Actor
from upwell.base.errors import BadInput
from upwell.pathway.own_words import own_words
from upwell.pathway.pharmacy.actions.stock import MOST_MG, here, not_ahead, sent_before
from upwell.pathway.pharmacy.actions.waste import lot_here
from upwell.pathway.pharmacy.chain import NOTHING, Draft, add, lock_book, mg
from upwell.pathway.pharmacy.models import LedgerEntry
from upwell.pathway.pharmacy.queries import Stock, differences_open, stock_of
from upwell.pathway.pharmacy.rules import Kind

TAKEN = ("opening", "close")  # of business: 21 CFR 1304.11


def count_lot(
    *, by: Actor, lot_id: UUID, counted_mg: Decimal, words: str = "", entry_id: UUID | None = None
) -> LedgerEntry:
    """Count one lot."""
    require(by, "ledger.write")
    if (there := sent_before(entry_id)) is not None:
        return there
    counted = _counted(counted_mg, "counted_mg")
    said = own_words(words, path="words")
    lock_book(here(by))
    stock = lot_here(by, lot_id)
    drafts = _drafts(stock, counted, differences_open(here(by)).get(lot_id, NOTHING), said)
    drafts[0].id = entry_id
    return add(by, here(by), drafts)[0]


def take_inventory(
    *,
    by: Actor,
    counts: Mapping[UUID, Decimal],
    taken: str,
    words: str = "",
    at: datetime | None = None,
    entry_id: UUID | None = None,
) -> LedgerEntry:
    """Count everything on hand. A lot that the book says is here, and that nobody counted, is refused."""
    require(by, "ledger.write")
    if (there := sent_before(entry_id)) is not None:
        return there
    if taken not in TAKEN:
        raise BadInput(
            _("Say whether it was taken at the opening or at the close of business."), path="taken"
        )
    not_ahead(at)
    said = own_words(words, path="words")
    lock_book(here(by))
    here_now = [one for one in stock_of(here(by)) if one.balance != 0 or one.lot.id in counts]
    missing = [one.lot.number for one in here_now if one.lot.id not in counts]
    if missing:
        raise BadInput(
            _("Not counted: lot %(lots)s. Count nothing as 0.") % {"lots": ", ".join(missing[:5])},
            path="counts",
        )
    open_now = differences_open(here(by))
    drafts: list[Draft] = []
    for one in here_now:
        counted = _counted(counts[one.lot.id], f"lot-{one.lot.id}")
        drafts += _drafts(one, counted, open_now.get(one.lot.id, NOTHING), "", at)
    more = {"taken": taken, "lots": str(len(here_now))}
    drafts.append(Draft(Kind.INVENTORY, at=at, words=said, more=more, id=entry_id))
    return add(by, here(by), drafts)[-1]


def _counted(amount: Decimal, path: str) -> Decimal:
    if not amount.is_finite() or amount < 0 or amount > MOST_MG:
        raise BadInput(_("How much is there? Nothing is 0."), path=path)
    return mg(amount)


def _drafts(
    stock: Stock, counted: Decimal, open_now: Decimal, words: str, at: datetime | None = None
) -> list[Draft]:
    """The count; and what it finds beside what is waiting to be explained already."""
    said = {"counted_mg": f"{counted:.3f}", "book_mg": f"{stock.balance:.3f}"}
    drafts = [Draft(Kind.COUNT, stock.lot, at=at, words=words, more=said)]
    difference = counted - stock.balance - open_now
    if difference:
        more = {"why": "count", "difference_mg": f"{difference:.3f}", **said}
        drafts.append(Draft(Kind.DISCREPANCY, stock.lot, at=at, follows=True, more=more))
    return drafts
