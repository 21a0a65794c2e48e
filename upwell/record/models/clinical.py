"""Problems, allergies, encounters and observations."""

from __future__ import annotations

from django.db import models

from upwell.base.history import keeps_history
from upwell.record.models.base import ChartRow, Imported, identity


@keeps_history()
class Condition(ChartRow, Imported):
    """A problem or diagnosis."""

    clinical_status = models.TextField(blank=True)
    verification_status = models.TextField(blank=True)
    category = models.TextField(blank=True)
    onset_at = models.DateTimeField(null=True)
    onset_text = models.TextField(blank=True)
    abated_at = models.DateTimeField(null=True)
    abated_text = models.TextField(blank=True)
    recorded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [identity("condition")]
        indexes = [models.Index(fields=["patient", "-onset_at"], name="condition_of_patient")]


@keeps_history()
class AllergyIntolerance(ChartRow, Imported):
    """An allergy or intolerance."""

    clinical_status = models.TextField(blank=True)
    verification_status = models.TextField(blank=True)
    kind = models.TextField(blank=True)  # allergy, intolerance
    category = models.TextField(blank=True)
    criticality = models.TextField(blank=True)
    reaction = models.TextField(blank=True)
    recorded_at = models.DateTimeField(null=True)
    onset_text = models.TextField(blank=True)

    class Meta:
        constraints = [identity("allergy")]
        indexes = [models.Index(fields=["patient"], name="allergy_of_patient")]


@keeps_history()
class Encounter(ChartRow, Imported):
    """A visit somewhere."""

    status = models.TextField(blank=True)
    class_code = models.TextField(blank=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    started_text = models.TextField(blank=True)
    reason = models.TextField(blank=True)
    provider_name = models.TextField(blank=True)
    place_name = models.TextField(blank=True)

    class Meta:
        constraints = [identity("encounter")]
        indexes = [models.Index(fields=["patient", "-started_at"], name="encounter_of_patient")]


@keeps_history()
class Observation(ChartRow, Imported):
    """A measurement or finding; several values at once (blood pressure) stand in ``components``."""

    status = models.TextField(blank=True)
    category = models.TextField(blank=True)
    effective_at = models.DateTimeField(null=True)
    effective_text = models.TextField(blank=True)
    value_number = models.DecimalField(max_digits=24, decimal_places=8, null=True)
    value_unit = models.TextField(blank=True)
    value_text = models.TextField(blank=True)
    components = models.JSONField(default=list)
    error_reason = models.TextField(
        blank=True, default="", db_default=""
    )  # why it is wrong, if entered by hand

    class Meta:
        constraints = [identity("observation")]
        indexes = [models.Index(fields=["patient", "code", "-effective_at"], name="observation_of_patient")]
