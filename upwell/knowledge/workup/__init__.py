"""The work-up before the first dose: its items, required by what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from upwell.knowledge.edition import kept, text_of
from upwell.knowledge.gates.build import provenance_at
from upwell.knowledge.gates.loader import load_code_lists, load_fact_book
from upwell.knowledge.provenance import Provenance
from upwell.knowledge.toml_file import KnowledgeFile, read_knowledge

NAME = "workup/workup.toml"
PRACTICE = "practice"


@dataclass(frozen=True, slots=True)
class Item:
    """One item of the work-up. ``applies``: substance, jurisdiction, route and condition, each with what it may be."""

    id: str
    title: str
    text: str
    required_by: str
    applies: Mapping[str, tuple[str, ...]]
    is_of_practice: bool
    waivable: bool
    fact: str
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class WorkUp:
    """Every item, in the order in which people go through them."""

    items: tuple[Item, ...]
    version: str

    def item(self, item_id: str) -> Item | None:
        """The item of that id; None where there is none."""
        return next((one for one in self.items if one.id == item_id), None)


@kept
def load_workup() -> WorkUp:
    """The work-up in force."""
    return parse_workup(text_of(NAME), name=NAME)


def parse_workup(text: str, *, name: str) -> WorkUp:
    """The work-up in the text of a file; ``name`` is for its errors, which carry the line."""
    file = read_knowledge(text, name=name, kind="work-up")
    found: list[Item] = []
    for place, raw in enumerate(file.content["items"]):
        if any(one.id == raw["id"] for one in found):
            raise file.error(f"the item “{raw['id']}” stands here twice", ("items", place, "id"))
        found.append(_item(file, raw, place))
    return WorkUp(tuple(found), file.version)


def _item(file: KnowledgeFile, raw: Mapping[str, Any], place: int) -> Item:
    path = ("items", place)
    applies = {name: tuple(allowed) for name, allowed in raw.get("applies", {}).items()}
    for name in applies.get("condition", ()):
        if name not in load_code_lists().lists:
            raise file.error(f"there is no list of conditions “{name}”", (*path, "applies", "condition"))
    fact = raw.get("fact", "")
    if fact and fact not in load_fact_book().entries:
        raise file.error(f"there is no fact “{fact}”", (*path, "fact"))
    return Item(
        id=raw["id"],
        title=raw["title"],
        text=raw["text"],
        required_by=raw["required_by"],
        applies=applies,
        is_of_practice=raw.get("scope") == PRACTICE,
        waivable=raw["waivable"],
        fact=fact,
        provenance=provenance_at(file, raw, path),
    )
