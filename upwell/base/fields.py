"""Columns that every table about a patient shares."""

from __future__ import annotations

from django.db import models

from upwell.base.actor import Compartment
from upwell.base.clock import now
from upwell.base.ids import new_id


class Identified(models.Model):
    """Anything with an id of its own: a UUIDv7, made in Python."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)

    class Meta:
        abstract = True


class Kept(models.Model):
    """Who made a row and who changed it last; the rows it replaced are in its history table."""

    created_at = models.DateTimeField(default=now, editable=False)
    created_by_id = models.UUIDField(null=True, editable=False)
    updated_at = models.DateTimeField(default=now, editable=False)
    updated_by_id = models.UUIDField(null=True, editable=False)

    class Meta:
        abstract = True


class Guarded(models.Model):
    """What row security reads: the compartment and the kind of release that opens the row to another practice."""

    release_kind = models.TextField(default="chart", editable=False)
    compartment = models.TextField(
        default=Compartment.CLINICAL.value, editable=False, choices=[(c.value, c.value) for c in Compartment]
    )

    class Meta:
        abstract = True


class Administrative(Guarded):
    """Guarded rows that say who somebody is: the front desk sees them, and they hold nothing clinical."""

    release_kind = models.TextField(default="demographics", editable=False)
    compartment = models.TextField(default=Compartment.ADMINISTRATIVE.value, editable=False)

    class Meta:
        abstract = True
