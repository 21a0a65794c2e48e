"""Reads one knowledge file: parses it, checks it against its schema, and hashes what it says."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from dataclasses import dataclass
from typing import Any

from upwell.knowledge.errors import KnowledgeError
from upwell.knowledge.schemas import first_violation

Path = tuple[str | int, ...]

_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"^\s*([A-Za-z0-9_\-.\"']+)\s*=")
_PART = re.compile(r"\"[^\"]*\"|'[^']*'|[^.\s]+")
_PARSE_LINE = re.compile(r"at line (\d+)")
# What kept to its schema before, by kind and text: editions share most of their files, and checking takes the longest.
_allowed: set[tuple[str, bytes]] = set()


@dataclass(frozen=True, slots=True)
class KnowledgeFile:
    """A knowledge file as read: what it says, where that stands, and the hash that is its version."""

    name: str
    text: str
    content: dict[str, Any]
    version: str

    def error(self, message: str, path: Path = ()) -> KnowledgeError:
        """An error that names this file and the line of ``path``."""
        place = f"{self.name}:{line_of(self.text, path)}"
        dotted = ".".join(str(part) for part in path)
        return KnowledgeError(f"{place}: {dotted + ': ' if dotted else ''}{message}", path=place)


def read_knowledge(text: str, *, name: str, kind: str) -> KnowledgeFile:
    """Parse ``text``, refuse what its schema does not allow, and return it with its version."""
    content = read_toml(text, name=name)
    file = KnowledgeFile(name, text, content, version_of(content))
    checked = kind, hashlib.sha256(text.encode()).digest()
    if checked not in _allowed:
        violation = first_violation(kind, content)
        if violation is not None:
            path, message = violation
            raise file.error(message, path)
        _allowed.add(checked)
    return file


def read_toml(text: str, *, name: str) -> dict[str, Any]:
    """What a file says; the error where it is no TOML names the line."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _PARSE_LINE.search(str(error))
        place = f"{name}:{found.group(1) if found else len(text.splitlines())}"
        raise KnowledgeError(f"{place}: this is not valid TOML: {error}", path=place) from None


def version_of(content: dict[str, Any]) -> str:
    """The sha256 of what a file says: comments, spacing and the order of keys do not change it."""
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()


def line_of(text: str, path: Path) -> int:
    """The line on which ``path`` stands, or the closest line that is about it."""
    best_line, best_depth = 1, 0
    for line, place in _places(text):
        depth = _common_depth(place, path)
        if depth == len(place) and depth > best_depth:
            best_line, best_depth = line, depth
    return best_line


def _common_depth(place: Path, path: Path) -> int:
    depth = 0
    for one, other in zip(place, path, strict=False):
        if one != other:
            break
        depth += 1
    return depth


def _places(text: str) -> list[tuple[int, Path]]:
    """Each table header and key of the file with the path it opens."""
    places: list[tuple[int, Path]] = []
    counts: dict[Path, int] = {}
    table: Path = ()
    for number, line in enumerate(text.splitlines(), start=1):
        header = _HEADER.match(line)
        key = _KEY.match(line)
        if header:
            table = open_table(header.group(2), header.group(1) == "[[", counts)
            places.append((number, table))
        elif key:
            places.append((number, table + parts_of(key.group(1))))
    return places


def open_table(dotted: str, is_array: bool, counts: dict[Path, int]) -> Path:
    """The path that a table header opens; entries of a list are counted from 0."""
    path: Path = ()
    parts = parts_of(dotted)
    for position, part in enumerate(parts):
        path += (part,)
        last = position == len(parts) - 1
        if last and is_array:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path += (counts[path],)
    return path


def parts_of(dotted: str) -> tuple[str, ...]:
    """The parts of a dotted key."""
    return tuple(part.strip("\"'") for part in _PART.findall(dotted))
