"""The audit trail: one row for every look and every change."""

from __future__ import annotations

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models

from upwell.base.clock import now
from upwell.base.fields import Identified


class AuditEntry(Identified):
    """Who did what, when, to whose chart, in which role and why.

    Holds ids and names of actions only: no clinical content. Rows have no foreign keys, because the trail must
    outlive whatever it speaks of.
    """

    at = models.DateTimeField(default=now)
    actor_kind = models.TextField()
    account_id = models.UUIDField(null=True)
    actor_name = models.TextField(blank=True)
    roles = ArrayField(models.TextField(), default=list)
    practice_id = models.UUIDField(null=True)
    patient_id = models.UUIDField(null=True)
    purpose = models.TextField()
    action = models.TextField()
    object_type = models.TextField(blank=True)
    object_id = models.UUIDField(null=True)
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["practice_id", "-at"], name="audit_practice_at"),
            models.Index(fields=["patient_id", "-at"], name="audit_patient_at"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]
