"""Treatments that were tried before, and the present episode: what resistance to treatment is told from."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from upwell.base.history import keeps_history
from upwell.record.models.base import ChartRow


@keeps_history()
class TreatmentTrial(ChartRow):
    """One antidepressant that was tried. What is not known is empty, never no."""

    display = models.TextField()
    code_system = models.TextField(blank=True)
    code = models.TextField(blank=True)
    max_dose_mg_per_day = models.DecimalField(max_digits=9, decimal_places=3, null=True)
    weeks_at_or_above_minimum = models.DecimalField(max_digits=9, decimal_places=3, null=True)
    adherence_percent = models.DecimalField(max_digits=9, decimal_places=3, null=True)
    benefit_percent = models.DecimalField(max_digits=9, decimal_places=3, null=True)
    current_episode = models.BooleanField(null=True)
    stopped_because = models.TextField(blank=True)
    from_record = models.BooleanField(default=False)  # begun from the medicines on record, not told
    entered_in_error = models.BooleanField(default=False)  # taken off the list

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="trial_names_its_medicine", condition=Q(display__regex=r"[^[:space:]]")
            ),
        ]
        indexes = [models.Index(fields=["patient", "created_at"], name="trial_of_patient")]


@keeps_history()
class DepressiveEpisode(ChartRow):
    """The present episode of depression, one for a person."""

    duration_months = models.DecimalField(max_digits=9, decimal_places=3, null=True)
    severity = models.TextField(blank=True)
    psychotic = models.BooleanField(null=True)
    augmentation_used = models.BooleanField(null=True)
    ect_used = models.BooleanField(null=True)
    ect_bilateral = models.BooleanField(null=True)
    none_tried = models.BooleanField(default=False)  # asked, and no antidepressant was tried before

    class Meta:
        constraints = [models.UniqueConstraint(fields=["patient"], name="one_present_episode")]
