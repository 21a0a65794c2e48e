"""What changed between two editions, fact by fact."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from upwell.knowledge.catalogue import Entry, Place, entries_of, named_entries
from upwell.knowledge.edition import Edition
from upwell.knowledge.provenance import Mark


class How(StrEnum):
    """What became of a fact or a file."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Line:
    """One value that is another now; None where there is none."""

    key: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class FactChange:
    """One fact that changed. Without a mark it is no fact, but text around facts: a title, a source."""

    file: str
    title: str
    place: Place
    how: How
    mark_before: str
    mark_after: str
    lines: tuple[Line, ...]

    @property
    def mark(self) -> str:
        return self.mark_after or self.mark_before

    @property
    def is_policy(self) -> bool:
        """A convention: the medical director signs for it by name."""
        return Mark.C in (self.mark_before, self.mark_after)

    @property
    def path(self) -> str:
        return "/".join(self.place)

    def as_json(self) -> dict[str, Any]:
        """The change for ``--json``."""
        return {
            "file": self.file,
            "fact": self.path,
            "change": str(self.how),
            "mark": {"before": self.mark_before or None, "after": self.mark_after or None},
            "policy": self.is_policy,
            "lines": [{"key": one.key, "before": one.before, "after": one.after} for one in self.lines],
        }


@dataclass(frozen=True, slots=True)
class Changes:
    """All that changed: whole files, and facts in files that were there before."""

    before: str
    after: str
    files: Mapping[str, How]
    facts: tuple[FactChange, ...]

    @property
    def policies(self) -> tuple[FactChange, ...]:
        """The local policies among them."""
        return tuple(one for one in self.facts if one.is_policy)

    def as_json(self) -> dict[str, Any]:
        """The changes for ``--json``."""
        return {
            "before": self.before,
            "after": self.after,
            "files": [{"file": name, "change": str(how)} for name, how in self.files.items()],
            "facts": [one.as_json() for one in self.facts],
        }


def compare(before: Edition, after: Edition) -> Changes:
    """Everything in which ``after`` differs from ``before``."""
    files: dict[str, How] = {}
    facts: list[FactChange] = []
    for name in sorted(set(before.texts) | set(after.texts)):
        old, new = before.texts.get(name), after.texts.get(name)
        if old == new:
            continue
        files[name] = How.CHANGED if old and new else How.ADDED if new else How.REMOVED
        was = None if old is None else entries_of(Edition({name: old}))[name]
        now = None if new is None else entries_of(Edition({name: new}))[name]
        facts += _of_file(name, was, now)
    return Changes(before.version, after.version, files, tuple(facts))


def _of_file(name: str, old: Entry | None, new: Entry | None) -> Iterator[FactChange]:
    before, after = _leaves(old), _leaves(new)
    marks_before, marks_after = _marks(old), _marks(new)
    every = (marks_before, marks_after)
    found: dict[Place, list[Line]] = {}
    for place in dict.fromkeys((*before, *after)):
        if before.get(place) != after.get(place):
            home = _home(place, *every)
            key = "/".join(place[len(home) :])
            found.setdefault(home, []).append(Line(key, before.get(place), after.get(place)))
    shown = new or old
    for home, lines in found.items():
        yield FactChange(
            file=name,
            title="" if shown is None else shown.title,
            place=home,
            how=_how(home, before, after),
            mark_before=marks_before.get(home, ""),
            mark_after=marks_after.get(home, ""),
            lines=tuple(lines),
        )


def _how(home: Place, before: Mapping[Place, Any], after: Mapping[Place, Any]) -> How:
    was, now = (any(place[: len(home)] == home for place in one) for one in (before, after))
    return How.CHANGED if was and now else How.ADDED if now else How.REMOVED


def _home(place: Place, *known: Mapping[Place, str]) -> Place:
    """The closest fact around a value; outside of facts the table in which it stands."""
    for length in range(len(place), 0, -1):
        if any(place[:length] in marks for marks in known):
            return place[:length]
    return () if any(() in marks for marks in known) else place[:-1]


def _marks(entry: Entry | None) -> dict[Place, str]:
    return {} if entry is None else {fact.place: str(fact.mark) for fact in entry.facts}


def _leaves(entry: Entry | None) -> dict[Place, Any]:
    return {} if entry is None else dict(_walk(dict(entry.content), ()))


def _walk(node: Any, place: Place) -> Iterator[tuple[Place, Any]]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield from _walk(value, (*place, key))
    elif isinstance(node, list) and any(isinstance(one, dict) for one in node):
        for key, value in named_entries(node):
            yield from _walk(value, (*place, key))
    else:
        yield place, node
