"""Who has been asked to come in, by a link that works once: staff to a practice, patients to their own chart."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from upwell.base.clock import now
from upwell.base.fields import Administrative, Identified
from upwell.people.models.account import Account
from upwell.people.models.patient import Patient
from upwell.people.models.practice import Practice


class ByLink(Identified):
    """A link that works once. Only the token's hash is kept: who reads the table can't use it."""

    email = models.EmailField()
    name = models.TextField()
    token_sha256 = models.BinaryField(unique=True)
    invited_by = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, related_name="+"
    )  # none: the CLI
    created_at = models.DateTimeField(default=now)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(class)s_accepted_by_somebody",
                condition=Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
            ),
            models.CheckConstraint(
                name="%(class)s_accepted_or_revoked",
                condition=Q(accepted_at__isnull=True) | Q(revoked_at__isnull=True),
            ),
        ]


class Invitation(ByLink):
    """An invitation to join a practice's staff."""

    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="invitations")
    roles = ArrayField(models.TextField(), default=list)


class PatientInvitation(ByLink, Administrative):
    """An invitation to a patient to see their own chart. Under row security: it says who is in care where."""

    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="invitations")

    class Meta(ByLink.Meta):
        abstract = False
        indexes = [models.Index(fields=["patient"], name="invitation_of_patient")]
