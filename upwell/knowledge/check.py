"""Checks the files of an edition: their schema, then what a schema can't say. A problem names file and line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from jsonschema.exceptions import best_match

from upwell.base.errors import UpwellError
from upwell.knowledge.aftercare import load_aftercare, parse_aftercare
from upwell.knowledge.cards import load_card
from upwell.knowledge.catalogue import read_entry
from upwell.knowledge.consent.loader import (
    load_consent_rules,
    load_documents,
    load_questions,
    parse_document,
    parse_education,
)
from upwell.knowledge.controlled import parse_controlled
from upwell.knowledge.edition import Edition, filled, packaged, using
from upwell.knowledge.eligibility.allergens import load_allergens
from upwell.knowledge.errors import KnowledgeError
from upwell.knowledge.gates import loader as gates
from upwell.knowledge.loader import (
    load_age_rule,
    load_context_rules,
    load_crisis,
    load_journal_prompts,
    load_visit_template,
    parse_instrument,
)
from upwell.knowledge.mechanism import load_mechanism
from upwell.knowledge.pharmacology.facts import load_facts
from upwell.knowledge.pharmacology.loader import parse_model
from upwell.knowledge.pharmacology.pages import load_pages
from upwell.knowledge.protocols import parse_protocol
from upwell.knowledge.relapse import parse_relapse_rules
from upwell.knowledge.remote import load_remote, parse_remote
from upwell.knowledge.reporting import load_event_reports, parse_event_reports
from upwell.knowledge.reporting.drug_codes import load_drug_codes, parse_drug_codes
from upwell.knowledge.reporting.rems_form import load_rems_form, parse_rems_form
from upwell.knowledge.schedules import parse_schedule
from upwell.knowledge.schemas import breaches, schema_names
from upwell.knowledge.screening import load_asked, load_labels
from upwell.knowledge.toml_file import KnowledgeFile
from upwell.knowledge.triage import load_triage, parse_triage
from upwell.knowledge.vitals import load_vital_signs
from upwell.knowledge.workup import load_workup, parse_workup

KIND = "kind"

_OF_A_TEXT: Mapping[str, Callable[..., object]] = {
    "instrument": parse_instrument,
    "rule-set": gates.parse_rule_set,
    "protocol": parse_protocol,
    "schedule": parse_schedule,
    "relapse-rules": parse_relapse_rules,
    "suicide-triage": parse_triage,
    "controlled-substances": parse_controlled,
    "work-up": parse_workup,
    "aftercare": parse_aftercare,
    "remote-sessions": parse_remote,
    "event-reports": parse_event_reports,
    "rems-form": parse_rems_form,
    "drug-codes": parse_drug_codes,
    "consent-document": parse_document,
    "education": parse_education,
    "pk-model": parse_model,
}
_OF_A_PLACE: Mapping[str, Callable[[], object]] = {
    "aftercare/aftercare.toml": load_aftercare,
    "cards/emergency.toml": lambda: load_card("emergency"),
    "cards/going-home.toml": lambda: load_card("going-home"),
    "consent/questions.toml": load_questions,
    "consent/rules.toml": load_consent_rules,
    "crisis/eu.toml": lambda: load_crisis("EU"),
    "crisis/us.toml": lambda: load_crisis("US"),
    "eligibility/age.toml": load_age_rule,
    "eligibility/allergens.toml": load_allergens,
    "eligibility/conditions.toml": gates.load_code_lists,
    "gates/facts.toml": gates.load_fact_book,
    "gates/gates.toml": gates.load_gates,
    "gates/monitoring.toml": gates.load_monitoring,
    "gates/outcomes.toml": gates.load_outcomes,
    "gates/session-log.toml": gates.load_log_reading,
    "integration/prompts.toml": load_journal_prompts,
    "integration/template.toml": load_visit_template,
    "interactions/classes.toml": gates.load_drug_classes,
    "mechanism/how-it-works.toml": load_mechanism,
    "pharmacology/facts.toml": load_facts,
    "pharmacology/pages.toml": load_pages,
    "remote/remote.toml": load_remote,
    "reporting/drugs.toml": load_drug_codes,
    "reporting/rems-form.toml": load_rems_form,
    "reporting/reports.toml": load_event_reports,
    "scoring/context.toml": load_context_rules,
    "screening/asked.toml": load_asked,
    "screening/labels.toml": load_labels,
    "treatment/staging.toml": gates.load_treatment,
    "triage/triage.toml": load_triage,
    "workup/workup.toml": load_workup,
    "vitals/vitals.toml": load_vital_signs,
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a file, and where."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


def check_edition(wanted: Edition) -> list[Problem]:
    """Everything that is wrong. What a file names and the edition lacks is looked up in what comes with the product."""
    found: list[Problem] = []
    with using(filled(wanted.texts, packaged())):
        for name, text in sorted(wanted.texts.items()):
            own = list(_of_schema(name, text))
            found += own or _beyond_schema(name, text)
        if not found:
            found += _tried(load_documents)
    return list(dict.fromkeys(found))


def _of_schema(name: str, text: str) -> Iterator[Problem]:
    try:
        entry = read_entry(name, text)
    except KnowledgeError as error:
        yield _problem(error)
        return
    file = KnowledgeFile(name, text, dict(entry.content), entry.version)
    if entry.kind not in schema_names():
        words = f"“{entry.kind}” is no kind of knowledge" if entry.kind else "it does not say its kind"
        yield _problem(file.error(words, (KIND,)))
        return
    for breach in breaches(entry.kind, entry.content):
        told = best_match([breach]) or breach
        yield _problem(file.error(told.message, tuple(told.absolute_path)))


def _beyond_schema(name: str, text: str) -> list[Problem]:
    parse = _OF_A_TEXT.get(read_entry(name, text).kind)
    if parse is not None:
        return _tried(lambda: parse(text, name=name))
    return _tried(_OF_A_PLACE[name]) if name in _OF_A_PLACE else []


def _tried(load: Callable[[], object]) -> list[Problem]:
    try:
        load()
    except UpwellError as error:
        return [_problem(error)]
    return []


def _problem(error: UpwellError) -> Problem:
    file, _, line = (error.path or "").rpartition(":")
    if not line.isdigit():
        return Problem(error.path or "", 1, error.message)
    return Problem(file, int(line), error.message.removeprefix(f"{error.path}: "))
