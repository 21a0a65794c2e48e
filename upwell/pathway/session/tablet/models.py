"""Passes: the right to write into one session from one device, which outlives a log-in."""

from __future__ import annotations

from django.db import models

from upwell.pathway.session.models import Session
from upwell.record.models.base import ChartRow


class WritingPass(ChartRow):
    """One person may add observations to one session until a time. The token itself is on the device alone."""

    release_kind = models.TextField(default="sessions", editable=False)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="passes")
    account_id = models.UUIDField()  # whose entries they are
    account_name = models.TextField(blank=True)
    device = models.TextField(blank=True)
    token_hash = models.TextField(unique=True)
    expires_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="pass_token_is_a_hash",
                condition=models.Q(token_hash__regex=r"^[0-9a-f]{64}$"),  # noqa: S106
            ),
        ]
        indexes = [models.Index(fields=["session", "created_at"], name="pass_of_session")]
