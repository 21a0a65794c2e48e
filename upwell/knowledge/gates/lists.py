"""Builds code lists and drug classes from files that have been read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from upwell.knowledge.gates.build import provenance_at
from upwell.knowledge.gates.model import CodeList, CodeLists, DrugClass, DrugClasses, Ingredient
from upwell.knowledge.provenance import frozen
from upwell.knowledge.toml_file import KnowledgeFile


def build_code_lists(file: KnowledgeFile) -> CodeLists:
    """The code lists that a file describes; SNOMED codes stand beside their name, ICD-10 covers what is below."""
    raw = file.content
    lists = {
        name: CodeList(
            id=name,
            label=entry["label"],
            snomed=frozenset(entry.get("snomed", {})),
            icd10=_codes(entry.get("icd10", ())),
            icd10_except=_codes(entry.get("icd10_except", ())),
            names=tuple(entry["names"]),
            not_names=tuple(entry.get("not_names", ())),
            provenance=provenance_at(file, entry, ("lists", name)),
        )
        for name, entry in raw["lists"].items()
    }
    return CodeLists(
        frozen(lists),
        tuple(raw["not_the_condition"]),
        tuple(raw["only_suspected"]),
        frozen(raw["spellings"]),
        file.version,
    )


def _codes(written: Iterable[str]) -> tuple[str, ...]:
    return tuple(code.replace(".", "").upper() for code in written)


def build_drug_classes(file: KnowledgeFile) -> DrugClasses:
    """The classes of medicines that a file describes."""
    classes = {
        name: DrugClass(
            id=name,
            label=entry["label"],
            ingredients=tuple(_ingredient(one) for one in entry["ingredients"]),
            provenance=provenance_at(file, entry, ("classes", name)),
        )
        for name, entry in file.content["classes"].items()
    }
    return DrugClasses(frozen(classes), file.version)


def _ingredient(raw: Mapping[str, Any]) -> Ingredient:
    return Ingredient(
        raw["name"], (raw["name"], *raw.get("names", ())), raw.get("rxnorm"), tuple(raw.get("also", ()))
    )
