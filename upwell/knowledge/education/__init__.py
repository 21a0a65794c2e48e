"""What people in treatment are told, in plain words: chapters, and the facts whose numbers they name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from upwell.knowledge.gates.build import provenance_at
from upwell.knowledge.gates.model import MinimumObservation, Monitoring
from upwell.knowledge.provenance import Provenance, frozen
from upwell.knowledge.toml_file import KnowledgeFile, Path

PLACE = frozenset({"practice", "practice_phone", "crisis", "emergency"})  # filled in for the practice
NAMED = re.compile(r"\{([a-z_]+)\}")
UNKNOWN = "not known"
TIME_UNKNOWN = "Time not known"


@dataclass(frozen=True, slots=True)
class Fact:
    """A number in words, with where it comes from. Without a text it is not known, and that is said."""

    id: str
    label: str
    text: str
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the day: when, what it is called, and what happens."""

    when: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """One screen of reading, with the facts that it names."""

    id: str
    title: str
    paragraphs: tuple[str, ...]
    points: tuple[str, ...]
    steps: tuple[Step, ...]
    after: tuple[str, ...]
    facts: Mapping[str, Fact]
    provenance: Provenance

    def sentences(self) -> Iterator[str]:
        """Every text of the chapter, in reading order."""
        yield from self.paragraphs
        yield from self.points
        for step in self.steps:
            yield from (step.when, step.title, step.text)
        yield from self.after


@dataclass(frozen=True, slots=True)
class Education:
    """The chapters of one file."""

    id: str
    language: str
    chapters: Mapping[str, Chapter]
    version: str


def build_education(file: KnowledgeFile, monitoring: Monitoring) -> Education:
    """The chapters that a file describes. A fact that no text names, or a name that is no fact, is an error."""
    raw = file.content
    facts = {key: _fact(file, key, entry, monitoring) for key, entry in raw["facts"].items()}
    chapters: dict[str, Chapter] = {}
    used: set[str] = set()
    for number, entry in enumerate(raw["chapters"]):
        chapter = _chapter(file, number, entry, facts)
        if chapter.id in chapters:
            raise file.error(f"the chapter {chapter.id} stands here twice", ("chapters", number, "id"))
        chapters[chapter.id] = chapter
        used |= set(chapter.facts)
    if idle := sorted(set(facts) - used):
        raise file.error("no text names this fact", ("facts", idle[0]))
    return Education(raw["id"], raw["language"], frozen(chapters), file.version)


def _chapter(file: KnowledgeFile, number: int, raw: Mapping[str, Any], facts: Mapping[str, Fact]) -> Chapter:
    path: Path = ("chapters", number)
    chapter = Chapter(
        id=raw["id"],
        title=raw["title"],
        paragraphs=tuple(raw.get("paragraphs", ())),
        points=tuple(raw.get("points", ())),
        steps=tuple(Step(**step) for step in raw.get("steps", ())),
        after=tuple(raw.get("after", ())),
        facts={},
        provenance=provenance_at(file, raw, path),
    )
    named = dict.fromkeys(name for text in chapter.sentences() for name in NAMED.findall(text))
    for name in named:
        if name not in facts and name not in PLACE:
            raise file.error(f"{{{name}}} is no fact of this file", path)
    return Chapter(
        chapter.id,
        chapter.title,
        chapter.paragraphs,
        chapter.points,
        chapter.steps,
        chapter.after,
        frozen({name: facts[name] for name in named if name in facts}),
        chapter.provenance,
    )


def _fact(file: KnowledgeFile, key: str, raw: Mapping[str, Any], monitoring: Monitoring) -> Fact:
    if "monitoring" in raw:
        rule = _minimum(file, key, raw["monitoring"], monitoring)
        return Fact(key, raw["label"], minutes_in_words(rule.minutes), rule.provenance)
    return Fact(key, raw["label"], raw.get("text", ""), provenance_at(file, raw, ("facts", key)))


def _minimum(file: KnowledgeFile, key: str, rule: str, monitoring: Monitoring) -> MinimumObservation:
    for one in monitoring.minimums:
        if one.rule == rule:
            return one
    raise file.error(f"there is no monitoring rule {rule}", ("facts", key, "monitoring"))


def minutes_in_words(minutes: float) -> str:
    """A time as people say it: 1 hour, 2 and a half hours, 40 minutes."""
    hours, rest = divmod(minutes, 60)
    if hours < 1 or rest not in {0, 30}:
        return f"{minutes:g} minutes"
    if rest:
        return f"{hours:g} and a half hours"
    return "1 hour" if hours == 1 else f"{hours:g} hours"


def filler(facts: Mapping[str, Fact], place: Mapping[str, str]) -> Callable[[str], str]:
    """Puts facts and the practice's own words into a text. What is not known is said, never left out."""

    def put(match: re.Match[str]) -> str:
        name = match.group(1)
        return place[name] if name in PLACE else facts[name].text or UNKNOWN

    return lambda text: NAMED.sub(put, text)


def when_words(step: Step, facts: Mapping[str, Fact], fill: Callable[[str], str]) -> str:
    """When a step is: where its time is not known, that and nothing else."""
    unknown = any(name in facts and not facts[name].text for name in NAMED.findall(step.when))
    return TIME_UNKNOWN if unknown else fill(step.when)
