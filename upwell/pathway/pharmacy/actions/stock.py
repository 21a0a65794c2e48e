"""What comes into stock, and what leaves it otherwise than by a dose."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from upwell.access.roles import require
from upwell.base.actor import Actor
from upwell.base.clock import now
from upwell.base.errors import BadInput, NotFound, NotPermitted, RefusedByRule
from upwell.base.limits import LONGEST_PERSON
from upwell.knowledge.controlled import load_controlled
from upwell.pathway.own_words import own_words
from upwell.pathway.pharmacy.chain import Draft, Witness, add, lock_book, mg
from upwell.pathway.pharmacy.models import LedgerEntry, Lot, Product
from upwell.pathway.pharmacy.queries import Stock, stock_of
from upwell.pathway.pharmacy.rules import MAY_BE_REVERSED, Kind
from upwell.pathway.pharmacy.witnessing import require_witness

MOST_MG = Decimal(10_000_000)  # against a slip of the keys, nothing clinical


@dataclass(frozen=True, slots=True)
class Box:
    """What stands on a box: the product, and its lot."""

    substance: str
    name: str
    form: str
    container_mg: Decimal
    number: str
    expires_on: date
    strength_mg_per_ml: Decimal | None = None
    ndc: str = ""


def here(by: Actor) -> UUID:
    """The practice whose book it is."""
    if by.practice_id is None:
        raise NotPermitted(_("Choose a practice first."))
    return by.practice_id


def bring_in(
    *,
    by: Actor,
    kind: Kind,
    box: Box,
    amount_mg: Decimal,
    at: datetime | None = None,
    words: str = "",
    more: dict[str, str] | None = None,
    entry_id: UUID | None = None,
) -> LedgerEntry:
    """A receipt, or what was here when the book began. Sent twice, it is one entry."""
    require(by, "ledger.write")
    place = here(by)
    if (there := _sent_before(entry_id)) is not None:
        return there
    if kind not in {Kind.OPENING, Kind.RECEIPT}:
        raise BadInput(_("Choose a receipt or the opening inventory."), path="kind")
    amount = checked_amount(amount_mg)
    not_ahead(at)
    said = own_words(words, path="words")
    lock_book(place)
    if kind is Kind.RECEIPT and not (more or {}).get("supplier"):
        raise BadInput(_("From whom was it received?"), path="supplier")
    lot = _lot(by, place, box)
    draft = Draft(kind, lot, amount, at=at, words=said, more=_short(more), id=entry_id)
    return add(by, place, [draft])[0]


def send_back(
    *,
    by: Actor,
    lot_id: UUID,
    amount_mg: Decimal,
    to: str,
    words: str = "",
    more: dict[str, str] | None = None,
    at: datetime | None = None,
    entry_id: UUID | None = None,
) -> LedgerEntry:
    """A return to the supplier, or the transfer to a reverse distributor."""
    require(by, "ledger.write")
    if (there := _sent_before(entry_id)) is not None:
        return there
    amount = checked_amount(amount_mg)
    not_ahead(at)
    to = own_words(to, path="to", missing=_("To whom does it go?"), longest=LONGEST_PERSON)
    said = own_words(words, path="words")
    lock_book(here(by))
    stock = enough(by, lot_id, amount)
    draft = Draft(
        Kind.RETURN, stock.lot, -amount, at=at, words=said, more={"to": to, **_short(more)}, id=entry_id
    )
    return add(by, here(by), [draft])[0]


def take_back(
    *, by: Actor, entry_id: UUID, words: str, witness: Witness | None, form_id: UUID | None = None
) -> LedgerEntry:
    """Take an entry back that was wrong: a new one undoes it, and both stay."""
    require(by, "ledger.explain")
    if (there := _sent_before(form_id)) is not None:
        return there
    said = own_words(words, path="words", missing=_("Write down what was wrong with it."))
    lock_book(here(by))
    row = reversible(by, entry_id)
    require_witness(by, witness)
    return undo(by, row, said, witness, form_id=form_id)


def undo(
    by: Actor,
    row: LedgerEntry,
    words: str,
    witness: Witness | None,
    *,
    author: LedgerEntry | None = None,
    form_id: UUID | None = None,
) -> LedgerEntry:
    """The entry that undoes another. The book has to be locked."""
    draft = Draft(
        Kind.REVERSED, row.lot, -row.delta_mg, about=row, author=author, witness=witness, words=words
    )
    draft.id = form_id
    found = stock_of(here(by), lot_ids=[row.lot_id]) if row.lot_id is not None else []
    after = beyond(found[0], -row.delta_mg) if found else []
    return add(by, here(by), [draft, *after])[0]


def reversible(by: Actor, entry_id: UUID | None) -> LedgerEntry:
    """An entry that can be taken back."""
    row = entry_here(by, entry_id)
    if Kind(row.kind) not in MAY_BE_REVERSED:
        raise RefusedByRule(_("An entry of this kind is not taken back here."))
    if row.follow_ups.filter(kind=Kind.REVERSED).exists():
        raise RefusedByRule(_("This entry was taken back already."))
    return row


def beyond(stock: Stock, delta: Decimal) -> list[Draft]:
    """The discrepancy that follows an entry by which the balance falls below nothing."""
    left = stock.balance + delta
    if left >= 0 or delta >= 0:
        return []
    short = min(-left, -delta)
    more = {"why": "beyond-book", "difference_mg": f"{short:.3f}", "book_mg": f"{left:.3f}"}
    return [Draft(Kind.DISCREPANCY, stock.lot, follows=True, more=more)]


def entry_here(by: Actor, entry_id: UUID | None) -> LedgerEntry:
    """An entry of one's own book."""
    rows = LedgerEntry.objects.select_related("lot__product", "practice")
    row = rows.filter(practice_id=here(by), id=entry_id).first() if entry_id is not None else None
    if row is None:
        raise NotFound(_("There is no such entry in this drug book."))
    return row


