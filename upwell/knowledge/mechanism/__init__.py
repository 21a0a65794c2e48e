"""How ketamine may work against depression: claims in plain words, each with its state, source and mark."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from upwell.knowledge.edition import file_of, kept
from upwell.knowledge.provenance import Provenance, read_provenance


class ClaimState(StrEnum):
    """How settled a claim is."""

    KNOWN = "known"
    LIKELY = "likely"
    CONTESTED = "contested"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing that is said about how it works."""

    state: ClaimState
    title: str
    text: str
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class MechanismChapter:
    """One part of the story."""

    id: str
    title: str
    paragraphs: tuple[str, ...]
    claims: tuple[Claim, ...]


@dataclass(frozen=True, slots=True)
class Mechanism:
    """The whole story."""

    language: str
    version: str
    chapters: tuple[MechanismChapter, ...]


@kept
def load_mechanism() -> Mechanism:
    """The story of how it works, checked once and then kept."""
    file = file_of("mechanism/how-it-works.toml", "mechanism")
    raw = file.content
    chapters = tuple(
        MechanismChapter(
            one["id"],
            one["title"],
            tuple(one["paragraphs"]),
            tuple(
                Claim(
                    ClaimState(claim["state"]),
                    claim["title"],
                    claim["text"],
                    read_provenance(claim, raw["sources"]),
                )
                for claim in one["claims"]
            ),
        )
        for one in raw["chapters"]
    )
    return Mechanism(raw["language"], file.version, chapters)
