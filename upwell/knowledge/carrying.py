"""A practice's own policies, taken along into what a newer release says: what stands, and what has to be set anew.

Three editions are held against each other: the release that the practice began with, what it made of that, and the
newer release. What the practice left alone is the newer release's; what it set is its own, as long as the policy is
still there and built as it was.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from upwell.knowledge.catalogue import SOURCES, Entry, Fact, read_entry
from upwell.knowledge.check import check_edition
from upwell.knowledge.edition import Edition
from upwell.knowledge.errors import KnowledgeError
from upwell.knowledge.setting import (
    SOURCE,
    NewSource,
    Scalar,
    Settable,
    path_of,
    settable,
    value_at,
    with_values,
)


class Outcome(StrEnum):
    """What became of a policy that the practice had set."""

    TAKEN = "taken"
    OTHERWISE = "otherwise"  # taken along, though the newer release says another thing than the former
    GONE = "gone"  # it is not there any more, or is no local policy any more
    REBUILT = "rebuilt"  # its conditions are others, by the release or by the practice
    REFUSED = "refused"  # with the practice's value the file would not be allowed


@dataclass(frozen=True, slots=True)
class OwnPolicy:
    """One policy that the practice had set."""

    file: str
    path: str
    outcome: Outcome

    @property
    def stands(self) -> bool:
        return self.outcome in (Outcome.TAKEN, Outcome.OTHERWISE)


@dataclass(frozen=True, slots=True)
class Carried:
    """The newer release with the practice's own policies in it, and what became of each of them."""

    edition: Edition
    policies: tuple[OwnPolicy, ...]


def carried(began: Edition, own: Edition, newer: Edition, ours: NewSource) -> Carried:
    """Take the practice's own policies along. ``ours`` names the practice where the policy itself does not."""
    texts = dict(newer.texts)
    found: list[OwnPolicy] = []
    for name, text in own.texts.items():
        before = began.texts.get(name)
        if text in (before, newer.texts.get(name)):
            continue
        set_here = list(_set_here(name, before, text))
        if name not in newer.texts:
            found += [OwnPolicy(name, fact.path, Outcome.GONE) for fact, _values in set_here]
        elif newer.texts[name] == before:
            texts[name] = text
            found += [OwnPolicy(name, fact.path, Outcome.TAKEN) for fact, _values in set_here]
        else:
            for fact, values in set_here:
                texts[name], outcome = _taken(fact, values, (before or "", text, texts[name]), ours)
                found.append(OwnPolicy(name, fact.path, outcome))
    return Carried(Edition(texts), tuple(found))


def _set_here(name: str, before: str | None, after: str) -> Iterator[tuple[Fact, Mapping[str, Scalar]]]:
    """The facts that the practice changed, with the values that it gave; none where it changed more than values."""
    was, now = {} if before is None else _facts(name, before), _facts(name, after)
    for path, (entry, fact) in now.items():
        old = was.get(path)
        if old is None or old[1].says != fact.says:
            values = {} if old is None else {one.key: one.value for one in settable(old[0].content, old[1])}
            given = settable(entry.content, fact)
            yield fact, {one.key: one.value for one in given if values.get(one.key) != one.value}


def _facts(name: str, text: str) -> Mapping[str, tuple[Entry, Fact]]:
    entry = read_entry(name, text)
    return {fact.path: (entry, fact) for fact in entry.facts}


def _taken(
    fact: Fact, values: Mapping[str, Scalar], texts: tuple[str, str, str], ours: NewSource
) -> tuple[str, Outcome]:
    """The newer file with these values in it, or as it was, and why."""
    before, own, newer = (_facts(fact.file, text).get(fact.path) if text else None for text in texts)
    if newer is None or not newer[1].is_policy:
        return texts[2], Outcome.GONE
    if own is None or before is None or not (_built(before) == _built(own) == _built(newer)):
        return texts[2], Outcome.REBUILT
    places = {one.key: one for one in settable(newer[0].content, newer[1])}
    given = {places[key].path: value for key, value in values.items() if places[key].value != value}
    said = {one.key: one.value for one in settable(before[0].content, before[1])}
    outcome = Outcome.TAKEN if all(places[key].value == said[key] for key in values) else Outcome.OTHERWISE
    if not given:
        return texts[2], Outcome.TAKEN
    try:
        text = with_values(texts[2], newer[1], given, _source(own, newer[0], ours))
    except KnowledgeError:
        return texts[2], Outcome.REBUILT
    return (texts[2], Outcome.REFUSED) if check_edition(Edition({fact.file: text})) else (text, outcome)


def _built(one: tuple[Entry, Fact]) -> tuple[Mapping[str, Any], tuple[tuple[str, type], ...]]:
    """A fact without its values, and of which kind they are: how it is built."""
    entry, fact = one
    values = settable(entry.content, fact)
    content: Any = copy.deepcopy(dict(entry.content))
    for value in values:
        value_at(content, value.path[:-1])[value.path[-1]] = None
    node = value_at(content, path_of(entry.content, fact.place))
    return {key: node[key] for key in fact.says}, tuple((one.key, _kind(one)) for one in values)


def _kind(one: Settable) -> type:
    return float if isinstance(one.value, int) and not isinstance(one.value, bool) else type(one.value)


def _source(own: tuple[Entry, Fact], newer: Entry, ours: NewSource) -> NewSource:
    """Who says so: as the practice's own file has it, under a name that the newer one does not know yet."""
    cited = value_at(own[0].content, (*path_of(own[0].content, own[1].place), SOURCE))[0]
    known: Mapping[str, Any] = newer.content.get(SOURCES, {})
    source = own[0].content.get(SOURCES, {}).get(cited, {})
    if cited in known or {"title", "effective_from"} - set(source):
        return NewSource(_free(ours.id, known), ours.title, ours.effective_from)
    return NewSource(cited, source["title"], source["effective_from"])


def _free(wanted: str, known: Mapping[str, Any]) -> str:
    name = wanted
    while name in known:
        name += "-more"
    return name


__all__ = ["Carried", "Outcome", "OwnPolicy", "carried"]
