"""Whether a practice doses people at home, signed for; who watches there, and each look that they confirmed."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from upwell.base.clock import now
from upwell.base.fields import Identified
from upwell.pathway.session.models import Session
from upwell.people.models import Account, Practice
from upwell.record.models.base import ChartRow

APPEND_ONLY = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]
WELL, ALARM = "well", "alarm"
HASH = r"^[0-9a-f]{64}$"


class RemoteSignature(Identified):
    """A signature that switches sessions at a distance on, or off again. Without any they are off."""

    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()  # the first is 1; whoever signs beside another is told so
    on = models.BooleanField()
    reason = models.TextField()
    statement = models.TextField()  # with the alert, word for word as it was shown
    knowledge_version = models.TextField()
    signed_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    signed_name = models.TextField()
    signed_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "number"], name="remote_signed_once"),
            models.CheckConstraint(
                name="remote_is_signed",
                condition=Q(
                    signed_name__regex=r"[^[:space:]]",
                    statement__regex=r"[^[:space:]]",
                    reason__regex=r"[^[:space:]]",
                ),
            ),
        ]
        triggers = APPEND_ONLY


class Chaperone(ChartRow):
    """An adult who watches over a person at home in one session, through a link that opens once.

    Opening the link gives that device a key; of the link and of the key only hashes are kept.
    """

    release_kind = models.TextField(default="sessions", editable=False)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="chaperones")
    name = models.TextField()
    phone = models.TextField()
    invited_by_name = models.TextField(blank=True)
    link_hash = models.TextField(unique=True)
    link_expires_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    key_hash = models.TextField(unique=True, null=True)
    attested_at = models.DateTimeField(null=True)
    attested_name = models.TextField(blank=True)
    attested_words = models.JSONField(default=list)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["session"], condition=Q(withdrawn_at__isnull=True), name="one_chaperone_at_a_time"
            ),
            models.CheckConstraint(name="chaperone_link_is_a_hash", condition=Q(link_hash__regex=HASH)),
            models.CheckConstraint(
                name="chaperone_key_from_the_link",
                condition=Q(key_hash__isnull=True, opened_at__isnull=True)
                | Q(key_hash__regex=HASH, opened_at__isnull=False),
            ),
            models.CheckConstraint(
                name="chaperone_attests_with_a_name",
                condition=Q(attested_at__isnull=True) | Q(attested_name__regex=r"[^[:space:]]"),
            ),
        ]


class Look(ChartRow):
    """One look of a chaperone at the person, or their alarm: append-only."""

    release_kind = models.TextField(default="sessions", editable=False)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="looks")
    chaperone = models.ForeignKey(Chaperone, on_delete=models.PROTECT, related_name="looks")
    at = models.DateTimeField(default=now)
    told = models.TextField(choices=[(WELL, WELL), (ALARM, ALARM)])
    words = models.TextField(blank=True)

    class Meta:
        constraints = [models.CheckConstraint(name="look_tells_one", condition=Q(told__in=[WELL, ALARM]))]
        indexes = [models.Index(fields=["session", "at"], name="look_of_session")]
        triggers = APPEND_ONLY
