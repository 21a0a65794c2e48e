"""Loads rules, code lists, drug classes and gates. Each file is checked once and then kept."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from upwell.knowledge.errors import KnowledgeError
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
from upwell.knowledge.loader import load_age_rule
from upwell.knowledge.toml_file import KnowledgeFile, read_knowledge
from upwell.knowledge.treatment import Treatment, build_treatment

FOLDER = Path(__file__).parent.parent

RULE_FILES: Mapping[str, str] = {
    "common": "gates/common.toml",
    "predose": "gates/predose.toml",
    "session": "gates/session.toml",
    "discharge": "gates/discharge.toml",
    "maintenance": "gates/maintenance.toml",
    "rems": "gates/rems.toml",
    "contraindications": "eligibility/contraindications.toml",
    "questions": "eligibility/questions.toml",
    "interactions": "interactions/interactions.toml",
}


@cache
def load_rule_set(name: str) -> RuleSet:
    """A rule set by its name, such as ``predose``."""
    return parse_rule_set(_text(RULE_FILES[name]), name=RULE_FILES[name])


def parse_rule_set(text: str, *, name: str) -> RuleSet:
    """A rule set from the text of a file; ``name`` is for its errors, which carry the line."""
    file = read_knowledge(text, name=name, kind="rule-set")
    rules = build_rule_set(file)
    check_rule_set(file, rules, load_fact_book(), load_code_lists(), load_drug_classes())
    return rules


@cache
def load_outcomes() -> Outcomes:
    """What the worst finding makes of a gate, and who may override it."""
    return build_outcomes(_file("gates/outcomes.toml", "outcome-table"))


@cache
def load_gates() -> Mapping[str, Gate]:
    """All gates, by id: screen, predose, session, discharge, maintenance, rems."""
    file = _file("gates/gates.toml", "gate-list")
    gates = build_gates(file)
    check_gates(file, gates, RULE_FILES)
    return gates


@cache
def load_fact_book() -> FactBook:
    """Every fact that rules speak of, with its unit and what is possible."""
    return build_fact_book(_file("gates/facts.toml", "fact-book"))


@cache
def load_monitoring() -> Monitoring:
    """How long a person stays after the dose, by route."""
    return build_monitoring(_file("gates/monitoring.toml", "monitoring"))


@cache
def load_log_reading() -> LogReading:
    """How a session's log is read as facts."""
    return build_log_reading(_file("gates/session-log.toml", "session-log"))


@cache
def load_code_lists() -> CodeLists:
    """The conditions that rules look for, as codes and names."""
    return build_code_lists(_file("eligibility/conditions.toml", "code-lists"))


@cache
def load_drug_classes() -> DrugClasses:
    """The classes of medicines that rules look for."""
    return build_drug_classes(_file("interactions/classes.toml", "drug-classes"))


@cache
def load_treatment() -> Treatment:
    """What an adequate trial is, and how resistance is staged."""
    return build_treatment(_file("treatment/staging.toml", "staging"))


@cache
def knowledge_version() -> str:
    """One hash over everything that rules are computed from."""
    versions = [
        load_age_rule().version,
        load_fact_book().version,
        load_outcomes().version,
        load_monitoring().version,
        load_log_reading().version,
        load_code_lists().version,
        load_drug_classes().version,
        load_treatment().version,
        _file("gates/gates.toml", "gate-list").version,
        *(load_rule_set(name).version for name in sorted(RULE_FILES)),
    ]
    return hashlib.sha256("\n".join(versions).encode()).hexdigest()


def _file(name: str, kind: str) -> KnowledgeFile:
    return read_knowledge(_text(name), name=name, kind=kind)


def _text(name: str) -> str:
    try:
        return (FOLDER / name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise KnowledgeError(f"{name}: can't be read: {error}", path=name) from None
