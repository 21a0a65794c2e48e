"""Who works where, in which roles."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from upwell.base.fields import Identified, Kept
from upwell.base.history import keeps_history
from upwell.people.models.account import Account
from upwell.people.models.practice import Practice


@keeps_history()
class Membership(Identified, Kept):
    """A person's work at a practice. Ended, it stays on record as inactive."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="memberships")
    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="memberships")
    roles = ArrayField(models.TextField(), default=list)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "practice"], name="one_membership_per_practice"),
        ]
