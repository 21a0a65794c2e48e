"""Loads rules, code lists, drug classes and gates. Each file is checked once and then kept."""

from __future__ import annotations

from collections.abc import Mapping

from upwell.knowledge.edition import edition, file_of, kept, text_of
from upwell.knowledge.gates.build import (
    build_fact_book,
    build_gates,
    build_log_reading,
    build_monitoring,
    build_outcomes,
    build_rule_set,
)
from upwell.knowledge.gates.check import check_gates, check_rule_set
from upwell.knowledge.gates.lists import build_code_lists, build_drug_classes
from upwell.knowledge.gates.model import (
    CodeLists,
    DrugClasses,
    FactBook,
    Gate,
    LogReading,
    Monitoring,
    Outcomes,
    RuleSet,
)
from upwell.knowledge.toml_file import read_knowledge
from upwell.knowledge.treatment import Treatment, build_treatment

RULE_FILES: Mapping[str, str] = {
    "common": "gates/common.toml",
    "predose": "gates/predose.toml",
    "order": "gates/order.toml",
    "session": "gates/session.toml",
    "discharge": "gates/discharge.toml",
    "maintenance": "gates/maintenance.toml",
    "rems": "gates/rems.toml",
    "contraindications": "eligibility/contraindications.toml",
    "questions": "eligibility/questions.toml",
    "interactions": "interactions/interactions.toml",
}


@kept
def load_rule_set(name: str) -> RuleSet:
    """A rule set by its name, such as ``predose``."""
    return parse_rule_set(text_of(RULE_FILES[name]), name=RULE_FILES[name])


def parse_rule_set(text: str, *, name: str) -> RuleSet:
    """A rule set from the text of a file; ``name`` is for its errors, which carry the line."""
    file = read_knowledge(text, name=name, kind="rule-set")
    rules = build_rule_set(file)
    check_rule_set(file, rules, load_fact_book(), load_code_lists(), load_drug_classes())
    return rules


@kept
def load_outcomes() -> Outcomes:
    """What the worst finding makes of a gate, and who may override it."""
    return build_outcomes(file_of("gates/outcomes.toml", "outcome-table"))


@kept
def load_gates() -> Mapping[str, Gate]:
    """All gates, by id: screen, predose, session, discharge, maintenance, rems."""
    file = file_of("gates/gates.toml", "gate-list")
    gates = build_gates(file)
    check_gates(file, gates, RULE_FILES)
    return gates


@kept
def load_fact_book() -> FactBook:
    """Every fact that rules speak of, with its unit and what is possible."""
    return build_fact_book(file_of("gates/facts.toml", "fact-book"))


@kept
def load_monitoring() -> Monitoring:
    """How long a person stays after the dose, by route."""
    return build_monitoring(file_of("gates/monitoring.toml", "monitoring"))


@kept
def load_log_reading() -> LogReading:
    """How a session's log is read as facts."""
    return build_log_reading(file_of("gates/session-log.toml", "session-log"))


@kept
def load_code_lists() -> CodeLists:
    """The conditions that rules look for, as codes and names."""
    return build_code_lists(file_of("eligibility/conditions.toml", "code-lists"))


@kept
def load_drug_classes() -> DrugClasses:
    """The classes of medicines that rules look for."""
    return build_drug_classes(file_of("interactions/classes.toml", "drug-classes"))


@kept
def load_treatment() -> Treatment:
    """What an adequate trial is, and how resistance is staged."""
    return build_treatment(file_of("treatment/staging.toml", "staging"))


def knowledge_version() -> str:
    """One hash over everything that rules are computed from: the edition in force."""
    return edition().version
