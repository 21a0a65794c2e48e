"""Two charts of one person, joined; and parted again if that was wrong."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from upwell.base.clock import now
from upwell.base.fields import Administrative, Identified
from upwell.people.models.account import Account
from upwell.people.models.patient import Patient
from upwell.people.models.practice import Practice


class PatientMerge(Identified, Administrative):
    """One chart was merged into another. No row moves: the kept chart reads both, so undoing loses nothing."""

    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(
        Patient, on_delete=models.PROTECT, related_name="merges_kept"
    )  # the chart kept
    merged = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="merges")
    reason = models.TextField()
    account_moved_to = models.UUIDField(null=True)  # the chart that got the other one's log-in, to be undone
    merged_at = models.DateTimeField(default=now)
    merged_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    undo_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="merge_of_two_charts", condition=~Q(patient=models.F("merged"))),
            models.CheckConstraint(name="merge_has_reason", condition=~Q(reason="")),
            models.UniqueConstraint(
                fields=["merged"], condition=Q(undone_at__isnull=True), name="chart_merged_at_most_once"
            ),
        ]
