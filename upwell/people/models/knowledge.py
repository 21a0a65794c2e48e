"""What a practice's rules run on: editions of the knowledge, kept by hash, and who signed for which."""

from __future__ import annotations

import pgtrigger
from django.db import models

from upwell.base.clock import now
from upwell.base.fields import Identified
from upwell.people.models.account import Account
from upwell.people.models.practice import Practice

APPEND_ONLY = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]
HASH = r"^[0-9a-f]{64}$"


class KnowledgeText(Identified):
    """One knowledge file, kept by the hash of its bytes. Without a practice it came with the product."""

    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, null=True, related_name="+")
    name = models.TextField()  # instruments/phq-9.toml
    sha256 = models.TextField()
    says = models.TextField()  # the hash of what it says, as results carry it
    text = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["sha256", "name", "practice"], name="knowledge_text_once", nulls_distinct=False
            ),
        ]
        indexes = [models.Index(fields=["says"], name="knowledge_text_says")]
        triggers = APPEND_ONLY


class KnowledgeEdition(Identified):
    """A whole set of knowledge files. Without a practice it came with the product."""

    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, null=True, related_name="+")
    version = models.TextField()  # the hash over all its files
    files = models.JSONField()  # name to the hash of the file
    software = models.TextField()  # the version of Upwell that read it first
    note = models.TextField(blank=True)  # why a practice proposes it
    kept_at = models.DateTimeField(default=now)
    kept_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version", "practice"], name="knowledge_edition_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                name="knowledge_edition_has_hash", condition=models.Q(version__regex=HASH)
            ),
        ]
        triggers = APPEND_ONLY


class Adoption(Identified):
    """A practice adopts an edition: a medical director has seen what changed, and signed. The latest is in force."""

    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="adoptions")
    number = models.PositiveIntegerField()  # the first is 1; whoever signs beside another is told so
    edition = models.ForeignKey(KnowledgeEdition, on_delete=models.PROTECT, related_name="+")
    version = models.TextField()
    facts_changed = models.PositiveIntegerField()
    policies = models.JSONField()  # the local policies signed for: file and fact
    statement = models.TextField()
    signed_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    signed_name = models.TextField()  # as it was written under the statement
    signed_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "number"], name="adoption_once"),
            models.CheckConstraint(
                name="adoption_is_signed",
                condition=models.Q(signed_name__regex=r"[^[:space:]]", statement__regex=r"[^[:space:]]"),
            ),
        ]
        triggers = APPEND_ONLY


class ItemText(Identified):
    """The licensed wording of an instrument, as a practice that holds the licence loaded it. The latest counts."""

    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="+")
    instrument = models.TextField()
    number = models.PositiveIntegerField()  # of this instrument at this practice; the first is 1
    items = models.JSONField()  # item to its text
    licence = models.TextField()  # by what right, in the practice's words
    loaded_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    loaded_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "instrument", "number"], name="item_text_once"),
            models.CheckConstraint(
                name="item_text_has_licence", condition=models.Q(licence__regex=r"[^[:space:]]")
            ),
        ]
        triggers = APPEND_ONLY
