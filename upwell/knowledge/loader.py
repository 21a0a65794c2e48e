"""Loads knowledge: instruments, crisis resources, the age rule. Each file is checked once and then kept."""

from __future__ import annotations

from pathlib import Path

from upwell.base.errors import NotFound
from upwell.knowledge.build_instrument import build_instrument
from upwell.knowledge.check_instrument import check_instrument
from upwell.knowledge.crisis import CrisisResources, build_crisis
from upwell.knowledge.edition import edition, file_of, kept, names_in, text_of
from upwell.knowledge.eligibility import AgeRule, build_age_rule
from upwell.knowledge.instrument import Instrument
from upwell.knowledge.integration import (
    JournalPrompts,
    VisitTemplate,
    build_journal_prompts,
    build_visit_template,
)
from upwell.knowledge.item_text import with_item_text
from upwell.knowledge.scoring import ContextRules, build_context_rules
from upwell.knowledge.toml_file import read_knowledge


def known_instruments() -> list[str]:
    """The ids of all instruments that come with the product."""
    return names_in("instruments")


@kept
def load_instrument(instrument_id: str) -> Instrument:
    """An instrument by its id, such as ``phq-9``; raises ``NotFound`` that lists the known ones."""
    if instrument_id not in known_instruments():
        known = ", ".join(known_instruments())
        raise NotFound(f"There is no instrument “{instrument_id}”. Known: {known}.", path="instrument")
    name = f"instruments/{instrument_id}.toml"
    instrument = parse_instrument(text_of(name), name=name)
    return with_item_text(instrument, edition().words.get(instrument_id))


def parse_instrument(text: str, *, name: str) -> Instrument:
    """An instrument from the text of a file, such as one a practice adopted; ``name`` is for its errors."""
    file = read_knowledge(text, name=name, kind="instrument")
    check_instrument(file)
    stem = Path(name).stem
    if stem != file.content["id"]:
        raise file.error(f"the id should be “{stem}”, as the file is called", ("id",))
    return build_instrument(file.content, file.version)


@kept
def load_crisis(jurisdiction: str) -> CrisisResources:
    """Where a person in crisis turns to, by jurisdiction (``US``, ``EU``)."""
    name = jurisdiction.lower()
    if name not in names_in("crisis"):
        known = ", ".join(names_in("crisis")).upper()
        raise NotFound(f"No crisis resources for “{jurisdiction}”. Known: {known}.", path="jurisdiction")
    return build_crisis(file_of(f"crisis/{name}.toml", "crisis"))


@kept
def load_age_rule() -> AgeRule:
    """The age from which a course may start."""
    return build_age_rule(file_of("eligibility/age.toml", "age-rule"))


@kept
def load_context_rules() -> ContextRules:
    """What may be said about the person when an instrument is scored."""
    return build_context_rules(file_of("scoring/context.toml", "scoring-context"))


@kept
def load_visit_template() -> VisitTemplate:
    """The integration visit: when it is proposed, and what its note asks for."""
    return build_visit_template(file_of("integration/template.toml", "integration-template"))


@kept
def load_journal_prompts() -> JournalPrompts:
    """The journal's questions of the day."""
    return build_journal_prompts(file_of("integration/prompts.toml", "journal-prompts"))
