"""Where a fact comes from, and how sure it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from upwell.base.finding import Source


class Mark(StrEnum):
    """How sure a fact is. C is a convention of this product, NR means that no number is known."""

    V = "V"
    H = "H"
    M = "M"
    L = "L"
    C = "C"
    NR = "NR"


@dataclass(frozen=True, slots=True)
class Provenance:
    """The sources of one fact, its mark, and whether somebody still has to verify it."""

    sources: tuple[Source, ...]
    confidence: Mark
    verify: bool = False
    jurisdiction: str | None = None
    population: str | None = None

    @property
    def is_policy(self) -> bool:
        """Shown to people as "local policy", never as "guideline"."""
        return self.confidence is Mark.C


SourceTable = Mapping[str, Mapping[str, str]]


def read_provenance(fact: Mapping[str, Any], table: SourceTable) -> Provenance:
    """The provenance written beside a fact; raises ``KeyError`` with a source that the file does not list."""
    confidence = Mark(fact["confidence"])
    sources = tuple(_source(table[name], confidence, fact) for name in fact["source"])
    return Provenance(
        sources=sources,
        confidence=confidence,
        verify=fact.get("verify", False),
        jurisdiction=fact.get("jurisdiction"),
        population=fact.get("population"),
    )


def _source(entry: Mapping[str, str], confidence: Mark, fact: Mapping[str, Any]) -> Source:
    effective = fact.get("effective_from", entry["effective_from"])
    return Source(
        title=entry["title"],
        confidence=str(confidence),
        jurisdiction=fact.get("jurisdiction", entry.get("jurisdiction")),
        effective_from=None if effective == Mark.NR else effective,
    )


def frozen(mapping: Mapping[str, Any]) -> Mapping[str, Any]:
    """A read-only view, so that nobody changes knowledge while it is in use."""
    return MappingProxyType(dict(mapping))
