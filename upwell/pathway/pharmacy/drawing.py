"""What a dosing session does to the drug book: stock set aside when a dose is released, drawn when it is given.

The book is brought into line with the log, as often as the log grows: a dose that came twice is drawn once, a corrected
one makes a compensating entry, one of an unknown lot or beyond the balance is entered and becomes a discrepancy.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from upwell.base.actor import Actor
from upwell.base.clock import now
from upwell.base.errors import BadInput, RefusedByRule
from upwell.pathway.local_time import today
from upwell.pathway.pharmacy.chain import NOTHING, Draft, add, lock_book, mg
from upwell.pathway.pharmacy.models import LedgerEntry, Lot
from upwell.pathway.pharmacy.queries import (
    EXPLAINED_BEFORE,
    Stock,
    drawn_for,
    followed_mg,
    has_book,
    held_for,
    stock_of,
    undetermined_mg,
)
from upwell.pathway.pharmacy.rules import Kind, allot
from upwell.science.session import doses_told

if TYPE_CHECKING:
    from upwell.pathway.session.log import Folded
    from upwell.pathway.session.models import Session

CLINIC_STOCK = "clinic-stock"
MOVING = frozenset(
    {
        "dose-given",
        "correction",
        "supply",
        "discharged",
        "ended",
        "left",
        "infusion-started",
        "infusion-stopped",
    }
)


def source_of(log: Folded) -> str:
    """Where the drug of a session comes from: what was said last; without a word, from the clinic's stock."""
    said = [one.body.get("source") for one in log.state.counting if one.type == "supply"]
    return str(next((one for one in reversed(said) if one), CLINIC_STOCK))


def set_aside(by: Actor, session: Session, log: Folded, lot_id: UUID | None = None) -> list[LedgerEntry]:
    """Set the ordered dose aside, under the lock of the book: no other order can be released from it.

    Without a lot that somebody chose, the one that expires first and has enough. Refused where it is not there.
    """
    place = session.practice_id
    ordered = log.state.ordered_mg
    if source_of(log) != CLINIC_STOCK or ordered is None or not has_book(place):
        return []
    lock_book(place)
    held = held_for(session.id)
    drafts: list[Draft] = []
    if lot_id is not None and set(held) - {lot_id}:
        drafts = _put_back(session, held)
        held = {}
    wanted = mg(ordered) - mg(log.state.given_mg) - sum(held.values(), NOTHING)
    if wanted > 0:
        drafts += _aside(
            session, log, wanted, lot_id, {draft.lot.id: -draft.held_mg for draft in drafts if draft.lot}
        )
    return add(by, place, drafts) if drafts else []


def _aside(
    session: Session, log: Folded, wanted: Decimal, lot_id: UUID | None, freed: dict[UUID, Decimal]
) -> list[Draft]:
    substance = log.state.substance or session.substance
    stock = stock_of(session.practice_id, substance=substance)
    usable = [one for one in stock if not one.is_expired(today())]
    if lot_id is not None:
        usable = [one for one in usable if one.lot.id == lot_id]
        if not usable:
            raise BadInput(_("Choose a lot of this substance that is not expired."), path="lot")
    free = [one.free(freed.get(one.lot.id, NOTHING)) for one in usable]
    parts = allot(wanted, free)
    if parts is None:
        left = sum((max(one.available, NOTHING) for one in free), NOTHING)
        raise RefusedByRule(
            _(
                "The drug book has %(left)s mg left that is not set aside or expired; %(wanted)s mg is needed. Enter"
                " what came in, count the stock, or say that the drug comes from elsewhere."
            )
            % {"left": _plain(left), "wanted": _plain(wanted)}
        )
    lots = {str(one.lot.id): one.lot for one in usable}
    return [
        Draft(Kind.SET_ASIDE, lots[lot], held_mg=part, session_id=session.id, patient=session.patient)
        for lot, part in parts
    ]


def choose_supply(*, by: Actor, session_id: UUID, body: dict[str, Any], lot_id: UUID | None) -> None:
    """Where the drug of a session comes from goes into its log; a lot that was chosen is set aside for it."""
    from upwell.base.ids import new_id
    from upwell.pathway.session.actions import locked_session, record_events
    from upwell.pathway.session.log import folded

    document = {"id": str(new_id()), "type": "supply", "body": body}
    with transaction.atomic():  # where the lot is refused, the source is not written down either
        record_events(by=by, session_id=session_id, documents=[document])
        session = locked_session(by, session_id)
        log = folded(session, now(), {})
        if lot_id is None or log.state.over_at is not None:
            return
        if log.state.ordered_mg is None:
            raise RefusedByRule(
                _("Nothing is ordered yet. A lot is chosen once it is known how much is needed.")
            )
        set_aside(by, session, log, lot_id)


def settle(by: Actor, session: Session, log: Folded) -> list[LedgerEntry]:
    """Bring the book into line with the log of a session: draw, compensate, put back. In the log's transaction."""
    place = session.practice_id
    if not has_book(place):
        return []
    lock_book(place)
    return _Settling(session, log).settle(by)


