"""Where a person in crisis turns to, by jurisdiction."""

from __future__ import annotations

from dataclasses import dataclass

from upwell.knowledge.provenance import Provenance, read_provenance
from upwell.knowledge.toml_file import KnowledgeFile


@dataclass(frozen=True, slots=True)
class Way:
    """One way to reach help: call, text or chat."""

    by: str
    to: str


@dataclass(frozen=True, slots=True)
class Resource:
    """One place to turn to. Without ways it is not known, and the practice fills it in."""

    id: str
    name: str
    text: str
    ways: tuple[Way, ...]
    provenance: Provenance

    @property
    def is_known(self) -> bool:
        return bool(self.ways)


@dataclass(frozen=True, slots=True)
class CrisisResources:
    """What a person in crisis is shown at once; the practice adds its own number and hours."""

    jurisdiction: str
    title: str
    practice_adds: bool
    note: str
    resources: tuple[Resource, ...]
    version: str

    @property
    def known(self) -> tuple[Resource, ...]:
        """The resources that can be shown as they are."""
        return tuple(one for one in self.resources if one.is_known)


def build_crisis(file: KnowledgeFile) -> CrisisResources:
    """The crisis resources that a file describes."""
    raw = file.content
    resources = tuple(
        Resource(
            id=one["id"],
            name=one["name"],
            text=one["text"],
            ways=tuple(Way(**way) for way in one["ways"]),
            provenance=read_provenance(one, raw["sources"]),
        )
        for one in raw["resources"]
    )
    return CrisisResources(
        jurisdiction=raw["jurisdiction"],
        title=raw["title"],
        practice_adds=raw["practice_adds"],
        note=raw["note"],
        resources=resources,
        version=file.version,
    )
