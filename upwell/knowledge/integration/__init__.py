"""Integration: when a visit is proposed, what its note asks for, and the journal's question of the day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from upwell.knowledge.provenance import Provenance, read_provenance
from upwell.knowledge.toml_file import KnowledgeFile


@dataclass(frozen=True, slots=True)
class Window:
    """How long after the last dose the visit is proposed, and when it is no longer asked for."""

    opens_after: timedelta
    closes_after: timedelta
    stops_after: timedelta
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Heading:
    """One heading of the note."""

    id: str
    title: str
    hint: str


@dataclass(frozen=True, slots=True)
class RiskQuestion:
    """The question that every note answers."""

    title: str
    question: str
    done_hint: str


@dataclass(frozen=True, slots=True)
class VisitTemplate:
    """The template of an integration visit."""

    title: str
    window: Window
    headings: tuple[Heading, ...]
    risk: RiskQuestion
    provenance: Provenance
    version: str


@dataclass(frozen=True, slots=True)
class JournalPrompts:
    """The questions of the day."""

    prompts: tuple[str, ...]
    version: str


def build_visit_template(file: KnowledgeFile) -> VisitTemplate:
    """The template that a file describes. A window that closes before it opens is refused."""
    raw = file.content
    window = raw["window"]
    if not window["from_hours"] < window["to_hours"] <= window["stop_asking_after_hours"]:
        raise file.error("the window should open, close and stop, in this order", ("window", "to_hours"))
    headings = tuple(Heading(**one) for one in raw["headings"])
    if len({one.id for one in headings}) < len(headings):
        raise file.error("two headings have the same id", ("headings",))
    risk = {key: raw["risk"][key] for key in ("title", "question", "done_hint")}
    return VisitTemplate(
        title=raw["title"],
        window=Window(
            timedelta(hours=window["from_hours"]),
            timedelta(hours=window["to_hours"]),
            timedelta(hours=window["stop_asking_after_hours"]),
            read_provenance(window, raw["sources"]),
        ),
        headings=headings,
        risk=RiskQuestion(**risk),
        provenance=read_provenance(raw, raw["sources"]),
        version=file.version,
    )


def build_journal_prompts(file: KnowledgeFile) -> JournalPrompts:
    """The questions that a file lists."""
    return JournalPrompts(tuple(file.content["prompts"]), file.version)
