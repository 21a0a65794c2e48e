"""What may be said about the person when an instrument is scored."""

from __future__ import annotations

from dataclasses import dataclass

from upwell.knowledge.toml_file import KnowledgeFile


@dataclass(frozen=True, slots=True)
class ContextRules:
    """Plausible values of the context; they only catch slips of the keyboard."""

    age_minimum_years: float
    age_maximum_years: float
    sexes: tuple[str, ...]


def build_context_rules(file: KnowledgeFile) -> ContextRules:
    """The context rules that a file describes."""
    age, sex = file.content["age_years"], file.content["sex"]
    return ContextRules(age["minimum"], age["maximum"], tuple(sex["values"]))
