"""Suicide-risk triage: levels with their action, owner and clock, and how instruments are read as levels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from upwell.base.finding import Source
from upwell.knowledge.edition import kept, text_of
from upwell.knowledge.gates.build import provenance_at
from upwell.knowledge.loader import load_instrument
from upwell.knowledge.provenance import Provenance, frozen
from upwell.knowledge.toml_file import KnowledgeFile, read_knowledge

NAME = "triage/triage.toml"
NONE = "none"


@dataclass(frozen=True, slots=True)
class Clock:
    """By when somebody acts, and when an alert that nobody has taken on is shown to everybody.

    ``closes_after_minutes``: when one that somebody took on, and did not close, is shown to everybody again.
    """

    words: str
    escalates_after_minutes: int
    closes_after_minutes: int | None
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Level:
    """A level of risk: what is done, by whom, by when; whether it raises an alert by itself."""

    id: str
    rank: int
    title: str
    pages: bool
    owners: tuple[str, ...]
    owner: str
    action: str
    clock: Clock
    provenance: Provenance

    @property
    def sources(self) -> tuple[Source, ...]:
        """Where action and clock come from, each once."""
        both = (*self.provenance.sources, *self.clock.provenance.sources)
        return tuple(dict.fromkeys(both))


@dataclass(frozen=True, slots=True)
class SingleQuestion:
    """What follows a question about suicide in a questionnaire that gives no level, such as item 9 of the PHQ-9."""

    asks: str
    waits_minutes: int
    action: str
    owner: str
    clock: Clock
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Triage:
    """All that is known of triage. ``readings``: by instrument, its outcomes and the levels they are read as."""

    levels: Mapping[str, Level]
    readings: Mapping[str, Mapping[str, str]]
    single_question: SingleQuestion
    baseline_days: int
    other_clock: Clock
    version: str


@kept
def load_triage() -> Triage:
    """The triage rules in force."""
    return parse_triage(text_of(NAME), name=NAME)


def parse_triage(text: str, *, name: str) -> Triage:
    """Triage rules from the text of a file; ``name`` is for its errors, which carry the line."""
    file = read_knowledge(text, name=name, kind="suicide-triage")
    raw = file.content
    levels = {one["id"]: _level(file, one, place) for place, one in enumerate(raw["levels"])}
    if len(levels) != len(raw["levels"]):
        raise file.error("a level stands here twice", ("levels",))
    single, baseline = raw["single_question"], raw["baseline"]
    provenance_at(file, baseline, ("baseline",))
    provenance_at(file, single["waits"], ("single_question", "waits"))
    load_instrument(single["asks"])
    return Triage(
        levels=frozen(levels),
        readings=frozen(_readings(file)),
        single_question=SingleQuestion(
            asks=single["asks"],
            waits_minutes=single["waits"]["minutes"],
            action=single["action"],
            owner=single["owner"],
            clock=_clock(file, single["clock"], ("single_question", "clock")),
            provenance=provenance_at(file, single, ("single_question",)),
        ),
        baseline_days=baseline["days"],
        other_clock=_clock(file, raw["other"]["clock"], ("other", "clock")),
        version=file.version,
    )


def _level(file: KnowledgeFile, raw: Mapping[str, Any], rank: int) -> Level:
    path = ("levels", rank)
    return Level(
        id=raw["id"],
        rank=rank,
        title=raw["title"],
        pages=raw["pages"],
        owners=tuple(raw["owners"]),
        owner=raw["owner"],
        action=raw["action"],
        clock=_clock(file, raw["clock"], (*path, "clock")),
        provenance=provenance_at(file, raw, path),
    )


def _readings(file: KnowledgeFile) -> dict[str, Mapping[str, str]]:
    found: dict[str, Mapping[str, str]] = {}
    for place, one in enumerate(file.content["readings"]):
        provenance_at(file, one, ("readings", place))
        load_instrument(one["instrument"])
        found[one["instrument"]] = one["levels"]
    return found


def _clock(file: KnowledgeFile, raw: Mapping[str, Any], path: tuple[str | int, ...]) -> Clock:
    closes = raw.get("closes_after_minutes")
    return Clock(raw["words"], raw["escalates_after_minutes"], closes, provenance_at(file, raw, path))