class _Settling:
    """One pass over a session. Balances and what is set aside are followed while entries are made."""

    def __init__(self, session: Session, log: Folded) -> None:
        self.session, self.log = session, log
        self.stock = {one.lot.id: one for one in stock_of(session.practice_id)}
        self.balance = {lot: one.balance for lot, one in self.stock.items()}
        self.held = held_for(session.id)
        self.drafts: list[Draft] = []

    def settle(self, by: Actor) -> list[LedgerEntry]:
        from_stock = source_of(self.log) == CLINIC_STOCK
        doses = doses_told(self.log.state.counting, self.log.at) if from_stock else []
        told = {UUID(one.event_id) for one in doses}
        for one in doses:
            self._dose(UUID(one.event_id), one.dose_mg, one.lot)
        for event_id in self._known() - told:
            self._undo(event_id)
        if self.log.state.over_at is not None or not from_stock:
            self.drafts += _put_back(self.session, self.held)
        return add(by, self.session.practice_id, self.drafts) if self.drafts else []

    def _known(self) -> set[UUID]:
        rows = LedgerEntry.objects.filter(session_id=self.session.id, kind=Kind.GIVEN)
        return {one for one in rows.order_by().values_list("event_id", flat=True) if one is not None}

    def _dose(self, event_id: UUID, amount_mg: float | None, lot: str) -> None:
        first = LedgerEntry.objects.filter(event_id=event_id, kind=Kind.GIVEN).order_by("position").first()
        amount = None if amount_mg is None else mg(amount_mg)
        if first is not None:
            self._change(event_id, amount or NOTHING, lot, first)
        else:
            self._draw(event_id, amount, self._lots(lot, amount or NOTHING), Kind.GIVEN)

    def _lots(self, lot: str, amount: Decimal) -> list[tuple[Lot | None, Decimal]]:
        """From which lots it comes: the one that was written down, else what was set aside, else the only one."""
        substance = self.log.state.substance or self.session.substance
        known = [one for one in self.stock.values() if not substance or one.product.substance == substance]
        if lot:
            named = [one for one in known if one.lot.number.casefold() == lot.casefold()]
            return [(named[0].lot if len(named) == 1 else None, amount)]
        if self.held:
            return self._from_held(known, amount)
        left = [one for one in known if self.balance[one.lot.id] > 0]
        return [(left[0].lot if len(left) == 1 else None, amount)]

    def _from_held(self, known: Sequence[Stock], amount: Decimal) -> list[tuple[Lot | None, Decimal]]:
        parts: list[tuple[Lot | None, Decimal]] = []
        order = [one for one in known if one.lot.id in self.held] or [self.stock[lot] for lot in self.held]
        for one in order:
            part = min(amount, self.held[one.lot.id])
            if part > 0:
                parts.append((one.lot, part))
                amount -= part
        if amount > 0 or not parts:  # more was given than was set aside: from the last of them
            lot, part = parts.pop() if parts else (order[-1].lot, NOTHING)
            parts.append((lot, part + amount))
        return parts

    def _draw(
        self, event_id: UUID, amount: Decimal | None, parts: Sequence[tuple[Lot | None, Decimal]], kind: Kind
    ) -> None:
        for lot, part in parts:
            freed = NOTHING if lot is None else min(self.held.get(lot.id, NOTHING), part)
            draft = self._draft(kind, event_id, lot, -part, -freed)
            if lot is None:
                draft.delta_mg = NOTHING
                draft.more["dose_mg"] = f"{part:.3f}"
            elif lot.expires_on < today():
                draft.more["expired"] = "yes"
            self.drafts.append(draft)
            self._doubts(draft, amount, part)

    def _doubts(self, draft: Draft, amount: Decimal | None, part: Decimal) -> None:
        """What does not fit about a dose becomes a discrepancy at once."""
        lot = draft.lot
        if amount is None:
            self._discrepancy(draft, "amount-unknown", NOTHING)
        elif lot is None:
            self._discrepancy(draft, "lot-unknown", -part)
        if lot is None:
            return
        before = self.balance[lot.id]
        self.balance[lot.id] = after = before - part
        self.held[lot.id] = self.held.get(lot.id, NOTHING) + draft.held_mg
        if after < 0 < part:
            self._discrepancy(draft, "beyond-book", min(-after, part))

    def _discrepancy(self, draft: Draft, why: str, difference: Decimal) -> None:
        more = {"why": why, "difference_mg": f"{difference:.3f}"}
        if draft.lot is not None:
            more["book_mg"] = f"{self.balance[draft.lot.id]:.3f}"
        found = self._draft(Kind.DISCREPANCY, draft.event_id, draft.lot, NOTHING, NOTHING)
        found.more |= more
        # About the dose where it stands right before; a second doubt about the same dose names it by its event.
        found.follows = self.drafts[-1] is draft
        self.drafts.append(found)

    def _draft(
        self, kind: Kind, event_id: UUID | None, lot: Lot | None, delta: Decimal, held: Decimal
    ) -> Draft:
        draft = Draft(kind, lot, delta, held, patient=self.session.patient, session_id=self.session.id)
        draft.event_id = event_id
        event = next((one for one in self.log.state.counting if one.id == str(event_id)), None)
        draft.at = None if event is None else event.observed_at
        return draft

    def _change(self, event_id: UUID, amount: Decimal, lot: str, first: LedgerEntry) -> None:
        """A dose that is in the book: what a correction since then changes, as a compensating entry."""
        drawn, unknown = drawn_for(event_id), undetermined_mg(event_id)
        named = self._lots(lot, amount)[0][0] if lot else None
        if named is None and not drawn and first.lot_id is not None:
            named = self.stock[first.lot_id].lot  # nothing was drawn: how much it was, was not on record
        if not drawn and named is None:
            if amount != unknown:  # still of an unknown lot
                draft = self._draft(Kind.GIVEN_CHANGED, event_id, None, NOTHING, NOTHING)
                draft.more["dose_mg"] = f"{amount:.3f}"
                self.drafts.append(draft)
            return
        if not drawn:
            if amount:
                self._draw(event_id, amount, [(named, amount)], Kind.GIVEN_CHANGED)
        elif named is not None and set(drawn) != {named.id}:
            self._give_back(event_id, drawn)
            self._draw(event_id, amount, [(named, amount)], Kind.GIVEN_CHANGED)
        else:
            self._by_amount(event_id, amount, drawn)

    def _by_amount(self, event_id: UUID, amount: Decimal, drawn: dict[UUID, Decimal]) -> None:
        more = amount - sum(drawn.values(), NOTHING)
        lots = list(drawn)
        if more > 0:
            self._draw(event_id, amount, [(self.stock[lots[-1]].lot, more)], Kind.GIVEN_CHANGED)
        for lot in reversed(lots) if more < 0 else ():
            part = min(-more, drawn[lot])
            if part > 0:
                self._give_back(event_id, {lot: part})
                more += part

    def _give_back(self, event_id: UUID, parts: dict[UUID, Decimal]) -> None:
        for lot, part in parts.items():
            draft = self._draft(Kind.GIVEN_CHANGED, event_id, self.stock[lot].lot, part, NOTHING)
            self.balance[lot] += part
            self.drafts.append(draft)
            if (followed := followed_mg(event_id, lot)) > 0:  # the book was set right for a dose that was not
                self._discrepancy(draft, EXPLAINED_BEFORE, -min(followed, part))

    def _undo(self, event_id: UUID) -> None:
        """The dose was entered in error, or it did not come from this stock."""
        self._give_back(event_id, drawn_for(event_id))
        if not drawn_for(event_id) and undetermined_mg(event_id):
            draft = self._draft(Kind.GIVEN_CHANGED, event_id, None, NOTHING, NOTHING)
            draft.more["dose_mg"] = f"{NOTHING:.3f}"
            self.drafts.append(draft)


