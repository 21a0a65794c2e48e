"""Reading the drug book: what is in stock, what waits, what stands in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Exists, Max, Min, OuterRef, Q, QuerySet, Sum

from upwell.base.kept_query import kept_query
from upwell.pathway.pharmacy.models import LedgerEntry, Lot, Product
from upwell.pathway.pharmacy.rules import Free, Kind

NOTHING = Decimal(0)
EXPLAINED_BEFORE = "explained-before"
FROM_LOT = "from-lot"
# A book that follows what was found draws nothing for the dose: the difference was about the stock.
DRAWS = Q(kind__in=(Kind.GIVEN, Kind.GIVEN_CHANGED)) | Q(kind=Kind.EXPLAINED, more__how=FROM_LOT)


@dataclass(frozen=True, slots=True)
class Stock:
    """One lot by the book."""

    lot: Lot
    balance: Decimal
    held: Decimal
    last: int  # position of its last entry

    @property
    def product(self) -> Product:
        return self.lot.product

    @property
    def available(self) -> Decimal:
        return self.balance - self.held

    @property
    def containers(self) -> Decimal:
        """How many full containers the balance makes, as a number that may be broken."""
        made: Decimal = self.balance / self.product.container_mg
        return made

    def is_expired(self, today: date) -> bool:
        return self.lot.expires_on < today

    def free(self, freed: Decimal = NOTHING) -> Free:
        """As stock is shared out; ``freed`` of what is set aside is about to be put back."""
        whole = self.product.container_mg if self.product.strength_mg_per_ml is None else None
        return Free(str(self.lot.id), self.balance, self.held - freed, whole)


def stock_of(practice_id: UUID, *, substance: str = "", lot_ids: Iterable[UUID] | None = None) -> list[Stock]:
    """Every lot that was ever in the book, the one that expires first on top. One query for sums, one for lots."""
    rows = LedgerEntry.objects.filter(practice_id=practice_id, lot__isnull=False)
    if substance:
        rows = rows.filter(lot__product__substance=substance)
    if lot_ids is not None:
        rows = rows.filter(lot_id__in=list(lot_ids))
    sums = {
        one["lot_id"]: one
        for one in rows.order_by("lot_id")
        .values("lot_id")
        .annotate(balance=Sum("delta_mg"), held=Sum("held_mg"), last=Max("position"))
    }
    lots = Lot.objects.filter(id__in=list(sums)).select_related("product")
    return [
        Stock(lot, sums[lot.id]["balance"], sums[lot.id]["held"], sums[lot.id]["last"])
        for lot in lots.order_by("expires_on", "product__name", "number", "id")
    ]


def has_book(practice_id: UUID) -> bool:
    """Whether the practice keeps its stock here: it has made an entry."""
    return bool(_entered(practice_id))


@kept_query(UUID)
def _entered(practice_id: UUID) -> QuerySet[LedgerEntry, UUID]:
    return LedgerEntry.objects.filter(practice_id=practice_id).order_by().values_list("id", flat=True)[:1]


def held_for(session_id: UUID | None) -> dict[UUID, Decimal]:
    """What is set aside for a session, by lot."""
    if session_id is None:
        return {}
    kinds = (Kind.SET_ASIDE, Kind.PUT_BACK, Kind.GIVEN, Kind.GIVEN_CHANGED, Kind.WASTE)
    rows = LedgerEntry.objects.filter(session_id=session_id, kind__in=kinds, lot__isnull=False)
    rows = rows.exclude(about__kind=Kind.SAID)  # what it had set aside itself is its own
    sums = rows.order_by("lot_id").values_list("lot_id").annotate(held=Sum("held_mg"))
    return {lot_id: held for lot_id, held in sums if held > 0}


def drawn_for(event_id: UUID) -> dict[UUID, Decimal]:
    """What was drawn by a dose, by lot."""
    rows = LedgerEntry.objects.filter(DRAWS, event_id=event_id, lot__isnull=False)
    sums = rows.order_by("lot_id").values_list("lot_id").annotate(drawn=Sum("delta_mg"))
    return {lot_id: -drawn for lot_id, drawn in sums if drawn}


def undetermined_mg(event_id: UUID) -> Decimal:
    """How much a dose was of which no lot is known."""
    rows = LedgerEntry.objects.filter(DRAWS, event_id=event_id, lot=None).order_by("-position")
    row = rows.first()
    return NOTHING if row is None else Decimal(row.more.get("dose_mg", "0"))


def followed_mg(event_id: UUID, lot_id: UUID) -> Decimal:
    """By how much the book of a lot followed what was found about a dose, less what a correction put in doubt again."""
    about = LedgerEntry.objects.filter(event_id=event_id, lot_id=lot_id)
    moved = about.filter(~DRAWS, kind=Kind.EXPLAINED).aggregate(sum=Sum("delta_mg"))["sum"] or NOTHING
    doubted = about.filter(kind=Kind.DISCREPANCY, more__why=EXPLAINED_BEFORE)
    return Decimal(moved) + sum((difference_of(one) for one in doubted), NOTHING)


def open_discrepancies(practice_id: UUID) -> list[LedgerEntry]:
    """Those that wait to be explained, the oldest first."""
    settled = LedgerEntry.objects.filter(about=OuterRef("id"), kind__in=(Kind.EXPLAINED, Kind.LOSS))
    rows = LedgerEntry.objects.filter(~Exists(settled), practice_id=practice_id, kind=Kind.DISCREPANCY)
    return list(rows.select_related("lot__product").order_by("position"))


def difference_of(row: LedgerEntry) -> Decimal:
    """By how much a discrepancy says that the book is wrong."""
    return Decimal(row.more.get("difference_mg", "0"))


def differences_open(practice_id: UUID) -> dict[UUID, Decimal]:
    """What waits to be explained, by lot."""
    found: dict[UUID, Decimal] = {}
    for row in open_discrepancies(practice_id):
        if row.lot_id is not None:
            found[row.lot_id] = found.get(row.lot_id, NOTHING) + difference_of(row)
    return found


SETTLES = (Kind.EXPLAINED, Kind.LOSS, Kind.REVERSED)


def is_settled(said: LedgerEntry) -> bool:
    """Whether what waited for a witness was confirmed, withdrawn, or settled in another way."""
    if said.follow_ups.filter(kind__in=(Kind.WASTE, Kind.OFF)).exists():
        return True
    return LedgerEntry.objects.filter(about_id=said.about_id, about__isnull=False, kind__in=SETTLES).exists()


def waiting_for_witness(practice_id: UUID) -> list[LedgerEntry]:
    """What waits for a second person, the oldest first."""
    done = LedgerEntry.objects.filter(about=OuterRef("id"), kind__in=(Kind.WASTE, Kind.OFF))
    settled = LedgerEntry.objects.filter(about=OuterRef("about_id"), kind__in=SETTLES)
    rows = LedgerEntry.objects.filter(
        ~Exists(done), ~Exists(settled), practice_id=practice_id, kind=Kind.SAID
    )
    return list(rows.select_related("lot__product").order_by("position"))


def losses_to_report(practice_id: UUID) -> list[tuple[LedgerEntry, list[str]]]:
    """Significant losses with the reports that were not sent yet."""
    rows = LedgerEntry.objects.filter(practice_id=practice_id, kind=Kind.LOSS, more__significant="yes")
    losses = list(rows.select_related("lot__product", "practice").order_by("position"))
    sent = set(
        LedgerEntry.objects.filter(about__in=losses, kind=Kind.REPORTED)
        .order_by()
        .values_list("about_id", "more__report")
    )
    found = [
        (row, [one for one in ("loss-notice", "loss-form") if (row.id, one) not in sent]) for row in losses
    ]
    return [(row, missing) for row, missing in found if missing]


def last_inventory(practice_id: UUID) -> LedgerEntry | None:
    """The last inventory; before the first one, the entry with which the book began."""
    rows = LedgerEntry.objects.filter(practice_id=practice_id)
    taken = rows.filter(kind=Kind.INVENTORY).order_by("-at", "-position").first()
    return taken or rows.order_by("position").first()


def left_aside(practice_id: UUID) -> list[tuple[UUID, datetime, Decimal]]:
    """Sessions for which stock is set aside, since when, and how much; the oldest first."""
    rows = LedgerEntry.objects.filter(practice_id=practice_id, session_id__isnull=False).exclude(
        kind=Kind.SAID
    )
    rows = rows.exclude(about__kind=Kind.SAID)
    sums = (
        rows.order_by("session_id")
        .values("session_id")
        .annotate(held=Sum("held_mg"), since=Min("entered_at"))
    )
    return sorted(
        (
            (one["session_id"], one["since"], one["held"])
            for one in sums.filter(held__gt=0)
            if one["session_id"] is not None
        ),
        key=lambda one: one[1],
    )
