"""A discrepancy is noted and explained, never edited away; theft or loss starts the clocks of its reports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from upwell.access.roles import require
from upwell.base.actor import Actor
from upwell.base.errors import BadInput, RefusedByRule
from upwell.base.limits import LONGEST_PERSON
from upwell.pathway.local_time import today
from upwell.pathway.own_words import own_words
from upwell.pathway.pharmacy.actions.stock import (
    beyond,
    checked_amount,
    entry_here,
    here,
    not_ahead,
    sent_before,
)
from upwell.pathway.pharmacy.actions.waste import lot_here
from upwell.pathway.pharmacy.chain import Draft, Witness, add, lock_book, mg
from upwell.pathway.pharmacy.models import LedgerEntry
from upwell.pathway.pharmacy.queries import FROM_LOT, difference_of, drawn_for, undetermined_mg
from upwell.pathway.pharmacy.rules import Kind
from upwell.pathway.pharmacy.witnessing import require_witness

FOLLOWS, STAYS, LOST = "book-follows", "book-stays", "lost"
HOWS = (FOLLOWS, STAYS, LOST, FROM_LOT)
WHAT = ("theft", "loss")
REPORTS = ("loss-notice", "loss-form")


@dataclass(frozen=True, slots=True)
class Lost:
    """What is gone: how, and since when it is known."""

    what: str
    discovered_at: datetime
    significant: bool = True


def note_discrepancy(
    *, by: Actor, lot_id: UUID, difference_mg: Decimal, words: str, entry_id: UUID | None = None
) -> LedgerEntry:
    """Somebody noticed that something does not fit, without a count."""
    require(by, "ledger.write")
    if (there := sent_before(entry_id)) is not None:
        return there
    said = own_words(words, path="words", missing=_("Write down what does not fit."))
    if not difference_mg.is_finite() or mg(difference_mg) == 0:
        raise BadInput(_("By how much? Write what is missing with a minus."), path="difference_mg")
    checked_amount(abs(difference_mg), "difference_mg")
    lock_book(here(by))
    stock = lot_here(by, lot_id)
    more = {"why": "noted", "difference_mg": f"{mg(difference_mg):.3f}", "book_mg": f"{stock.balance:.3f}"}
    return add(by, here(by), [Draft(Kind.DISCREPANCY, stock.lot, words=said, more=more, id=entry_id)])[0]


def explain(
    *,
    by: Actor,
    entry_id: UUID,
    how: str,
    words: str,
    witness: Witness | None,
    lot_id: UUID | None = None,
    lost: Lost | None = None,
    form_id: UUID | None = None,
) -> LedgerEntry:
    """Explain a discrepancy: the book follows what was found, or stays, or it was lost, or which lot it came from."""
    require(by, "ledger.explain")
    if (there := sent_before(form_id)) is not None:
        return there
    said = own_words(words, path="words", missing=_("Write down what explains it."))
    lock_book(here(by))
    row = open_discrepancy(by, entry_id)
    require_witness(by, witness)
    return explain_now(by, row, how, said, witness, lot_id, lost=lost, form_id=form_id)


def explain_now(
    by: Actor,
    row: LedgerEntry,
    how: str,
    words: str,
    witness: Witness | None,
    lot_id: UUID | None,
    *,
    lost: Lost | None = None,
    author: LedgerEntry | None = None,
    form_id: UUID | None = None,
) -> LedgerEntry:
    """The explanation of an open discrepancy. The book has to be locked."""
    if how not in HOWS:
        raise BadInput(_("Say what explains it."), path="how")
    if how == LOST:
        draft, after = _lost(by, row, words, lost)
    elif how == FROM_LOT:
        stock = lot_here(by, lot_id)
        draft = Draft(Kind.EXPLAINED, stock.lot, -_undrawn(row), words=words, more={"how": how})
        after = beyond(stock, draft.delta_mg)
    elif how == FOLLOWS:
        if row.lot is None:
            raise RefusedByRule(_("No lot is known. Choose the lot from which it came."))
        draft = Draft(Kind.EXPLAINED, row.lot, difference_of(row), words=words, more={"how": how})
        after = beyond(lot_here(by, row.lot_id), draft.delta_mg)
    else:
        draft, after = Draft(Kind.EXPLAINED, row.lot, words=words, more={"how": how}), []
    draft.about, draft.witness, draft.author, draft.id = row, witness, author, form_id
    draft.event_id, draft.session_id = row.event_id, row.session_id
    return add(by, here(by), [draft, *after])[0]


def open_discrepancy(by: Actor, entry_id: UUID | None) -> LedgerEntry:
    """A discrepancy that nobody has explained yet."""
    row = entry_here(by, entry_id)
    if row.kind != Kind.DISCREPANCY:
        raise RefusedByRule(_("This is no discrepancy."))
    if row.follow_ups.filter(kind__in=(Kind.EXPLAINED, Kind.LOSS)).exists():
        raise RefusedByRule(_("This was explained already."))
    return row


def _undrawn(row: LedgerEntry) -> Decimal:
    """What a dose without a known lot still has to be drawn from one."""
    if row.more.get("why") != "lot-unknown" or row.event_id is None:
        raise RefusedByRule(_("This is not about a dose of which the lot is unknown."))
    if drawn_for(row.event_id):
        raise RefusedByRule(
            _("The dose was corrected meanwhile and is drawn from its lot. The book stays as it is.")
        )
    return undetermined_mg(row.event_id)


def _lost(by: Actor, row: LedgerEntry, words: str, lost: Lost | None) -> tuple[Draft, list[Draft]]:
    difference = difference_of(row)
    if difference >= 0 or row.lot is None:
        raise RefusedByRule(_("More is here than the book says: that is no loss."))
    draft = _loss(lost or Lost("loss", row.at), -difference, words)
    draft.lot = row.lot
    return draft, beyond(lot_here(by, row.lot_id), difference)


def record_loss(
    *, by: Actor, lot_id: UUID, amount_mg: Decimal, lost: Lost, words: str, entry_id: UUID | None = None
) -> LedgerEntry:
    """Theft or loss. It is recorded at once, without a witness: its reports have a clock."""
    require(by, "ledger.write")
    if (there := sent_before(entry_id)) is not None:
        return there
    amount = checked_amount(amount_mg)
    said = own_words(words, path="words", missing=_("Write down what is known of it."))
    lock_book(here(by))
    stock = lot_here(by, lot_id)
    draft = _loss(lost, amount, said)
    draft.lot, draft.id = stock.lot, entry_id
    return add(by, here(by), [draft, *beyond(stock, -amount)])[0]


def _loss(lost: Lost, amount: Decimal, words: str) -> Draft:
    if lost.what not in WHAT:
        raise BadInput(_("Was it theft, or a loss?"), path="what")
    not_ahead(lost.discovered_at)
    significant = lost.significant or lost.what == "theft"
    more = {"what": lost.what, "discovered_at": lost.discovered_at.isoformat()}
    more["significant"] = "yes" if significant else "no"
    return Draft(Kind.LOSS, None, -amount, at=lost.discovered_at, words=words, more=more)


def report_sent(
    *, by: Actor, entry_id: UUID, report: str, sent_on: date, reference: str = "", form_id: UUID | None = None
) -> LedgerEntry:
    """A report about a loss was sent: the notice, or the form."""
    require(by, "ledger.explain")
    if (there := sent_before(form_id)) is not None:
        return there
    if report not in REPORTS:
        raise BadInput(_("Which report?"), path="report")
    if sent_on > today():
        raise BadInput(_("This lies in the future."), path="sent_on")
    text = own_words(reference, path="reference", longest=LONGEST_PERSON)
    lock_book(here(by))
    row = entry_here(by, entry_id)
    if row.kind != Kind.LOSS:
        raise RefusedByRule(_("This is no theft or loss."))
    if row.follow_ups.filter(kind=Kind.REPORTED, more__report=report).exists():
        raise RefusedByRule(_("This report was sent already."))
    more = {"report": report, "sent_on": sent_on.isoformat(), "reference": text}
    return add(by, here(by), [Draft(Kind.REPORTED, about=row, more=more, id=form_id)])[0]
