"""Cards: steps that are read in order, at the bedside in an emergency, or at home on the day of the dose."""

from __future__ import annotations

from dataclasses import dataclass

from upwell.base.errors import NotFound
from upwell.knowledge.edition import file_of, kept, names_in
from upwell.knowledge.provenance import Provenance, read_provenance


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what to do, and when it applies where that is not always."""

    id: str
    when: str
    text: str
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Card:
    """A card with its steps in order."""

    id: str
    title: str
    note: str
    steps: tuple[Step, ...]
    version: str


@kept
def load_card(card_id: str) -> Card:
    """A card by its id: ``emergency``, ``going-home``."""
    if card_id not in names_in("cards"):
        raise NotFound(f"There is no card “{card_id}”.", path="card")
    file = file_of(f"cards/{card_id}.toml", "card")
    raw = file.content
    steps = tuple(
        Step(one["id"], one.get("when", ""), one["text"], read_provenance(one, raw["sources"]))
        for one in raw["steps"]
    )
    return Card(raw["id"], raw["title"], raw["note"], steps, file.version)
