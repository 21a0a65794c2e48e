"""Adverse events: when one is serious, and which reports a serious one opens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from upwell.knowledge.aftercare import Due
from upwell.knowledge.edition import kept, text_of
from upwell.knowledge.gates.build import provenance_at
from upwell.knowledge.provenance import Provenance
from upwell.knowledge.toml_file import KnowledgeFile, read_knowledge

NAME = "reporting/reports.toml"


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that makes an event serious."""

    id: str
    title: str
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Report:
    """A report that a serious event opens. Without ``due`` no source gives a time; ``unknown_words`` says so."""

    id: str
    title: str
    text: str
    applies: Mapping[str, tuple[str, ...]]
    due: Due | None
    unknown_words: str
    provenance: Provenance
    due_provenance: Provenance

    def is_for(self, **known: str) -> bool:
        """Whether it is asked for: a substance or jurisdiction that is not known excludes nothing."""
        return all(not known.get(name) or known[name] in allowed for name, allowed in self.applies.items())


@dataclass(frozen=True, slots=True)
class EventReports:
    """All of it."""

    criteria: Mapping[str, Criterion]
    reports: Mapping[str, Report]
    version: str


@kept
def load_event_reports() -> EventReports:
    """What is in force."""
    return parse_event_reports(text_of(NAME), name=NAME)


def parse_event_reports(text: str, *, name: str) -> EventReports:
    """What the text of a file says; ``name`` is for its errors, which carry the line."""
    file = read_knowledge(text, name=name, kind="event-reports")
    criteria: dict[str, Criterion] = {}
    for place, raw in enumerate(file.content["criteria"]):
        _refuse_twice(file, raw, criteria, ("criteria", place, "id"))
        criteria[raw["id"]] = Criterion(
            raw["id"], raw["title"], provenance_at(file, raw, ("criteria", place))
        )
    reports: dict[str, Report] = {}
    for place, raw in enumerate(file.content["reports"]):
        _refuse_twice(file, raw, reports, ("reports", place, "id"))
        reports[raw["id"]] = _report(file, raw, place)
    return EventReports(criteria, reports, file.version)


def _refuse_twice(file: KnowledgeFile, raw: Mapping[str, Any], there: Mapping[str, Any], path: Any) -> None:
    if raw["id"] in there:
        raise file.error(f"“{raw['id']}” stands here twice", path)


def _report(file: KnowledgeFile, raw: Mapping[str, Any], place: int) -> Report:
    own = provenance_at(file, raw, ("reports", place))
    by = raw.get("due_by")
    return Report(
        id=raw["id"],
        title=raw["title"],
        text=raw["text"],
        applies={name: tuple(allowed) for name, allowed in raw.get("applies", {}).items()},
        due=Due(raw["due"]) if "due" in raw else None,
        unknown_words=by["words"] if by else "",
        provenance=own,
        due_provenance=provenance_at(file, by, ("reports", place, "due_by")) if by else own,
    )
