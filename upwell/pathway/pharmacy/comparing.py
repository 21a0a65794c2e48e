"""Doses on record held against what the book drew for them, since the book began."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Q

from upwell.pathway.pharmacy.chain import NOTHING, mg
from upwell.pathway.pharmacy.drawing import CLINIC_STOCK, source_of
from upwell.pathway.pharmacy.models import LedgerEntry
from upwell.pathway.pharmacy.queries import DRAWS
from upwell.science.session import doses_told

if TYPE_CHECKING:
    from upwell.pathway.session.models import Session

GIVES = ("dose-given", "infusion-started")
NOT_DRAWN, OTHER_AMOUNT, NO_DOSE = "not-drawn", "other-amount", "no-dose"


@dataclass(frozen=True, slots=True)
class Drawn:
    """What the book says of one dose: its first position, what was drawn, and what of an unknown lot."""

    position: int
    session_id: UUID
    drawn_mg: Decimal

    def and_then(self, row: LedgerEntry) -> Drawn:
        return Drawn(self.position, self.session_id, self.drawn_mg - row.delta_mg)


@dataclass(frozen=True, slots=True)
class Unlike:
    """A dose and the book that do not say the same; where: the session, the entry of its log, the book's position."""

    what: str
    session_id: UUID
    event_id: UUID
    position: int | None
    given_mg: Decimal | None
    drawn_mg: Decimal


@dataclass(frozen=True, slots=True)
class Compared:
    """How many doses were looked at, and which are not alike."""

    doses: int
    unlike: tuple[Unlike, ...]


def compare(practice_id: UUID, at: datetime) -> Compared:
    """Every dose of a practice since its book began. Sessions are folded one by one: for commands, not for pages."""
    from upwell.pathway.session.models import Session

    first = LedgerEntry.objects.filter(practice_id=practice_id).order_by("position").first()
    if first is None:
        return Compared(0, ())
    book, unknown = _book(practice_id), _of_unknown_lots(practice_id)
    gave = Q(log__type__in=GIVES, log__received_at__gt=first.entered_at)
    named = Q(id__in={one.session_id for one in book.values()})
    ids = Session.objects.filter(gave | named, practice_id=practice_id).order_by("opened_at", "id")
    rows = Session.objects.select_related("patient__practice", "course__practice", "practice")
    looked, unlike = 0, list[Unlike]()
    for session_id in dict.fromkeys(ids.values_list("id", flat=True)):
        doses = _doses(rows.get(id=session_id), at, first.entered_at, book)
        looked += len(doses)
        unlike += _unlike(session_id, doses, book, unknown)
    return Compared(looked, tuple(unlike))


def _book(practice_id: UUID) -> dict[UUID, Drawn]:
    """By the entry of a log: what the book drew for it."""
    found: dict[UUID, Drawn] = {}
    rows = LedgerEntry.objects.filter(DRAWS, practice_id=practice_id, event_id__isnull=False)
    for row in rows.order_by("position").iterator():
        if row.event_id is not None and row.session_id is not None:
            begun = found.get(row.event_id) or Drawn(row.position, row.session_id, NOTHING)
            found[row.event_id] = begun.and_then(row)
    return found


def _of_unknown_lots(practice_id: UUID) -> dict[UUID, Decimal]:
    """What was given of a lot that nobody knows: the book draws nothing for it, and holds a discrepancy."""
    rows = LedgerEntry.objects.filter(DRAWS, practice_id=practice_id, lot=None)
    rows = rows.filter(event_id__isnull=False).order_by("position")
    return {row.event_id: Decimal(row.more.get("dose_mg", "0")) for row in rows if row.event_id is not None}


def _doses(
    session: Session, at: datetime, began: datetime, book: Mapping[UUID, Drawn]
) -> dict[UUID, Decimal | None]:
    """What the log says was given from the clinic's stock; of an infusion only once its session is over."""
    from upwell.pathway.session.log import folded

    log = folded(session, at, {})
    if source_of(log) != CLINIC_STOCK:
        return {}
    found: dict[UUID, Decimal | None] = {}
    for one in doses_told(log.state.counting, at):
        row = log.rows[one.event_id]
        is_waited_for = row.received_at > began or row.id in book
        if is_waited_for and (row.type == GIVES[0] or log.state.over_at is not None or row.id in book):
            found[row.id] = None if one.dose_mg is None else mg(one.dose_mg)
    return found


def _unlike(
    session_id: UUID,
    doses: Mapping[UUID, Decimal | None],
    book: Mapping[UUID, Drawn],
    unknown: Mapping[UUID, Decimal],
) -> Iterator[Unlike]:
    for event_id, given in doses.items():
        drawn = book.get(event_id)
        if drawn is None:
            yield Unlike(NOT_DRAWN, session_id, event_id, None, given, NOTHING)
        elif (given or NOTHING) != (drawn.drawn_mg or unknown.get(event_id, NOTHING)):
            yield Unlike(OTHER_AMOUNT, session_id, event_id, drawn.position, given, drawn.drawn_mg)
    for event_id, drawn in book.items():
        if drawn.session_id == session_id and event_id not in doses and drawn.drawn_mg:
            yield Unlike(NO_DOSE, session_id, event_id, drawn.position, None, drawn.drawn_mg)


def how(one: Unlike) -> str:
    """What is not alike, in words, with its place."""
    where = f"Session {one.session_id}, entry {one.event_id}"
    given = "an unknown amount" if one.given_mg is None else f"{one.given_mg.normalize():f} mg"
    drawn = f"{one.drawn_mg.normalize():f} mg"
    return {
        NOT_DRAWN: f"{where}: {given} given, and the book drew nothing.",
        OTHER_AMOUNT: f"{where}: {given} given, and the book drew {drawn} (from position {one.position}).",
        NO_DOSE: f"{where}: the book drew {drawn} (from position {one.position}), and no such dose is on record.",
    }[one.what]
