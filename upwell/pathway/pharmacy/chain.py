"""Adding to a drug book: one writer at a time, each entry chained to the one before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from django.db import connection, transaction

from upwell.audit.actions import record
from upwell.base.actor import Actor
from upwell.base.clock import now
from upwell.base.inserting import insert
from upwell.pathway.pharmacy.anchoring import keep_up
from upwell.pathway.pharmacy.models import LedgerEntry, Lot
from upwell.pathway.pharmacy.rules import GENESIS, Kind, fits, hash_of
from upwell.people.models import Patient

MICROGRAM = Decimal("0.001")
NOTHING = Decimal(0)
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('upwell-drug-book:' || %s, 0))"


def mg(amount: float | str | Decimal) -> Decimal:
    """An amount as the book keeps it: milligrams, to the microgram."""
    return Decimal(str(amount)).quantize(MICROGRAM, ROUND_HALF_UP) or NOTHING  # nothing has no sign


@dataclass(frozen=True, slots=True)
class Witness:
    """Who confirmed an entry beside its author, and how."""

    account_id: UUID
    name: str
    how: str


@dataclass(slots=True)
class Draft:
    """An entry that is to be added."""

    kind: Kind
    lot: Lot | None = None
    delta_mg: Decimal = NOTHING
    held_mg: Decimal = NOTHING
    at: datetime | None = None
    patient: Patient | None = None
    session_id: UUID | None = None
    event_id: UUID | None = None
    about: LedgerEntry | None = None
    follows: bool = False  # it is about the entry before it, which is added together with it
    author: LedgerEntry | None = None  # whoever made that entry did this, too; another confirms it
    witness: Witness | None = None
    words: str = ""
    more: dict[str, str] = field(default_factory=dict)
    id: UUID | None = None


def lock_book(practice_id: UUID) -> None:
    """From here to the end of the transaction nobody else adds to this practice's book, or sets stock aside."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [str(practice_id)])


def add(by: Actor, practice_id: UUID, drafts: Sequence[Draft], *, role: str = "") -> list[LedgerEntry]:
    """Chain entries to the end of the book, in their order."""
    lock_book(practice_id)
    last = LedgerEntry.objects.filter(practice_id=practice_id).order_by("-position").first()
    position, previous = (last.position, last.hash) if last is not None else (0, GENESIS)
    rows: list[LedgerEntry] = []
    for draft in drafts:
        position += 1
        row = _row(by, practice_id, draft, role or _role(by))
        if draft.follows:
            row.about = rows[-1]
        row.position, row.previous = position, previous
        row.hash = previous = hash_of(content_of(row))
        rows.append(row)
    insert(rows)
    for row in rows:
        record(
            f"ledger.{row.kind}",
            by=by,
            patient_id=row.patient_id,
            object_type="ledger-entry",
            object_id=row.id,
            position=row.position,
        )
    transaction.on_commit(lambda: keep_up(practice_id))
    return rows


def _row(by: Actor, practice_id: UUID, draft: Draft, role: str) -> LedgerEntry:
    if not fits(draft.kind, draft.delta_mg):
        raise ValueError(f"{draft.kind} can't change a balance by {draft.delta_mg}")
    moment = now()
    patient, witness = draft.patient, draft.witness
    row = LedgerEntry(
        practice_id=practice_id,
        kind=draft.kind.value,
        at=draft.at or moment,
        entered_at=moment,
        lot=draft.lot,
        delta_mg=mg(draft.delta_mg),
        held_mg=mg(draft.held_mg),
        patient=patient,
        patient_name=patient.display_name if patient is not None else "",
        patient_address=address_of(patient) if patient is not None else "",
        session_id=draft.session_id,
        event_id=draft.event_id,
        about=draft.about,
        by_id=by.account_id,
        by_name=by.name,
        by_role=role,
        words=draft.words,
        more={name: str(value) for name, value in draft.more.items() if str(value)},
    )
    if draft.author is not None:
        row.by_id, row.by_name, row.by_role = draft.author.by_id, draft.author.by_name, draft.author.by_role
    if witness is not None:
        row.witness_id, row.witness_name, row.witness_how = witness.account_id, witness.name, witness.how
    if draft.id is not None:
        row.id = draft.id
    return row


def _role(by: Actor) -> str:
    order = ("prescriber", "monitor", "therapist", "medical-director", "admin")
    return next((role for role in order if role in by.roles), next(iter(sorted(by.roles)), by.kind.value))


def address_of(patient: Patient) -> str:
    """The address in one line, as far as it is known."""
    town = " ".join(part for part in (patient.postal_code, patient.city, patient.state) if part)
    return ", ".join(part for part in (patient.address_line, town, patient.country) if part)


_TEXTS = (
    "kind",
    "patient_name",
    "patient_address",
    "by_name",
    "by_role",
    "witness_name",
    "witness_how",
    "words",
)
_IDS = (
    "id",
    "practice_id",
    "lot_id",
    "patient_id",
    "session_id",
    "event_id",
    "about_id",
    "by_id",
    "witness_id",
)


def content_of(row: LedgerEntry) -> dict[str, object]:
    """All that an entry says, with its lot and product: what its hash is over."""
    said: dict[str, object] = {name: getattr(row, name) for name in _TEXTS}
    said |= {name: str(getattr(row, name) or "") for name in _IDS}
    said |= {"position": str(row.position), "previous": row.previous, "compartment": row.compartment}
    said |= {"at": _moment(row.at), "entered_at": _moment(row.entered_at)}
    said |= {"delta_mg": f"{row.delta_mg:.3f}", "held_mg": f"{row.held_mg:.3f}", "more": row.more}
    if row.lot is not None:
        said["lot"] = _lot(row.lot)
    return said


def _lot(lot: Lot) -> dict[str, str]:
    product, strength = lot.product, lot.product.strength_mg_per_ml
    return {
        "practice": str(lot.practice_id),
        "number": lot.number,
        "expires_on": lot.expires_on.isoformat(),
        "product": str(product.id),
        "substance": product.substance,
        "name": product.name,
        "form": product.form,
        "container_mg": f"{product.container_mg:.3f}",
        "strength_mg_per_ml": "" if strength is None else f"{strength:.3f}",
        "ndc": product.ndc,
        "schedule": product.schedule,
    }


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def entries_of(practice_id: UUID) -> Iterable[LedgerEntry]:
    """The whole book in its order, with lots and products."""
    rows = LedgerEntry.objects.filter(practice_id=practice_id).select_related("lot__product")
    return rows.order_by("position", "entered_at", "id").iterator(chunk_size=2000)
