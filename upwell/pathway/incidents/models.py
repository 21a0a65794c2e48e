"""What the logs say happened beside the plan, kept for lists; and the reports of what was serious."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from upwell.base.history import keeps_history
from upwell.pathway.incidents.rules import State
from upwell.pathway.session.models import Session
from upwell.people.models import Account
from upwell.record.models.base import ChartRow


class Incident(ChartRow):
    """One event of a session as its log says it now. It has the id of the entry that told it first.

    The log is the history, and what counts; the row is an index for lists, and is written anew with the log.
    """

    release_kind = models.TextField(default="sessions", editable=False)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="incidents")
    kind = models.TextField()
    term = models.TextField(blank=True)
    grade = models.PositiveSmallIntegerField(null=True)
    serious = models.BooleanField(default=False)
    because = models.JSONField(default=list)
    happened_at = models.DateTimeField()
    onset_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    action = models.TextField(blank=True)
    outcome = models.TextField(blank=True)
    entries = models.JSONField(default=list)  # the ids of what was said of it, the first to begin with
    by_rules = models.BooleanField(
        default=False
    )  # the log shows it by itself: no entry of its own to go on with
    withdrawn = models.BooleanField(default=False)  # entered in error

    class Meta:
        indexes = [
            models.Index(fields=["practice", "-happened_at"], name="incident_of_practice"),
            models.Index(fields=["session"], name="incident_of_session"),
        ]


@keeps_history()
class IncidentReport(ChartRow):
    """A report of a serious event: to whom, by when, where it stands. What was sent says when and under what number."""

    release_kind = models.TextField(default="sessions", editable=False)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="reports")
    report = models.TextField()  # as the knowledge calls it
    state = models.TextField(default=State.DUE.value, choices=[(one.value, one.value) for one in State])
    due_at = models.DateTimeField(null=True)  # none where no source gives a time
    text = models.TextField(blank=True)
    sent_on = models.DateField(null=True)
    reference = models.TextField(blank=True)
    sent_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    sent_by_name = models.TextField(blank=True)
    reason = models.TextField(blank=True)  # why it is not needed
    by_itself = models.BooleanField(default=False)  # not needed since the event is not serious any more

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["incident", "report"], name="one_report_of_a_kind"),
            models.CheckConstraint(
                name="report_sent_with_date_and_name",
                condition=~Q(state=State.SENT.value)
                | (Q(sent_on__isnull=False) & Q(sent_by_name__regex=r"[^[:space:]]")),
            ),
            models.CheckConstraint(
                name="report_not_needed_with_reason",
                condition=~Q(state=State.NOT_NEEDED.value) | Q(reason__regex=r"[^[:space:]]"),
            ),
        ]
        indexes = [
            models.Index(
                fields=["practice"],
                condition=Q(state__in=[State.DUE.value, State.DRAFTED.value]),
                name="report_open_in_practice",
            )
        ]
