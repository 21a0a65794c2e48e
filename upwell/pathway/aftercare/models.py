"""The calls on the day after a dose: each attempt as it went. Append-only."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from upwell.base.clock import now
from upwell.pathway.session.models import Session
from upwell.people.models import Account
from upwell.record.models.base import ChartRow

SAID = ("yes", "no", "not-asked")


class NextDayCall(ChartRow):
    """One attempt to reach a person on the day after a dose, and what they said.

    The call is done with once somebody was reached, or once somebody wrote down why no more attempts are made.
    """

    release_kind = models.TextField(default="sessions", editable=False)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="calls")
    at = models.DateTimeField(default=now)
    reached = models.BooleanField()
    symptoms = models.TextField(blank=True)
    drove = models.TextField(blank=True)  # before the night's sleep: yes, no, not-asked
    safe = models.TextField(blank=True)  # yes, no, not-asked
    note = models.TextField(blank=True)
    gives_up = models.BooleanField(default=False)
    by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    by_name = models.TextField()  # another practice may not see accounts

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="call_reached_says_what_was_said",
                condition=Q(reached=False) | (Q(drove__in=SAID) & Q(safe__in=SAID)),
            ),
            models.CheckConstraint(
                name="call_given_up_with_reason",
                condition=Q(gives_up=False) | Q(note__regex=r"[^[:space:]]"),
            ),
        ]
        indexes = [models.Index(fields=["session", "at"], name="call_of_session")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]
