"""Screening as data: what is asked because records seldom say it, and what the labels say of a treatment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from upwell.base.finding import Severity
from upwell.knowledge.edition import file_of, kept
from upwell.knowledge.gates.build import provenance_at
from upwell.knowledge.provenance import Provenance, frozen
from upwell.knowledge.toml_file import KnowledgeFile


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that stand together."""

    id: str
    title: str
    not_for_sex: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """One question with yes or no. It is told to rules as a fact, or as a condition of the list of that name."""

    id: str
    group: str
    text: str
    short: str
    fact: str
    condition: str
    told_as: str
    on_record: str  # the list of conditions that answers it, where the record has one
    only_with: str  # asked only where a condition of this list is known
    date: str  # the question about when; empty where that does not matter
    good: str  # the answer that speaks for treatment
    must: bool
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class NotAsked:
    """What is said while something was not asked."""

    rule: str
    severity: Severity
    message: str
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Asked:
    """All questions, in their order."""

    groups: tuple[Group, ...]
    questions: Mapping[str, Question]
    clearance: Question
    not_asked: NotAsked
    version: str


@dataclass(frozen=True, slots=True)
class Label:
    """What the labels say of a substance by a route."""

    substance: str
    routes: tuple[str, ...]
    off_label: bool
    words: str
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Labels:
    """Substances and routes in people's words, and what the labels say."""

    substances: Mapping[str, str]
    routes: Mapping[str, str]
    labels: tuple[Label, ...]

    def of(self, substance: str, route: str) -> Label | None:
        """The line for a substance by a route: the first that fits."""
        for one in self.labels:
            if one.substance == substance and (not one.routes or route in one.routes):
                return one
        return None

    def words(self, substance: str, route: str) -> str:
        """A treatment as people say it: ``Ketamine (racemic), into a muscle``."""
        return f"{self.substances.get(substance, substance)}, {self.routes.get(route, route)}"


@kept
def load_asked() -> Asked:
    """The questions of a screening."""
    file = file_of("screening/asked.toml", "screening-questions")
    raw = file.content
    questions = [_question(file, one, ("questions", place)) for place, one in enumerate(raw["questions"])]
    missing = raw["not_asked"]
    return Asked(
        groups=tuple(
            Group(one["id"], one["title"], tuple(one.get("not_for_sex", ()))) for one in raw["groups"]
        ),
        questions=frozen({one.id: one for one in questions}),
        clearance=_question(file, {"id": "clearance", "group": "", **raw["clearance"]}, ("clearance",)),
        not_asked=NotAsked(
            missing["rule"],
            Severity(missing["severity"]),
            missing["message"],
            provenance_at(file, missing, ("not_asked",)),
        ),
        version=file.version,
    )


def _question(file: KnowledgeFile, raw: Mapping[str, Any], path: tuple[str | int, ...]) -> Question:
    return Question(
        id=raw["id"],
        group=raw["group"],
        text=raw["text"],
        short=raw["short"],
        fact=raw.get("fact", ""),
        condition=raw.get("condition", ""),
        told_as=raw.get("told_as", ""),
        on_record=raw.get("also_on_record", raw.get("condition", "")),
        only_with=raw.get("only_with", ""),
        date=raw.get("date", ""),
        good=raw.get("good", "no"),
        must=raw.get("must", False),
        provenance=provenance_at(file, raw, path),
    )


@kept
def load_labels() -> Labels:
    """What the labels say."""
    file = file_of("screening/labels.toml", "treatment-labels")
    raw = file.content
    return Labels(
        substances=frozen({one["id"]: one["title"] for one in raw["substances"]}),
        routes=frozen({one["id"]: one["title"] for one in raw["routes"]}),
        labels=tuple(
            Label(
                one["substance"],
                tuple(one.get("routes", ())),
                one["off_label"],
                one["words"],
                provenance_at(file, one, ("labels", place)),
            )
            for place, one in enumerate(raw["labels"])
        ),
    )