def enough(by: Actor, lot_id: UUID, amount: Decimal) -> Stock:
    """The lot, if the book has that much of it that is not set aside. The book has to be locked."""
    found = stock_of(here(by), lot_ids=[lot_id])
    if not found:
        raise BadInput(_("Choose a lot of this book."), path="lot")
    if found[0].available < amount:
        raise RefusedByRule(
            _(
                "The book has %(left)s mg of this lot that are not set aside; %(amount)s mg is more. Count it: what"
                " does not fit becomes a discrepancy."
            )
            % {"left": f"{found[0].available.normalize():f}", "amount": f"{amount.normalize():f}"}
        )
    return found[0]


def checked_amount(amount: Decimal, path: str = "amount_mg") -> Decimal:
    """An amount that can be: more than nothing, and no slip of the keys."""
    if not amount.is_finite() or amount <= 0 or amount > MOST_MG or mg(amount) == 0:
        raise BadInput(_("How much? Give an amount above nothing."), path=path)
    return mg(amount)


def not_ahead(at: datetime | None) -> None:
    """What is entered has happened."""
    if at is not None and at > now():
        raise BadInput(_("This lies in the future."), path="at")


def _sent_before(entry_id: UUID | None) -> LedgerEntry | None:
    return None if entry_id is None else LedgerEntry.objects.filter(id=entry_id).first()


def sent_before(entry_id: UUID | None) -> LedgerEntry | None:
    """The entry that a form made when it was sent the first time."""
    return _sent_before(entry_id)


def _short(more: dict[str, str] | None) -> dict[str, str]:
    return {
        name: own_words(value, path=name, longest=LONGEST_PERSON)
        for name, value in (more or {}).items()
        if value.strip()
    }


def _lot(by: Actor, place: UUID, box: Box) -> Lot:
    """The lot in the book; a new one, where the box is the first of it."""
    product = _product(by, place, box)
    number = own_words(box.number, path="lot", missing=_("Which lot?"), longest=LONGEST_PERSON)
    lot = Lot.objects.filter(product=product, number__iexact=number).select_related("product").first()
    if lot is None:
        return Lot.objects.create(
            practice_id=place,
            product=product,
            number=number,
            expires_on=box.expires_on,
            made_by_id=by.account_id,
        )
    if lot.expires_on != box.expires_on:
        raise BadInput(
            _("Lot %(lot)s is in the book with the expiry %(day)s. Look at the box again.")
            % {"lot": lot.number, "day": lot.expires_on.isoformat()},
            path="expires_on",
        )
    return lot


def _product(by: Actor, place: UUID, box: Box) -> Product:
    if box.substance not in load_controlled().schedules:
        raise BadInput(_("Choose the substance."), path="substance")
    name = own_words(box.name, path="name", missing=_("What stands on the box?"), longest=LONGEST_PERSON)
    form = own_words(box.form, path="form", missing=_("In which form?"), longest=LONGEST_PERSON)
    container = checked_amount(box.container_mg, "container_mg")
    strength = (
        None
        if box.strength_mg_per_ml is None
        else checked_amount(box.strength_mg_per_ml, "strength_mg_per_ml")
    )
    rows = Product.objects.filter(practice_id=place, name__iexact=name, container_mg=container, form=form)
    found = rows.first()
    if found is None:
        return Product.objects.create(
            practice_id=place,
            substance=box.substance,
            name=name,
            form=form,
            container_mg=container,
            strength_mg_per_ml=strength,
            ndc=own_words(box.ndc, path="ndc", longest=LONGEST_PERSON),
            schedule=load_controlled().schedules[box.substance],
            made_by_id=by.account_id,
        )
    if (found.substance, found.strength_mg_per_ml) != (box.substance, strength):
        raise BadInput(
            _(
                "A product of this name is in the book with another substance or strength. Name this one otherwise."
            ),
            path="name",
        )
    return found
