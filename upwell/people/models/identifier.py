"""How a patient is found: numbers given elsewhere, and keys for a search that forgives spelling."""

from __future__ import annotations

from django.db import models

from upwell.base.fields import Administrative, Identified
from upwell.people.models.patient import Patient
from upwell.people.models.practice import Practice


class PatientIdentifier(Identified, Administrative):
    """A number that some system gave the patient (record number, insurer's number)."""

    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="identifiers")
    system = models.TextField(blank=True)
    value = models.TextField()
    kind = models.TextField(blank=True)  # FHIR identifier type: MR, SS, DL …

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "system", "value"], name="identifier_once_per_patient"
            ),
        ]
        indexes = [models.Index(fields=["practice", "value"], name="identifier_by_value")]


class PatientSearchKey(Identified, Administrative):
    """Three letters of a name. Kept as rows because row security lets only plain equality use an index."""

    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="search_keys")
    key = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["patient", "key"], name="search_key_once_per_patient")]
        indexes = [models.Index(fields=["practice", "key"], include=["patient"], name="search_key_lookup")]
