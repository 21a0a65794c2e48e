"""Who works where, in which roles; and who has been asked to."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from upwell.base.clock import now
from upwell.base.fields import Identified, Kept
from upwell.people.models.account import Account
from upwell.people.models.practice import Practice


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


class Invitation(Identified):
    """An invitation to join a practice's staff, by a link that works once."""

    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="invitations")
    email = models.EmailField()
    name = models.TextField()
    roles = ArrayField(models.TextField(), default=list)
    token_sha256 = models.BinaryField(unique=True)
    invited_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=now)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True)
