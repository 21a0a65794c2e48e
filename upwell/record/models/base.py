"""What every row of a chart shares, and what every row that came from elsewhere shares."""

from __future__ import annotations

from django.db import models

from upwell.base.clock import now
from upwell.base.fields import Guarded, Identified, Kept
from upwell.people.models import Patient, Practice


class ChartRow(Identified, Kept, Guarded):
    """A row about a patient."""

    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class Imported(models.Model):
    """Where a row came from: its identity there, and the FHIR resource as it came.

    ``code_system``/``code`` are the first coding; all codings are in ``resource``. Dates that are known only to the
    month or the year keep the words they came in, in the ``…_text`` column beside the instant used for ordering.
    """

    source = models.TextField(blank=True)
    source_id = models.TextField(null=True)
    content_hash = models.BinaryField(null=True)
    resource = models.JSONField(null=True)
    unresolved = models.JSONField(default=list)  # references that led nowhere, as they stood
    code_system = models.TextField(blank=True)
    code = models.TextField(blank=True)
    display = models.TextField(blank=True)
    imported_at = models.DateTimeField(default=now)
    entered_in_error = models.BooleanField(default=False)

    class Meta:
        abstract = True


def identity(name: str) -> models.UniqueConstraint:
    """One row per practice, source and id there."""
    return models.UniqueConstraint(fields=["practice", "source", "source_id"], name=f"{name}_identity_once")
