"""The private journal: the person's own words, which nobody else reads; and a copy of an entry that they share."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from upwell.base.actor import Compartment
from upwell.base.clock import now
from upwell.base.history import keeps_history
from upwell.pathway.integration.models.visit import HAS_WORDS, RELEASED
from upwell.people.models import Account
from upwell.record.models.base import ChartRow


@keeps_history()
class JournalEntry(ChartRow):
    """One entry. Row security shows it to the log-in that wrote it, and to nobody and nothing else.

    ``account`` and not the chart decides: who is given the chart's log-in later does not get the journal with it.
    """

    release_kind = models.TextField(default="journal", editable=False)
    compartment = models.TextField(default=Compartment.JOURNAL.value, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    prompt = models.TextField(blank=True)  # the question that stood above the page
    words = models.TextField()
    version = models.PositiveIntegerField(default=1)
    put_away_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="journal_entry_says_something", condition=Q(words__regex=HAS_WORDS)),
            models.CheckConstraint(
                name="journal_entry_is_private",
                condition=Q(compartment=Compartment.JOURNAL.value, release_kind="journal"),
            ),
        ]
        indexes = [models.Index(fields=["account", "-day", "-id"], name="journal_of_account")]


@keeps_history()
class SharedEntry(ChartRow):
    """A copy of one entry, opened to the team by the person; taken back, it is theirs alone again."""

    release_kind = models.TextField(default=RELEASED, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    entry = models.ForeignKey(JournalEntry, on_delete=models.PROTECT, related_name="copies")
    day = models.DateField()
    words = models.TextField()
    shared_at = models.DateTimeField(default=now)
    taken_back_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["entry"], condition=Q(taken_back_at__isnull=True), name="entry_shared_once"
            ),
            models.CheckConstraint(
                name="taken_back_is_private",
                condition=Q(taken_back_at__isnull=True, compartment=Compartment.CLINICAL.value)
                | Q(taken_back_at__isnull=False, compartment=Compartment.JOURNAL.value),
            ),
        ]
        indexes = [models.Index(fields=["patient", "-day"], name="shared_of_patient")]
