"""Something that somebody must act on now."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q

from upwell.base.clock import now
from upwell.base.history import keeps_history
from upwell.knowledge.triage import load_triage
from upwell.people.models import Account
from upwell.record.models.assessment import Assessment, AssessmentRequest
from upwell.record.models.base import ChartRow


def escalates_at(at: datetime | None = None) -> datetime:
    """When an alert that nobody has taken on is shown to everybody, where no level says so."""
    return (at or now()) + timedelta(minutes=load_triage().other_clock.escalates_after_minutes)


def left_alone(at: datetime) -> Q:
    """Nobody took it on by its time; or somebody did, and it is open past the time for that."""
    return Q(acknowledged_at__isnull=True, escalates_at__lte=at) | Q(closes_by__lte=at)


class Alerts(models.QuerySet["Alert"]):
    """Alerts by where they stand. An alert pages by itself when its moment has come; nothing has to run for it."""

    def unsettled(self) -> Alerts:
        """Those that somebody has to act on, or that wait for the answers of a screen."""
        return self.filter(closed_at__isnull=True, settled_at__isnull=True)

    def paging(self, at: datetime) -> Alerts:
        """Those that somebody has to act on now."""
        return self.unsettled().filter(pages_at__lte=at)

    def unheard(self, at: datetime) -> Alerts:
        """Those that nobody took on in time, or that whoever took them on has not closed in time."""
        return self.paging(at).filter(left_alone(at))

    def held(self, at: datetime) -> Alerts:
        """Those that page later, unless the answers to a screen come first."""
        return self.unsettled().filter(pages_at__gt=at)


@keeps_history()
class Alert(ChartRow):
    """A safety alert to the team. It stays in sight until somebody writes down what was done.

    ``pages_at``: from when on it is in sight; later than ``raised_at`` where the person is being asked a suicide screen
    first (``screen``). ``escalates_at``: when everybody is shown that nobody took it on. ``closes_by``: when they are
    shown that somebody did, and has not closed it. ``settled_at``: answers to a screen came in time and took its place;
    it was never in sight, or a graver alert stands for it.
    """

    kind = models.TextField()  # suicide-item
    level = models.TextField(blank=True, default="")  # of suicide risk, where one is proven
    finding = models.JSONField()  # the finding that raised it, in the contract's shape
    assessment = models.OneToOneField(Assessment, on_delete=models.PROTECT, null=True, related_name="alert")
    screen = models.ForeignKey(AssessmentRequest, on_delete=models.PROTECT, null=True, related_name="alerts")
    raised_at = models.DateTimeField(default=now)
    pages_at = models.DateTimeField(default=now)
    escalates_at = models.DateTimeField(default=escalates_at)
    closes_by = models.DateTimeField(
        null=True
    )  # once somebody took it on; still open then, everybody sees it
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(Assessment, on_delete=models.PROTECT, null=True, related_name="settled")
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    action_taken = models.TextField(blank=True)

    objects = Alerts.as_manager()

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

    def is_unheard(self, at: datetime) -> bool:
        """Nobody has taken it on by its time."""
        return self.acknowledged_at is None and self.closed_at is None and self.escalates_at <= at

    def is_late(self, at: datetime) -> bool:
        """Somebody took it on, and it is open past the time for that."""
        return self.closed_at is None and self.closes_by is not None and self.closes_by <= at
