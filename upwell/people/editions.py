"""Keeps editions of the knowledge by their hash, so that what was decided with one can be explained later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F, OuterRef, Q, Subquery, UUIDField, Value

from upwell import __version__
from upwell.knowledge.catalogue import read_entry
from upwell.knowledge.edition import Edition, packaged, sha256_of
from upwell.people.models import Adoption, KnowledgeEdition, KnowledgeText


@dataclass(frozen=True, slots=True)
class VersionWaits:
    """A version that the medical director has not signed for, and since when it is there."""

    version: str
    since: datetime
    is_first: bool  # nobody has signed for anything yet
    is_own: bool  # proposed at the practice; else it came with the product
    note: str


def keep_edition(
    edition: Edition, *, practice_id: UUID | None = None, note: str = "", account_id: UUID | None = None
) -> KnowledgeEdition:
    """Keep an edition with the text of every file; what is kept already stays as it is.

    Without a practice it is one that comes with the product. What came with the product is not kept again.
    """
    there = KnowledgeEdition.objects.filter(version=edition.version).order_by("practice").first()
    if there is not None and there.practice_id in (None, practice_id):
        return there
    files = {name: sha256_of(text) for name, text in edition.texts.items()}
    kept = set(KnowledgeText.objects.filter(sha256__in=files.values()).values_list("name", "sha256"))
    new = [
        KnowledgeText(
            practice_id=practice_id,
            name=name,
            sha256=files[name],
            says=read_entry(name, text).version,
            text=text,
        )
        for name, text in edition.texts.items()
        if (name, files[name]) not in kept
    ]
    KnowledgeText.objects.bulk_create(new, ignore_conflicts=True)
    row = KnowledgeEdition(
        practice_id=practice_id,
        version=edition.version,
        files=files,
        software=__version__,
        note=note,
        kept_by_id=account_id,
    )
    KnowledgeEdition.objects.bulk_create([row], ignore_conflicts=True)
    of_version = KnowledgeEdition.objects.filter(version=edition.version)
    own = (
        of_version.filter(practice_id__isnull=True)
        if practice_id is None
        else of_version.filter(practice_id=practice_id)
    )
    return own.get()


def version_waiting(practice_id: UUID) -> VersionWaits | None:
    """The latest version that came after the last signature. One query.

    What was there when a director signed for something else was looked at then, and does not wait any more.
    """
    last = Adoption.objects.filter(practice_id=OuterRef("of")).order_by("-number")
    found = (
        KnowledgeEdition.objects.filter(
            Q(practice_id=practice_id) | Q(practice_id__isnull=True, version=packaged().version)
        )
        .annotate(of=Value(practice_id, output_field=UUIDField()))
        .annotate(
            signed_at=Subquery(last.values("signed_at")[:1]), signed=Subquery(last.values("version")[:1])
        )
        .filter(Q(signed_at__isnull=True) | Q(kept_at__gt=F("signed_at")) & ~Q(version=F("signed")))
        .order_by("-kept_at")
        .values_list("version", "kept_at", "signed_at", "practice_id", "note")
        .first()
    )
    if found is None:
        return None
    version, since, signed_at, of, note = found
    return VersionWaits(version, since, signed_at is None, of is not None, note)


def keep_packaged() -> None:
    """Keep what comes with this version of the product. Called when the schema is made ready."""
    keep_edition(packaged())
