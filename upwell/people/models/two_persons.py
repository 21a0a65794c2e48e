"""Whether a practice wants a second person for what one alone can get wrong: signed for, the latest counts."""

from __future__ import annotations

import pgtrigger
from django.db import models

from upwell.base.clock import now
from upwell.base.fields import Identified
from upwell.people.models.account import Account
from upwell.people.models.practice import Practice


class TwoPersons(Identified):
    """One signature under what a practice wants of second checks and witnesses. Without any, both are wanted."""

    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()  # the first is 1; whoever signs beside another is told so
    second_check = models.BooleanField(default=True)  # an order's arithmetic is checked by somebody else
    witness = models.BooleanField(default=True)  # waste and discrepancies are confirmed by somebody else
    reason = models.TextField()
    statement = models.TextField()
    signed_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    signed_name = models.TextField()  # as it was written under the statement
    signed_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "number"], name="two_persons_once"),
            models.CheckConstraint(
                name="two_persons_is_signed",
                condition=models.Q(
                    signed_name__regex=r"[^[:space:]]",
                    statement__regex=r"[^[:space:]]",
                    reason__regex=r"[^[:space:]]",
                ),
            ),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]
