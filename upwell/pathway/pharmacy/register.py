"""The register: every entry with its running balance, as a table for people, as CSV, and as data."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Sum
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from upwell.pathway.pharmacy.models import LedgerEntry
from upwell.pathway.pharmacy.queries import NOTHING, stock_of
from upwell.pathway.pharmacy.rules import INNER, Kind
from upwell.pathway.pharmacy.words import KIND_WORDS, WHY_WORDS, more_words

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would run


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of the register, with what the book says of its lot after it."""

    row: LedgerEntry
    balance: Decimal | None

    @property
    def what(self) -> str | Promise:
        return KIND_WORDS[Kind(self.row.kind)]

    @property
    def why(self) -> str | Promise:
        return WHY_WORDS.get(self.row.more.get("why", ""), "")

    @property
    def more(self) -> list[tuple[str | Promise, str | Promise]]:
        return more_words(self.row.more)

    @property
    def amount_in(self) -> Decimal | None:
        return self.row.delta_mg if self.row.delta_mg > 0 else None

    @property
    def amount_out(self) -> Decimal | None:
        return -self.row.delta_mg if self.row.delta_mg < 0 else None

    @property
    def containers(self) -> str:
        """The amount in containers of its product, and the volume of a liquid."""
        return containers_words(self.row)


def containers_words(row: LedgerEntry) -> str:
    """The amount as it is counted on the shelf: containers, or millilitres of a liquid."""
    if row.lot is None or not row.delta_mg:
        return ""
    product, amount = row.lot.product, abs(row.delta_mg)
    if product.strength_mg_per_ml is not None:
        return f"{(amount / product.strength_mg_per_ml).quantize(Decimal('0.001')).normalize():f} mL"
    return f"{(amount / product.container_mg).quantize(Decimal('0.001')).normalize():f} × {product.form}"


def lines_of(
    practice_id: UUID,
    *,
    since: date | None = None,
    until: date | None = None,
    lot_id: UUID | None = None,
    last: int | None = None,
) -> list[Line]:
    """The register of a period, by the day of entry on the page's clock, in the order of the book."""
    rows = LedgerEntry.objects.filter(practice_id=practice_id).exclude(kind__in=INNER)
    rows = rows.select_related("lot__product")
    if lot_id is not None:
        rows = rows.filter(lot_id=lot_id)
    if since is not None:
        rows = rows.filter(entered_at__gte=_start(since))
    if until is not None:
        rows = rows.filter(entered_at__lt=_start(until + timedelta(days=1)))
    found = list(rows.order_by("-position")[:last])[::-1]
    return _with_balances(practice_id, found)


def _start(day: date) -> datetime:
    return datetime.combine(day, time(0), timezone.get_current_timezone())


def _with_balances(practice_id: UUID, rows: Sequence[LedgerEntry]) -> list[Line]:
    """Two queries: the balances before the first line, and what moved them between it and the last."""
    if not rows:
        return []
    first, last = rows[0].position, rows[-1].position
    lots = {row.lot_id for row in rows if row.lot_id is not None}
    book = LedgerEntry.objects.filter(practice_id=practice_id, lot_id__in=lots).order_by()
    before = book.filter(position__lt=first).values_list("lot_id").annotate(balance=Sum("delta_mg"))
    balance: dict[Any, Decimal] = dict(before)
    between = book.filter(position__gte=first, position__lte=last).order_by("position")
    after = {}
    for position, lot, delta in between.values_list("position", "lot_id", "delta_mg"):
        balance[lot] = balance.get(lot, NOTHING) + delta
        after[position] = balance[lot]
    return [Line(row, after.get(row.position)) for row in rows]


def as_csv(lines: Sequence[Line], dea_registration: str = "") -> str:
    """The register as CSV: what 21 CFR 1304.22 asks of receipts and of what is dispensed, in one table."""
    out = io.StringIO()
    sheet = csv.writer(out)
    sheet.writerow(
        [
            _("Position"), _("When"), _("Entered"), _("What"), _("Substance"), _("Schedule"), _("Product"), _("Form"),
            _("Strength mg/mL"), _("mg in a container"), _("NDC"), _("Lot"), _("Expires on"), _("In mg"), _("Out mg"),
            _("As counted"), _("Balance of the lot, mg"), _("Patient"), _("Address"), _("By"), _("Role"), _("Witness"),
            _("How confirmed"), _("Remarks"), _("More"), _("Hash"), _("DEA registration"),
        ]
    )  # fmt: skip
    for line in lines:
        sheet.writerow([_cell(value) for value in [*_cells(line), dea_registration]])
    return out.getvalue()


def _cells(line: Line) -> list[object]:
    row, lot = line.row, line.row.lot
    product = lot.product if lot is not None else None
    box: list[object] = [""] * 8
    if lot is not None and product is not None:
        box = [
            product.substance, product.schedule, product.name, product.form, product.strength_mg_per_ml,
            product.container_mg, product.ndc, lot.number,
        ]  # fmt: skip
    return [
        row.position, localtime(row.at).isoformat(timespec="minutes"), localtime(row.entered_at).isoformat(),
        line.what, *box, "" if lot is None else lot.expires_on, line.amount_in, line.amount_out, line.containers,
        line.balance, row.patient_name, row.patient_address, row.by_name, row.by_role, row.witness_name,
        row.witness_how, row.words, "; ".join(f"{name}: {value}" for name, value in line.more), row.hash,
    ]  # fmt: skip


def _cell(value: object) -> str:
    """A cell. Words that a spreadsheet would take for a formula are kept from it; numbers stay numbers."""
    text = "" if value is None else str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(FORMULA) else text


def told_stock(practice_id: UUID) -> list[dict[str, Any]]:
    """What is in stock, as data."""
    return [
        {
            "product": one.product.name,
            "substance": one.product.substance,
            "lot": one.lot.number,
            "expires_on": one.lot.expires_on.isoformat(),
            "balance_mg": f"{one.balance:f}",
            "held_mg": f"{one.held:f}",
        }
        for one in stock_of(practice_id)
    ]


def told_entries(practice_id: UUID, last: int) -> list[dict[str, Any]]:
    """The last entries in their order, as data."""
    rows = LedgerEntry.objects.filter(practice_id=practice_id).select_related("lot__product")
    return [
        {
            "position": row.position,
            "at": row.at.isoformat(),
            "kind": row.kind,
            "lot": row.lot.number if row.lot is not None else "",
            "delta_mg": f"{row.delta_mg:f}",
            "held_mg": f"{row.held_mg:f}",
            "by": row.by_name,
            "witness": row.witness_name,
            "hash": row.hash,
        }
        for row in rows.order_by("-position")[:last][::-1]
    ]
