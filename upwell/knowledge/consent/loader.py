"""Loads the consent documents. Each file is checked once and then kept."""

from __future__ import annotations

from pathlib import Path

from upwell.knowledge.consent import (
    ConsentDocument,
    ConsentRules,
    Question,
    build_consent_rules,
    build_document,
    build_questions,
)
from upwell.knowledge.edition import file_of, kept, names_in, text_of
from upwell.knowledge.education import Education, build_education
from upwell.knowledge.errors import KnowledgeError
from upwell.knowledge.gates.loader import load_monitoring
from upwell.knowledge.provenance import frozen
from upwell.knowledge.toml_file import read_knowledge

NOT_DOCUMENTS = {"questions", "rules"}


@kept
def load_documents() -> tuple[ConsentDocument, ...]:
    """Every consent document, one at most for a substance by a route in a jurisdiction."""
    found = []
    taken: dict[tuple[str, str, str], str] = {}
    for stem in names_in("consent"):
        if stem in NOT_DOCUMENTS:
            continue
        name = f"consent/{stem}.toml"
        document = parse_document(text_of(name), name=name)
        for jurisdiction in document.jurisdictions:
            key = (document.substance, document.route, jurisdiction)
            if key in taken:
                message = f"{name}: {taken[key]} is about the same treatment in {jurisdiction}"
                raise KnowledgeError(message, path=name)
            taken[key] = document.id
        found.append(document)
    return tuple(found)


def document_for(substance: str, route: str, jurisdiction: str) -> ConsentDocument | None:
    """The text for a treatment in a country; None where there is none, so nobody can sign for it."""
    for one in load_documents():
        if (one.substance, one.route) == (substance, route) and jurisdiction in one.jurisdictions:
            return one
    return None


def document_named(document_id: str) -> ConsentDocument | None:
    """A document by its id, as it is now."""
    return next((one for one in load_documents() if one.id == document_id), None)


def parse_document(text: str, *, name: str) -> ConsentDocument:
    """A consent document from the text of a file; ``name`` is for its errors, which carry the line."""
    file = read_knowledge(text, name=name, kind="consent-document")
    stem = Path(name).stem
    if stem != file.content["id"]:
        raise file.error(f"the id should be “{stem}”, as the file is called", ("id",))
    return build_document(file, _education(), load_questions())


@kept
def load_questions() -> dict[str, Question]:
    """The questions after reading, by id."""
    return dict(build_questions(file_of("consent/questions.toml", "consent-questions")))


@kept
def load_consent_rules() -> ConsentRules:
    """How long a signature counts."""
    return build_consent_rules(file_of("consent/rules.toml", "consent-rules"))


@kept
def _education() -> dict[str, Education]:
    names = [f"education/{stem}.toml" for stem in names_in("education")]
    found = [parse_education(text_of(name), name=name) for name in names]
    return dict(frozen({one.id: one for one in found}))


def parse_education(text: str, *, name: str) -> Education:
    """Chapters from the text of a file; ``name`` is for its errors, which carry the line."""
    file = read_knowledge(text, name=name, kind="education")
    return build_education(file, load_monitoring())
