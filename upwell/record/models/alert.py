"""Something that somebody must act on now."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from upwell.base.clock import now
from upwell.base.history import keeps_history
from upwell.people.models import Account
from upwell.record.models.assessment import Assessment
from upwell.record.models.base import ChartRow


@keeps_history()
class Alert(ChartRow):
    """A safety alert to the team. It stays in sight until somebody writes down what was done."""

    kind = models.TextField()  # suicide-item
    finding = models.JSONField()  # the finding that raised it, in the contract's shape
    assessment = models.OneToOneField(Assessment, on_delete=models.PROTECT, null=True, related_name="alert")
    raised_at = models.DateTimeField(default=now)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    action_taken = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="alert_closed_only_with_what_was_done",
                condition=Q(closed_at__isnull=True)
                | (Q(closed_by__isnull=False) & Q(action_taken__regex=r"[^[:space:]]")),
            ),
        ]
        indexes = [
            models.Index(
                fields=["practice", "raised_at"],
                condition=Q(closed_at__isnull=True),
                name="alert_open_in_practice",
            ),
            models.Index(fields=["patient", "-raised_at"], name="alert_of_patient"),
        ]
