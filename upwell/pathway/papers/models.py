"""The REMS form's standing, the summaries that were made, and what a practice calls its drugs when it bills."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from upwell.base.clock import now
from upwell.base.fields import Identified, Kept
from upwell.base.history import keeps_history
from upwell.pathway.papers.rules import State
from upwell.pathway.session.models import Session
from upwell.people.models import Account, Practice
from upwell.record.models.base import ChartRow


@keeps_history()
class RemsRecord(ChartRow):
    """The monitoring form of one session: where it stands, and what a person added to what the log says."""

    release_kind = models.TextField(default="sessions", editable=False)
    session = models.OneToOneField(Session, on_delete=models.PROTECT, related_name="rems")
    state = models.TextField(default=State.DUE.value, choices=[(one.value, one.value) for one in State])
    due_at = models.DateTimeField()
    answers = models.JSONField(default=dict)
    missing = models.PositiveIntegerField(default=0)
    submitted_on = models.DateField(null=True)
    reference = models.TextField(blank=True)
    note = models.TextField(blank=True)  # why it was submitted with something missing
    submitted_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    submitted_by_name = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="rems_submitted_with_date_and_name",
                condition=~Q(state=State.SUBMITTED.value)
                | (Q(submitted_on__isnull=False) & Q(submitted_by_name__regex=r"[^[:space:]]")),
            )
        ]
        indexes = [
            models.Index(
                fields=["practice", "due_at"],
                condition=~Q(state=State.SUBMITTED.value),
                name="rems_open_in_practice",
            )
        ]


class SessionSummary(ChartRow):
    """A summary as it was made, version by version: append-only. The PDF is made of it, and always the same."""

    release_kind = models.TextField(default="sessions", editable=False)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="summaries")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    own_content = models.JSONField(null=True)  # the same in words for the person; none in versions of before
    sha256 = models.TextField()
    with_notes = models.BooleanField(default=False)
    made_at = models.DateTimeField(default=now)
    made_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    made_by_name = models.TextField(blank=True)  # as it was then; another practice may not see accounts

    class Meta:
        constraints = [models.UniqueConstraint(fields=["session", "number"], name="summary_version_once")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


@keeps_history()
class DrugCode(Identified, Kept):
    """What a practice calls a drug when it bills, as the practice entered it. Nothing is filled in for it."""

    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="+")
    substance = models.TextField()
    route = models.TextField()
    code = models.TextField()
    mg_per_unit = models.FloatField()
    entered_by_name = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "substance", "route"], name="drug_code_once"),
            models.CheckConstraint(name="drug_code_unit_is_some", condition=Q(mg_per_unit__gt=0)),
        ]
