"""Loads knowledge: instruments, crisis resources, the age rule. Each file is checked once and then kept."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from upwell.base.errors import NotFound
from upwell.knowledge.build_instrument import build_instrument
from upwell.knowledge.check_instrument import check_instrument
from upwell.knowledge.crisis import CrisisResources, build_crisis
from upwell.knowledge.eligibility import AgeRule, build_age_rule
from upwell.knowledge.errors import KnowledgeError
from upwell.knowledge.instrument import Instrument
from upwell.knowledge.integration import (
    JournalPrompts,
    VisitTemplate,
    build_journal_prompts,
    build_visit_template,
)
from upwell.knowledge.scoring import ContextRules, build_context_rules
from upwell.knowledge.toml_file import KnowledgeFile, read_knowledge

FOLDER = Path(__file__).parent


def known_instruments() -> list[str]:
    """The ids of all instruments that come with the product."""
    return _names("instruments")


@cache
def load_instrument(instrument_id: str) -> Instrument:
    """An instrument by its id, such as ``phq-9``; raises ``NotFound`` that lists the known ones."""
    if instrument_id not in known_instruments():
        known = ", ".join(known_instruments())
        raise NotFound(f"There is no instrument “{instrument_id}”. Known: {known}.", path="instrument")
    name = f"instruments/{instrument_id}.toml"
    return parse_instrument(_text(name), name=name)


def parse_instrument(text: str, *, name: str) -> Instrument:
    """An instrument from the text of a file, such as one a practice adopted; ``name`` is for its errors."""
    file = read_knowledge(text, name=name, kind="instrument")
    check_instrument(file)
    stem = Path(name).stem
    if stem != file.content["id"]:
        raise file.error(f"the id should be “{stem}”, as the file is called", ("id",))
    return build_instrument(file.content, file.version)


@cache
def load_crisis(jurisdiction: str) -> CrisisResources:
    """Where a person in crisis turns to, by jurisdiction (``US``, ``EU``)."""
    name = jurisdiction.lower()
    if name not in _names("crisis"):
        known = ", ".join(_names("crisis")).upper()
        raise NotFound(f"No crisis resources for “{jurisdiction}”. Known: {known}.", path="jurisdiction")
    return build_crisis(_file(f"crisis/{name}.toml", "crisis"))


@cache
def load_age_rule() -> AgeRule:
    """The age from which a course may start."""
    return build_age_rule(_file("eligibility/age.toml", "age-rule"))


@cache
def load_context_rules() -> ContextRules:
    """What may be said about the person when an instrument is scored."""
    return build_context_rules(_file("scoring/context.toml", "scoring-context"))


@cache
def load_visit_template() -> VisitTemplate:
    """The integration visit: when it is proposed, and what its note asks for."""
    return build_visit_template(_file("integration/template.toml", "integration-template"))


@cache
def load_journal_prompts() -> JournalPrompts:
    """The journal's questions of the day."""
    return build_journal_prompts(_file("integration/prompts.toml", "journal-prompts"))


def _file(name: str, kind: str) -> KnowledgeFile:
    return read_knowledge(_text(name), name=name, kind=kind)


def _names(folder: str) -> list[str]:
    return sorted(path.stem for path in (FOLDER / folder).glob("*.toml"))


def _text(name: str) -> str:
    try:
        return (FOLDER / name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise KnowledgeError(f"{name}: can't be read: {error}", path=name) from None
