"""The allergies that stand against ketamine: to what, and how an allergy on record is recognised."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from upwell.knowledge.edition import file_of, kept
from upwell.knowledge.gates.build import provenance_at
from upwell.knowledge.provenance import Provenance

_NOT_WORD = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Allergen:
    """One thing to which an allergy counts."""

    id: str
    names: tuple[str, ...]
    rxnorm: frozenset[str]
    as_condition: str
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Allergens:
    """All of them."""

    all: tuple[Allergen, ...]
    version: str

    def found(self, entry: Mapping[str, Any]) -> Allergen | None:
        """The allergen that an entry (system, code, display) names: by code first, then by a word of its name."""
        words = f" {_NOT_WORD.sub(' ', str(entry.get('display') or '').lower())} "
        for one in self.all:
            if entry.get("system") == "rxnorm" and entry.get("code") in one.rxnorm:
                return one
            if any(name in words for name in one.names):
                return one
        return None


@kept
def load_allergens() -> Allergens:
    """The allergens that the knowledge file names."""
    file = file_of("eligibility/allergens.toml", "allergens")
    found = tuple(
        Allergen(
            id=raw["id"],
            names=tuple(raw["names"]),
            rxnorm=frozenset(raw["rxnorm"]),
            as_condition=raw["as_condition"],
            provenance=provenance_at(file, raw, ("allergens", place)),
        )
        for place, raw in enumerate(file.content["allergens"])
    )
    return Allergens(found, file.version)
