"""Consent: the texts that people read and sign, the questions after reading, and how long a signature counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from upwell.knowledge.education import Chapter, Education
from upwell.knowledge.gates.build import provenance_at
from upwell.knowledge.provenance import Provenance, frozen
from upwell.knowledge.toml_file import KnowledgeFile


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to choose."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question after reading; a wrong answer is met with ``because``, and the question is asked again."""

    id: str
    text: str
    choices: tuple[Choice, ...]
    right: str
    because: str
    chapter: str
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class ConsentDocument:
    """The text for one substance by one route in some jurisdictions, in one version."""

    id: str
    version: str
    still_valid: tuple[str, ...]
    language: str
    title: str
    substance: str
    route: str
    jurisdictions: tuple[str, ...]
    off_label: str
    statement: str
    chapters: tuple[Chapter, ...]
    questions: tuple[Question, ...]
    provenance: Provenance

    def accepts(self, version: str) -> bool:
        """Whether a signature under this version still counts."""
        return version == self.version or version in self.still_valid


@dataclass(frozen=True, slots=True)
class ConsentRules:
    """How long a signature counts, and from when on the team is told that it ends soon."""

    valid_months: int
    expires_soon_days: int
    provenance: Provenance


def build_questions(file: KnowledgeFile) -> Mapping[str, Question]:
    """The questions that a file describes, by id."""
    found: dict[str, Question] = {}
    for number, raw in enumerate(file.content["questions"]):
        path = ("questions", number)
        choices = tuple(Choice(**one) for one in raw["choices"])
        ids = [one.id for one in choices]
        if len(set(ids)) < len(ids):
            raise file.error("two choices have one id", (*path, "choices"))
        if raw["right"] not in ids:
            raise file.error(f"there is no choice {raw['right']}", (*path, "right"))
        if raw["id"] in found:
            raise file.error(f"the question {raw['id']} stands here twice", (*path, "id"))
        found[raw["id"]] = Question(
            id=raw["id"],
            text=raw["text"],
            choices=choices,
            right=raw["right"],
            because=raw["because"],
            chapter=raw["chapter"],
            provenance=provenance_at(file, raw, path),
        )
    return frozen(found)


def build_document(
    file: KnowledgeFile, education: Mapping[str, Education], questions: Mapping[str, Question]
) -> ConsentDocument:
    """The consent document that a file describes, with its chapters and questions."""
    raw = file.content
    chapters = []
    for number, name in enumerate(raw["chapters"]):
        folder, _, chapter = name.partition("/")
        if folder not in education or chapter not in education[folder].chapters:
            raise file.error(f"there is no chapter {name}", ("chapters", number))
        if education[folder].language != raw["language"]:
            raise file.error(f"{name} is in another language", ("chapters", number))
        chapters.append(education[folder].chapters[chapter])
    for number, name in enumerate(raw["questions"]):
        if name not in questions:
            raise file.error(f"there is no question {name}", ("questions", number))
    return ConsentDocument(
        id=raw["id"],
        version=raw["version"],
        still_valid=tuple(raw["still_valid"]),
        language=raw["language"],
        title=raw["title"],
        substance=raw["substance"],
        route=raw["route"],
        jurisdictions=tuple(raw["jurisdictions"]),
        off_label=raw["off_label"],
        statement=raw["statement"],
        chapters=tuple(chapters),
        questions=tuple(questions[name] for name in raw["questions"]),
        provenance=provenance_at(file, raw, ()),
    )


def build_consent_rules(file: KnowledgeFile) -> ConsentRules:
    """The rules that a file describes."""
    raw = file.content
    return ConsentRules(raw["valid_months"], raw["expires_soon_days"], provenance_at(file, raw, ()))
