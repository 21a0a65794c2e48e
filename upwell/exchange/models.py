"""An import that was run: from what, with what result."""

from __future__ import annotations

from django.db import models

from upwell.base.clock import now
from upwell.base.fields import Identified
from upwell.people.models import Practice


class ImportRun(Identified):
    """One run of an import. Holds counts and places in files, no patient content."""

    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="+")
    kind = models.TextField()  # fhir, scores
    source = models.TextField()
    label = models.TextField()  # the file's or folder's name
    fingerprint = models.BinaryField(null=True)  # of the input, so that a second run of the same can resume
    position = models.JSONField(default=dict)  # how far a run in batches has come
    counts = models.JSONField(default=dict)
    refusals = models.JSONField(default=list)  # file, line, reason
    status = models.TextField(default="running")  # running, done, failed
    started_at = models.DateTimeField(default=now)
    finished_at = models.DateTimeField(null=True)
    started_by_id = models.UUIDField(null=True)
