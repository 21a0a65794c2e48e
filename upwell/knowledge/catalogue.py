"""What stands in an edition: its files, and every fact with its place, mark and sources."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from upwell.knowledge.edition import Edition, edition, kept, sha256_of
from upwell.knowledge.provenance import Mark
from upwell.knowledge.toml_file import read_toml, version_of

Place = tuple[str, ...]

NAMED_BY = ("id", "rule", "fact", "name")  # what an entry of a list is called, in this order
PROVENANCE = frozenset(
    {"source", "confidence", "verify", "jurisdiction", "population", "effective_from", "unit"}
)
SOURCES = "sources"


@dataclass(frozen=True, slots=True)
class Cited:
    """One source as its file lists it."""

    title: str
    jurisdiction: str
    effective_from: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact: where it stands, what it says, and how sure it is. ``says`` leaves out the facts inside it."""

    file: str
    place: Place
    says: Mapping[str, Any]
    mark: Mark
    verify: bool
    unit: str
    population: str
    jurisdiction: str
    effective_from: str
    sources: tuple[Cited, ...]

    @property
    def is_policy(self) -> bool:
        """A convention: shown as “local policy”, and signed for by the medical director."""
        return self.mark is Mark.C

    @property
    def path(self) -> str:
        """Its place as people and addresses write it: ``rules/predose.spo2``."""
        return "/".join(self.place)


@dataclass(frozen=True, slots=True)
class Entry:
    """One file. ``version`` is of what it says, as results carry it; ``sha256`` of its bytes."""

    id: str
    name: str
    kind: str
    title: str
    content: Mapping[str, Any]
    version: str
    sha256: str
    facts: tuple[Fact, ...]

    def marks(self) -> dict[str, int]:
        """How many facts carry each mark, in the order of the marks; none that does not occur."""
        counted = Counter(fact.mark for fact in self.facts)
        return {str(mark): counted[mark] for mark in Mark if counted[mark]}


@kept
def entries() -> Mapping[str, Entry]:
    """All files of the edition in force, by name."""
    return entries_of(edition())


def entries_of(wanted: Edition) -> Mapping[str, Entry]:
    """All files of an edition, by name."""
    return {name: read_entry(name, text) for name, text in sorted(wanted.texts.items())}


@lru_cache(maxsize=512)  # several editions, which share most of their files
def read_entry(name: str, text: str) -> Entry:
    """One file, as it says it; whether that is allowed is another question (``check``)."""
    content = read_toml(text, name=name)
    stem = name.rpartition("/")[2].removesuffix(".toml")
    return Entry(
        id=str(content.get("id", stem)),
        name=name,
        kind=str(content.get("kind", "")),
        title=str(content.get("title") or content.get("name") or name.removesuffix(".toml")),
        content=content,
        version=version_of(content),
        sha256=sha256_of(text),
        facts=tuple(_facts(name, content)),
    )


def _facts(name: str, content: Mapping[str, Any]) -> Iterator[Fact]:
    listed = content.get(SOURCES)
    sources = listed if isinstance(listed, dict) else {}
    for place, table in tables(content):
        if table.get("confidence") in list(Mark):
            yield _fact(name, place, table, sources)


def _fact(name: str, place: Place, table: Mapping[str, Any], sources: Mapping[str, Any]) -> Fact:
    cited = tuple(
        Cited(
            str(sources[key]["title"]),
            str(sources[key].get("jurisdiction", "")),
            str(sources[key]["effective_from"]),
        )
        for key in table.get("source", ())
        if isinstance(sources.get(key), dict) and {"title", "effective_from"} <= set(sources[key])
    )
    said = {key: value for key, value in table.items() if key not in PROVENANCE and not _holds_facts(value)}
    return Fact(
        file=name,
        place=place,
        says=said,
        mark=Mark(table["confidence"]),
        verify=bool(table.get("verify", False)),
        unit=str(table.get("unit", "")),
        population=str(table.get("population", "")),
        jurisdiction=str(table.get("jurisdiction", "")),
        effective_from=str(table.get("effective_from", "")),
        sources=cited,
    )


def tables(node: Any, place: Place = ()) -> Iterator[tuple[Place, Mapping[str, Any]]]:
    """Every table of a file with its place; entries of a list are called by their id where they have one."""
    if isinstance(node, dict):
        yield place, node
        for key, value in node.items():
            yield from tables(value, (*place, key))
    elif isinstance(node, list):
        for key, value in named_entries(node):
            yield from tables(value, (*place, key))


def named_entries(entries_: list[Any]) -> Iterator[tuple[str, Any]]:
    """The entries of a list by name: their id, or their number, which begins with 1. No two have the same."""
    seen: Counter[str] = Counter()
    for number, value in enumerate(entries_, start=1):
        names = (str(value[key]) for key in NAMED_BY if key in value) if isinstance(value, dict) else iter(())
        name = next(names, str(number))
        seen[name] += 1
        yield name if seen[name] == 1 else f"{name} ({seen[name]})", value


def _holds_facts(node: Any) -> bool:
    return any("confidence" in table for _, table in tables(node))


def find(wanted: str, every: Mapping[str, Entry]) -> list[Entry]:
    """The files that an id, a name or a name without its ending means; several where an id is not enough."""
    whole = wanted if wanted.endswith(".toml") else f"{wanted}.toml"
    return [every[whole]] if whole in every else [one for one in every.values() if one.id == wanted]


@kept
def _by_rule() -> Mapping[str, tuple[Fact, ...]]:
    found: dict[str, tuple[Fact, ...]] = {}
    for entry in entries().values():
        for name, fact in _rules(entry):
            if fact not in found.get(name, ()):
                found[name] = (*found.get(name, ()), fact)
    return found


def _rules(entry: Entry) -> Iterator[tuple[str, Fact]]:
    """The names by which findings call what stands here, with the closest fact around each."""
    facts = {fact.place: fact for fact in entry.facts}
    folder = entry.name.partition("/")[0]
    for place, table in tables(entry.content):
        home = next((place[:size] for size in range(len(place), -1, -1) if place[:size] in facts), None)
        for key in ("id", "rule") if home is not None else ():
            name = table.get(key)
            if isinstance(name, str):
                fact = facts[home] if home is not None else None
                for known in (name, f"{entry.id}.{name}", f"{folder}.{name}"):
                    if fact is not None:
                        yield known, fact


def facts_of_rule(rule: str) -> tuple[Fact, ...]:
    """The facts that carry the name of a rule, as a finding names it."""
    return _by_rule().get(rule, ())
