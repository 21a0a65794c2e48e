"""What a drug is called by code, as far as the reference says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from upwell.knowledge.edition import kept, text_of
from upwell.knowledge.gates.build import provenance_at
from upwell.knowledge.provenance import Provenance
from upwell.knowledge.toml_file import read_knowledge

NAME = "reporting/drugs.toml"


@dataclass(frozen=True, slots=True)
class Drug:
    """A substance by code."""

    substance: str
    system: str
    code: str
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class DrugCodes:
    """The codes by substance, and what is said where a practice has entered no billing code."""

    drugs: Mapping[str, Drug]
    unknown_words: str
    version: str


@kept
def load_drug_codes() -> DrugCodes:
    """The codes in force."""
    return parse_drug_codes(text_of(NAME), name=NAME)


def parse_drug_codes(text: str, *, name: str) -> DrugCodes:
    """The codes in the text of a file; ``name`` is for its errors, which carry the line."""
    file = read_knowledge(text, name=name, kind="drug-codes")
    found: dict[str, Drug] = {}
    for place, raw in enumerate(file.content["drugs"]):
        path = ("drugs", place)
        if raw["substance"] in found:
            raise file.error(f"“{raw['substance']}” stands here twice", (*path, "substance"))
        found[raw["substance"]] = Drug(
            raw["substance"], raw["system"], raw["code"], provenance_at(file, raw, path)
        )
    return DrugCodes(found, file.content["billing"]["words"], file.version)
