"""Controlled substances: their schedule, and the terms that a drug book has to hold to."""

from __future__ import annotations

from dataclasses import dataclass

from upwell.knowledge.edition import kept, text_of
from upwell.knowledge.gates.build import provenance_at
from upwell.knowledge.provenance import Provenance
from upwell.knowledge.toml_file import read_knowledge

NAME = "controlled/controlled.toml"
EVERYWHERE = ""


@dataclass(frozen=True, slots=True)
class Term:
    """One term; without a value where none was recovered."""

    id: str
    title: str
    words: str
    jurisdiction: str
    value: int | None
    unit: str
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Controlled:
    """The schedules and the terms in force."""

    titles: dict[str, str]
    schedules: dict[str, str]
    terms: tuple[Term, ...]
    version: str

    def term(self, term_id: str, jurisdiction: str) -> Term:
        """The term of a jurisdiction; the one that holds everywhere where it has none of its own."""
        found = [one for one in self.terms if one.id == term_id]
        own = [one for one in found if one.jurisdiction == jurisdiction]
        return (own or [one for one in found if one.jurisdiction == EVERYWHERE])[0]


@kept
def load_controlled() -> Controlled:
    """What counts for controlled substances now."""
    return parse_controlled(text_of(NAME), name=NAME)


def parse_controlled(text: str, *, name: str) -> Controlled:
    """The rules in the text of a file; ``name`` is for its errors, which carry the line."""
    file = read_knowledge(text, name=name, kind="controlled-substances")
    terms: list[Term] = []
    for place, raw in enumerate(file.content["terms"]):
        where = raw.get("jurisdiction", EVERYWHERE)
        if any((one.id, one.jurisdiction) == (raw["id"], where) for one in terms):
            raise file.error(f"the term “{raw['id']}” stands here twice", ("terms", place, "id"))
        provenance = provenance_at(file, raw, ("terms", place))
        value, unit = raw.get("value"), raw.get("unit", "")
        terms.append(Term(raw["id"], raw["title"], raw["words"], where, value, unit, provenance))
    substances = file.content["substances"]
    return Controlled(
        titles={one["id"]: one["title"] for one in substances},
        schedules={one["id"]: one["schedule"] for one in substances},
        terms=tuple(terms),
        version=file.version,
    )
