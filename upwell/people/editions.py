"""Keeps editions of the knowledge by their hash, so that what was decided with one can be explained later."""

from __future__ import annotations

from uuid import UUID

from upwell import __version__
from upwell.knowledge.catalogue import read_entry
from upwell.knowledge.edition import Edition, packaged, sha256_of
from upwell.people.models import KnowledgeEdition, KnowledgeText


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


def keep_packaged() -> None:
    """Keep what comes with this version of the product. Called when the schema is made ready."""
    keep_edition(packaged())
