"""Setting a local policy: which values of a fact can be set one by one, and the file with other ones in it.

Numbers, yes or no, how grave a finding is, and sentences for people. What a fact is about and how its conditions are
joined is changed in the file, by whoever can read it.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from upwell.base.finding import Severity
from upwell.knowledge.catalogue import Fact, Place, named_entries
from upwell.knowledge.errors import KnowledgeError
from upwell.knowledge.toml_file import Path, read_toml
from upwell.knowledge.toml_places import places_in, written

SEVERITY = "severity"
SOURCE, SOURCES = "source", "sources"
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
Scalar = int | float | bool | str


@dataclass(frozen=True, slots=True)
class Settable:
    """One value that can be set. ``key`` is its place inside the fact, by names; ``path`` that in the file."""

    key: str
    path: Path
    value: Scalar

    @property
    def is_severity(self) -> bool:
        return self.path[-1] == SEVERITY

    @property
    def is_words(self) -> bool:
        return isinstance(self.value, str) and not self.is_severity


@dataclass(frozen=True, slots=True)
class NewSource:
    """Who says so from now on: the practice itself."""

    id: str
    title: str
    effective_from: str


def settable(content: Mapping[str, Any], fact: Fact) -> tuple[Settable, ...]:
    """The values of a fact that can be set one by one, in the order of the file."""
    path = path_of(content, fact.place)
    return tuple(_values(value_at(content, path), path, (), set(fact.says)))


def _values(node: Any, path: Path, key: Place, only: set[str] | None = None) -> Iterator[Settable]:
    if isinstance(node, dict):
        for name, value in node.items():
            if only is None or name in only:
                yield from _values(value, (*path, name), (*key, name))
    elif isinstance(node, list):
        if any(isinstance(one, dict) for one in node):
            for number, (name, value) in enumerate(named_entries(node)):
                yield from _values(value, (*path, number), (*key, name))
        else:
            for number, value in enumerate(node):
                if _is_sentence(value):
                    yield Settable("/".join((*key, str(number + 1))), (*path, number), value)
    elif isinstance(node, int | float) or _is_sentence(node) or _is_severity(path, node):
        yield Settable("/".join(key), path, node)


def _is_sentence(node: Any) -> bool:
    """Words for people have a space; names of things have none."""
    return isinstance(node, str) and " " in node


def _is_severity(path: Path, node: Any) -> bool:
    return path[-1] == SEVERITY and node in list(Severity)


def still_said(values: Sequence[Settable], given: Mapping[Path, Scalar]) -> Settable | None:
    """A sentence, left as it is, that says a number which is another one now; None where there is none."""
    gone = {f"{one.value:g}" for one in values if _is_number(one.value) and _is_number(given.get(one.path))}
    for one in values:
        if one.is_words and one.path not in given and gone & set(_NUMBER.findall(str(one.value))):
            return one
    return None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def path_of(content: Mapping[str, Any], place: Place) -> Path:
    """A place by names as a path into the file, where entries of a list are counted."""
    node: Any = content
    path: Path = ()
    for name in place:
        if isinstance(node, list):
            number = next(n for n, (one, _value) in enumerate(named_entries(node)) if one == name)
            path, node = (*path, number), node[number]
        else:
            path, node = (*path, name), node[name]
    return path


def value_at(content: Any, path: Path) -> Any:
    """What stands at a place of a file."""
    for step in path:
        content = content[step]
    return content


def with_values(text: str, fact: Fact, given: Mapping[Path, Scalar], says_so: NewSource) -> str:
    """The file with other values in one fact, and with who says so as its first source. Nothing else changes.

    Read again afterwards: whatever else would have changed is refused.
    """
    content = read_toml(text, name=fact.file)
    cited = (*path_of(content, fact.place), SOURCE)
    expected = copy.deepcopy(content)
    new: dict[Path, Any] = {**given, cited: [says_so.id, *value_at(content, cited)]}
    for path, value in new.items():
        value_at(expected, path[:-1])[path[-1]] = value
    expected[SOURCES][says_so.id] = {"title": says_so.title, "effective_from": says_so.effective_from}
    changed = _replaced(text, new, fact.file) + _source_table(says_so)
    if read_toml(changed, name=fact.file) != expected:
        raise _not_here(fact.file)
    return changed


def _replaced(text: str, new: Mapping[Path, Any], name: str) -> str:
    try:
        places = places_in(text)
        spans = sorted(
            ((places[path], value) for path, value in new.items()), key=lambda one: one[0], reverse=True
        )
    except (ValueError, KeyError):
        raise _not_here(name) from None
    for (begin, end), value in spans:
        text = text[:begin] + written(value) + text[end:]
    return text


def _source_table(source: NewSource) -> str:
    lines = (f"title = {written(source.title)}", f"effective_from = {written(source.effective_from)}")
    return "\n" + "\n".join((f"[{SOURCES}.{source.id}]", *lines)) + "\n"


def _not_here(name: str) -> KnowledgeError:
    return KnowledgeError(f"{name}: this value can't be set on a page; change it in the file", path=name)
