"""What waits for its witness: said by one person, it counts as soon as another confirms it at their own log-in."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from upwell.access.roles import may, require
from upwell.base.actor import Actor
from upwell.base.errors import NotPermitted, RefusedByRule
from upwell.pathway.own_words import own_words
from upwell.pathway.pharmacy.actions.explaining import explain_now, open_discrepancy
from upwell.pathway.pharmacy.actions.stock import entry_here, here, reversible, sent_before, undo
from upwell.pathway.pharmacy.actions.waste import waste_now
from upwell.pathway.pharmacy.chain import NOTHING, Draft, add, lock_book
from upwell.pathway.pharmacy.models import LedgerEntry
from upwell.pathway.pharmacy.queries import is_settled
from upwell.pathway.pharmacy.rules import Kind
from upwell.pathway.pharmacy.witnessing import confirmed_there, who_can_witness

EXPLAIN, TAKE_BACK = "explain", "take-back"


def say_explanation(
    *,
    by: Actor,
    entry_id: UUID,
    how: str,
    words: str,
    lot_id: UUID | None = None,
    form_id: UUID | None = None,
) -> LedgerEntry:
    """Explain a discrepancy; a second person confirms it at their own log-in."""
    require(by, "ledger.explain")
    if (there := sent_before(form_id)) is not None:
        return there
    said = own_words(words, path="words", missing=_("Write down what explains it."))
    lock_book(here(by))
    row = open_discrepancy(by, entry_id)
    more = {"what": EXPLAIN, "how": how, "lot": str(lot_id or "")}
    return _say(by, Draft(Kind.SAID, row.lot, about=row, words=said, more=more, id=form_id))


def say_taken_back(*, by: Actor, entry_id: UUID, words: str, form_id: UUID | None = None) -> LedgerEntry:
    """An entry was wrong; a second person confirms it at their own log-in."""
    require(by, "ledger.explain")
    if (there := sent_before(form_id)) is not None:
        return there
    said = own_words(words, path="words", missing=_("Write down what was wrong with it."))
    lock_book(here(by))
    row = reversible(by, entry_id)
    return _say(by, Draft(Kind.SAID, row.lot, about=row, words=said, more={"what": TAKE_BACK}, id=form_id))


def _say(by: Actor, draft: Draft) -> LedgerEntry:
    if not who_can_witness(by):
        raise RefusedByRule(_("Nobody else here may witness. A practice of one signs to work alone first."))
    return add(by, here(by), [draft])[0]


def confirm(*, by: Actor, entry_id: UUID) -> LedgerEntry:
    """A second person confirms at their own log-in: now it counts."""
    witness = confirmed_there(by)
    lock_book(here(by))
    said = waiting_entry(by, entry_id)
    if said.by_id == by.account_id:
        raise RefusedByRule(_("Nobody witnesses for themselves. It takes another person."))
    what = said.more.get("what")
    if what == EXPLAIN:
        lot = said.more.get("lot")
        row = open_discrepancy(by, said.about_id)
        return explain_now(
            by, row, said.more["how"], said.words, witness, UUID(lot) if lot else None, author=said
        )
    if what == TAKE_BACK:
        return undo(by, reversible(by, said.about_id), said.words, witness, author=said)
    return waste_now(by, said, witness)


def withdraw(*, by: Actor, entry_id: UUID, words: str) -> LedgerEntry:
    """It was not so after all, or nobody saw it. What was set aside for it is free again."""
    if not may(by, "ledger.witness"):
        require(by, "ledger.write")
    text = own_words(words, path="words", missing=_("Write down why."))
    lock_book(here(by))
    said = waiting_entry(by, entry_id)
    if said.by_id != by.account_id and not may(by, "ledger.witness"):
        raise NotPermitted(_("It is for whoever wrote it, or for a witness."))
    held = Decimal(said.more.get("amount_mg", "0")) if said.held_mg else NOTHING
    return add(by, here(by), [Draft(Kind.OFF, said.lot, held_mg=-held, about=said, words=text)])[0]


def waiting_entry(by: Actor, entry_id: UUID) -> LedgerEntry:
    """What waits for a witness in one's own book."""
    said = entry_here(by, entry_id)
    if said.kind != Kind.SAID:
        raise RefusedByRule(_("This does not wait for a witness."))
    if is_settled(said):
        raise RefusedByRule(_("This was settled already."))
    return said
