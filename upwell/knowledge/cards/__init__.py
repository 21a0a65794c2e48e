"""Cards: steps that are read in order, at the bedside in an emergency, or at home on the day of the dose."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from upwell.base.errors import NotFound
from upwell.knowledge.provenance import Provenance, read_provenance
from upwell.knowledge.toml_file import read_knowledge

FOLDER = Path(__file__).parent


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


@cache
def load_card(card_id: str) -> Card:
    """A card by its id: ``emergency``, ``going-home``."""
    path = FOLDER / f"{card_id}.toml"
    if path.name not in {one.name for one in FOLDER.glob("*.toml")}:
        raise NotFound(f"There is no card “{card_id}”.", path="card")
    file = read_knowledge(path.read_text(encoding="utf-8"), name=f"cards/{path.name}", kind="card")
    raw = file.content
    steps = tuple(
        Step(one["id"], one.get("when", ""), one["text"], read_provenance(one, raw["sources"]))
        for one in raw["steps"]
    )
    return Card(raw["id"], raw["title"], raw["note"], steps, file.version)