def put_back(by: Actor, session: Session) -> None:
    """The dose is held: what was set aside for it is free again."""
    if has_book(session.practice_id):
        lock_book(session.practice_id)
        if drafts := _put_back(session, held_for(session.id)):
            add(by, session.practice_id, drafts)


def _put_back(session: Session, held: dict[UUID, Decimal]) -> list[Draft]:
    """What was set aside and not given goes back."""
    lots = {lot.id: lot for lot in Lot.objects.filter(id__in=list(held)).select_related("product")}
    return [
        Draft(Kind.PUT_BACK, lots[lot], held_mg=-part, session_id=session.id, patient=session.patient)
        for lot, part in held.items()
        if part > 0
    ]


LOOKED_BACK = timedelta(days=7)
AT_ONCE = 20


def make_up(by: Actor, at: datetime) -> None:
    """Sessions of which a dose is on record and no line in the book: settled now, each by itself."""
    from upwell.pathway.session.log import folded
    from upwell.pathway.session.models import Session, SessionEvent

    place = by.practice_id
    if place is None or not has_book(place):
        return
    drawn = LedgerEntry.objects.filter(event_id=OuterRef("id"))
    began = (
        LedgerEntry.objects.filter(practice_id=place)
        .order_by("position")
        .values_list("entered_at", flat=True)[:1]
    )
    missed = SessionEvent.objects.filter(~Exists(drawn), practice_id=place, type="dose-given")
    missed = missed.filter(received_at__gt=max(at - LOOKED_BACK, *began))
    elsewhere = SessionEvent.objects.filter(session_id=OuterRef("session_id"), type="supply")
    missed = missed.filter(~Exists(elsewhere.exclude(body__source=CLINIC_STOCK)))
    ids = set(missed.order_by("-received_at").values_list("session_id", flat=True)[:AT_ONCE])
    for session in Session.objects.filter(id__in=ids).select_related(
        "patient__practice", "course__practice", "practice"
    ):
        with transaction.atomic():
            settle(by, session, folded(session, at, {}))


def moves(types: Collection[str]) -> bool:
    """Whether entries of these types can do anything to the book."""
    return bool(MOVING & set(types))


def _plain(amount: Decimal) -> str:
    return f"{amount.normalize():f}"
