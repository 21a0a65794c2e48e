"""The esketamine REMS monitoring form: its fields, and when it is due."""

from __future__ import annotations

from dataclasses import dataclass

from upwell.knowledge.edition import kept, text_of
from upwell.knowledge.gates.build import provenance_at
from upwell.knowledge.gates.loader import load_rule_set
from upwell.knowledge.provenance import Provenance
from upwell.knowledge.toml_file import read_knowledge

NAME = "reporting/rems-form.toml"
RULES = "rems"


@dataclass(frozen=True, slots=True)
class Field:
    """One field, and the rule that says when it is missing."""

    id: str
    title: str
    rule: str
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class RemsForm:
    """The form."""

    id: str
    title: str
    due_days: float
    due_provenance: Provenance
    near_minutes: float
    fields: tuple[Field, ...]
    version: str


@kept
def load_rems_form() -> RemsForm:
    """The form in force."""
    return parse_rems_form(text_of(NAME), name=NAME)


def parse_rems_form(text: str, *, name: str) -> RemsForm:
    """The form in the text of a file; ``name`` is for its errors, which carry the line."""
    file = read_knowledge(text, name=name, kind="rems-form")
    rules = {rule.id for rule in load_rule_set(RULES).rules}
    fields = []
    for place, raw in enumerate(file.content["fields"]):
        path = ("fields", place)
        if raw["rule"] not in rules:
            raise file.error(f"the gate “{RULES}” has no rule “{raw['rule']}”", (*path, "rule"))
        fields.append(Field(raw["id"], raw["title"], raw["rule"], provenance_at(file, raw, path)))
    due, near = file.content["due"], file.content["near"]
    return RemsForm(
        id=file.content["id"],
        title=file.content["title"],
        due_days=due["days"],
        due_provenance=provenance_at(file, due, ("due",)),
        near_minutes=near["minutes"],
        fields=tuple(fields),
        version=file.version,
    )
