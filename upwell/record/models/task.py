"""Something that somebody should look at, without hurry."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from upwell.base.clock import now
from upwell.people.models import Account
from upwell.record.models.base import ChartRow


class Task(ChartRow):
    """A piece of work for the team, about one patient; some of it has a time by which it is done."""

    kind = models.TextField()  # review-imported-item-9, low-suicide-risk
    detail = models.JSONField(default=dict)
    raised_at = models.DateTimeField(default=now)
    due_at = models.DateTimeField(null=True)  # of what has a clock
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    outcome = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "kind"],
                condition=Q(kind="review-imported-item-9"),
                name="one_history_review_each",
            ),
            models.UniqueConstraint(
                fields=["patient", "kind"],
                condition=Q(kind="low-suicide-risk", done_at__isnull=True),
                name="one_open_look_at_low_risk",
            ),
            models.CheckConstraint(
                name="task_done_by_somebody", condition=Q(done_at__isnull=True) | Q(done_by__isnull=False)
            ),
        ]
        indexes = [
            models.Index(
                fields=["practice", "raised_at"],
                condition=Q(done_at__isnull=True),
                name="task_open_in_practice",
            )
        ]
