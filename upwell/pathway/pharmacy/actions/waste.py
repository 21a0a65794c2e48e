"""What is thrown away: with a witness, at once or as soon as the witness confirms at their own log-in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from upwell.access.roles import require
from upwell.base.actor import Actor
from upwell.base.errors import BadInput, RefusedByRule
from upwell.pathway.own_words import own_words
from upwell.pathway.pharmacy.actions.stock import beyond, checked_amount, here, not_ahead, sent_before
from upwell.pathway.pharmacy.chain import NOTHING, Draft, Witness, add, lock_book
from upwell.pathway.pharmacy.models import LedgerEntry
from upwell.pathway.pharmacy.queries import Stock, held_for, stock_of
from upwell.pathway.pharmacy.rules import Kind
from upwell.pathway.pharmacy.witnessing import require_witness, who_can_witness


@dataclass(frozen=True, slots=True)
class Waste:
    """What is thrown away, and why."""

    lot_id: UUID
    amount_mg: Decimal
    words: str
    session_id: UUID | None = None
    at: datetime | None = None


def waste(
    *, by: Actor, what: Waste, witness: Witness | None, later: bool = False, entry_id: UUID | None = None
) -> LedgerEntry:
    """Waste, with its witness. ``later``: it is set aside, and waits for a witness at their own log-in."""
    require(by, "ledger.write")
    if (there := sent_before(entry_id)) is not None:
        return there
    amount = checked_amount(what.amount_mg)
    not_ahead(what.at)
    said = own_words(what.words, path="words", missing=_("Write down what is thrown away, and why."))
    if later and not who_can_witness(by):
        raise RefusedByRule(_("Nobody else here may witness. A practice of one signs to work alone first."))
    if not later:
        require_witness(by, witness)
    lock_book(here(by))
    stock = lot_here(by, what.lot_id)
    freed = min(held_for(what.session_id).get(stock.lot.id, NOTHING), amount)
    if later:
        more = {"what": "waste", "amount_mg": f"{amount:.3f}"}
        draft = Draft(Kind.SAID, stock.lot, held_mg=amount, at=what.at, words=said, more=more, id=entry_id)
        draft.session_id = what.session_id
        freeing = Draft(Kind.PUT_BACK, stock.lot, held_mg=-freed, session_id=what.session_id)
        return add(by, here(by), [*([freeing] if freed else []), draft])[-1]
    draft = Draft(Kind.WASTE, stock.lot, -amount, -freed, what.at, witness=witness, words=said, id=entry_id)
    draft.session_id = what.session_id
    return add(by, here(by), [draft, *beyond(stock, -amount)])[0]


def waste_now(by: Actor, said: LedgerEntry, witness: Witness) -> LedgerEntry:
    """What waited for its witness is confirmed. The book has to be locked."""
    amount = Decimal(said.more["amount_mg"])
    stock = lot_here(by, said.lot_id)
    draft = Draft(Kind.WASTE, stock.lot, -amount, -amount, said.at, about=said, author=said, witness=witness)
    draft.words, draft.session_id = said.words, said.session_id
    return add(by, here(by), [draft, *beyond(stock, -amount)])[0]


def lot_here(by: Actor, lot_id: UUID | None) -> Stock:
    """A lot of one's own book, by the book."""
    found = stock_of(here(by), lot_ids=[lot_id] if lot_id else [])
    if not found:
        raise BadInput(_("Choose a lot of this book."), path="lot")
    return found[0]
