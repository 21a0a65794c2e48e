"""Who and where a record from outside speaks of: practitioners, organisations, places. Not our own staff."""

from __future__ import annotations

from django.db import models

from upwell.base.clock import now
from upwell.base.fields import Identified
from upwell.base.history import keeps_history
from upwell.people.models import Practice


@keeps_history()
class OriginParty(Identified):
    """A Practitioner, PractitionerRole, Organization or Location from an imported record."""

    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="+")
    type = models.TextField()
    source = models.TextField()
    source_id = models.TextField()
    name = models.TextField(blank=True)
    active = models.BooleanField(default=True)
    resource = models.JSONField()
    content_hash = models.BinaryField()
    unresolved = models.JSONField(default=list)
    imported_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "source", "type", "source_id"], name="origin_identity_once"
            ),
        ]


class OriginIdentifier(Identified):
    """An identifier by which a conditional reference finds a party."""

    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="+")
    party = models.ForeignKey(OriginParty, on_delete=models.PROTECT, related_name="identifiers")
    system = models.TextField(blank=True)
    value = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["party", "system", "value"], name="origin_identifier_once"),
        ]
        indexes = [models.Index(fields=["practice", "system", "value"], name="origin_by_identifier")]
