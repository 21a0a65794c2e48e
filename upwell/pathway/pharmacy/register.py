"""The register: every entry with its running balance, as a table for people, as CSV, and as data."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from upwell.pathway.pharmacy.models import LedgerEntry
from upwell.pathway.pharmacy.queries import stock_of


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
