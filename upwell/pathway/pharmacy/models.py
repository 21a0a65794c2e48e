"""The drug book's tables: products, lots, and the entries. Nothing in them is ever changed or deleted."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper

from upwell.base.clock import now
from upwell.base.fields import Guarded, Identified
from upwell.pathway.pharmacy.rules import GENESIS, KINDS
from upwell.people.models import Patient, Practice

APPEND_ONLY = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]
HASH = r"^[0-9a-f]{64}$"


def amount(**options: Any) -> Any:
    """Milligrams of base, to the microgram: exact, so that sums are."""
    return models.DecimalField(max_digits=14, decimal_places=3, **options)


class Product(Identified):
    """What is kept in stock: a substance in a form and strength, in containers of one size."""

    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="+")
    substance = models.TextField()
    name = models.TextField()  # as it stands on the box
    form = models.TextField()  # vial, nasal device, lozenge …
    container_mg = amount()  # in one vial, device or lozenge
    strength_mg_per_ml = amount(null=True)
    ndc = models.TextField(blank=True)
    schedule = models.TextField(blank=True)
    made_at = models.DateTimeField(default=now)
    made_by_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "practice", Upper("name"), "container_mg", "form", name="product_once_per_practice"
            ),
            models.CheckConstraint(
                name="product_holds_something",
                condition=Q(container_mg__gt=0) & (Q(strength_mg_per_ml=None) | Q(strength_mg_per_ml__gt=0)),
            ),
        ]
        triggers = APPEND_ONLY

    def __str__(self) -> str:
        return self.name


class Lot(Identified):
    """One lot of a product, as printed on it."""

    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="+")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="lots")
    number = models.TextField()
    expires_on = models.DateField()
    made_at = models.DateTimeField(default=now)
    made_by_id = models.UUIDField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint("product", Upper("number"), name="lot_once_per_product")]
        triggers = APPEND_ONLY

    def __str__(self) -> str:
        return self.number


class LedgerEntry(Identified, Guarded):
    """One line of the drug book. ``hash`` is over everything it says and over the line before."""

    release_kind = models.TextField(default="pharmacy", editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveBigIntegerField()  # from 1, without gaps
    previous = models.TextField(default=GENESIS)
    hash = models.TextField()
    kind = models.TextField()
    at = models.DateTimeField()  # when it happened
    entered_at = models.DateTimeField(default=now)
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, null=True, related_name="entries")
    delta_mg = amount(default=Decimal(0))  # what it does to the balance
    held_mg = amount(default=Decimal(0))  # what it does to what is set aside
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, null=True, related_name="+")
    patient_name = models.TextField(blank=True)  # name and address as they were: 21 CFR 1304.22(c)
    patient_address = models.TextField(blank=True)
    session_id = models.UUIDField(null=True)
    event_id = models.UUIDField(null=True)  # the entry of the session's log that it rests on
    about = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="follow_ups")
    by_id = models.UUIDField(null=True)
    by_name = models.TextField()
    by_role = models.TextField(blank=True)
    witness_id = models.UUIDField(null=True)
    witness_name = models.TextField(blank=True)
    witness_how = models.TextField(blank=True)
    words = models.TextField(blank=True)
    more = models.JSONField(default=dict)  # texts alone, so that they come back as they were hashed

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "position"], name="ledger_position_once"),
            models.UniqueConstraint(fields=["practice", "previous"], name="ledger_does_not_fork"),
            models.CheckConstraint(
                name="ledger_kind_known", condition=Q(kind__in=sorted(kind.value for kind in KINDS))
            ),
            models.CheckConstraint(name="ledger_begins_at_one", condition=Q(position__gte=1)),
            models.CheckConstraint(
                name="ledger_is_hashed", condition=Q(hash__regex=HASH, previous__regex=HASH)
            ),
            models.CheckConstraint(
                name="ledger_witness_is_another",
                condition=Q(witness_id=None) | Q(by_id=None) | ~Q(witness_id=models.F("by_id")),
            ),
            models.CheckConstraint(
                name="ledger_amount_has_a_lot",
                condition=Q(lot__isnull=False) | Q(delta_mg=0, held_mg=0),
            ),
        ]
        indexes = [
            models.Index(fields=["lot", "position"], name="ledger_of_lot"),
            models.Index(fields=["session_id"], name="ledger_of_session"),
            models.Index(fields=["about"], name="ledger_about"),
        ]
        triggers = APPEND_ONLY
