"""What is due in a drug book: inventory, discrepancies, witnesses, reports, stock that expires or was left aside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.timezone import localdate

from upwell.pathway.pharmacy.clocks import due_at, due_on, skipped_words, term_at
from upwell.pathway.pharmacy.models import LedgerEntry
from upwell.pathway.pharmacy.queries import (
    Stock,
    last_inventory,
    left_aside,
    losses_to_report,
    open_discrepancies,
    waiting_for_witness,
)
from upwell.people.models import Practice


@dataclass(frozen=True, slots=True)
class Report:
    """A report of a loss that was not sent yet; without a time where no term is known."""

    loss: LedgerEntry
    report: str
    due: datetime | None
    is_late: bool
    skipped: str = ""


@dataclass(frozen=True, slots=True)
class Inventory:
    """The next inventory: the last day in time, whether it comes up, and whether it is late."""

    last: datetime | None
    due_on: date | None
    is_near: bool
    is_late: bool


@dataclass(frozen=True, slots=True)
class LeftAside:
    """Stock that was set aside for a session and is neither given nor put back."""

    session_id: UUID
    since: datetime
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Due:
    """All that is due."""

    discrepancies: list[LedgerEntry]
    late: set[UUID]  # of the discrepancies
    witnesses: list[LedgerEntry]
    reports: list[Report]
    expiring: list[Stock]
    left: list[LeftAside]
    inventory: Inventory

    @property
    def expiring_ids(self) -> set[UUID]:
        return {one.lot.id for one in self.expiring}


def due_of(practice: Practice, at: datetime, stock: Sequence[Stock]) -> Due:
    """What is due at a moment. A fixed number of queries."""
    day = localdate(at, ZoneInfo(practice.time_zone))
    discrepancies = open_discrepancies(practice.id)
    soon = due_on(term_at(practice, "expires-soon"), day)
    return Due(
        discrepancies=discrepancies,
        late={row.id for row in discrepancies if _is_late(practice, row.entered_at, at)},
        witnesses=waiting_for_witness(practice.id),
        reports=_reports(practice, at),
        expiring=[one for one in stock if one.balance > 0 and one.lot.expires_on <= soon],
        left=_left(practice, at),
        inventory=_inventory(practice, day),
    )


def _is_late(practice: Practice, since: datetime, at: datetime) -> bool:
    limit = due_at(practice, "explain-within", since)
    return limit is not None and limit < at


def _reports(practice: Practice, at: datetime) -> list[Report]:
    found = []
    for loss, missing in losses_to_report(practice.id):
        since = datetime.fromisoformat(loss.more["discovered_at"])
        for report in missing:
            limit = due_at(practice, report, since)
            is_late, skipped = limit is not None and limit < at, skipped_words(practice, report, since)
            found.append(Report(loss, report, limit, is_late, skipped))
    return found


def _left(practice: Practice, at: datetime) -> list[LeftAside]:
    rows = [LeftAside(*one) for one in left_aside(practice.id)]
    limits = [(one, due_at(practice, "set-aside-open", one.since)) for one in rows]
    return [one for one, limit in limits if limit is not None and limit < at]


def _inventory(practice: Practice, day: date) -> Inventory:
    last = last_inventory(practice.id)
    term = term_at(practice, "inventory-every")
    if last is None or term.value is None:
        return Inventory(None if last is None else last.at, None, False, False)
    limit = due_on(term, localdate(last.at, ZoneInfo(practice.time_zone)))
    ahead = term_at(practice, "inventory-ahead").value or 0
    return Inventory(last.at, limit, limit - timedelta(days=ahead) <= day, limit < day)
