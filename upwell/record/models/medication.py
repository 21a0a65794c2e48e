"""Medicines: what was ordered, and what is said to be taken."""

from __future__ import annotations

from django.db import models

from upwell.base.history import keeps_history
from upwell.record.models.base import ChartRow, Imported, identity


@keeps_history()
class MedicationRequest(ChartRow, Imported):
    """An order or prescription."""

    status = models.TextField(blank=True)
    intent = models.TextField(blank=True)
    authored_at = models.DateTimeField(null=True)
    authored_text = models.TextField(blank=True)
    dosage_text = models.TextField(blank=True)
    requester_name = models.TextField(blank=True)
    reason = models.TextField(blank=True)

    class Meta:
        constraints = [identity("medicationrequest")]
        indexes = [models.Index(fields=["patient", "-authored_at"], name="medrequest_of_patient")]


@keeps_history()
class MedicationStatement(ChartRow, Imported):
    """A medicine that somebody says is or was taken."""

    status = models.TextField(blank=True)
    effective_at = models.DateTimeField(null=True)
    effective_text = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True)
    dosage_text = models.TextField(blank=True)
    informant = models.TextField(blank=True)
    reason = models.TextField(blank=True)

    class Meta:
        constraints = [identity("medicationstatement")]
        indexes = [models.Index(fields=["patient", "-effective_at"], name="medstatement_of_patient")]
