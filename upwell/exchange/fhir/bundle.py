"""Reading one JSON document, a Bundle of any size or a single resource, without holding it in memory.

The standard library's scanner finds where each value ends; only one entry at a time is held, as its own text.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from upwell.exchange.fhir.doubles import said_twice
from upwell.exchange.fhir.places import Wrong

MB = 1 << 20
LARGEST_RESOURCE = 16 * MB
_CHUNK = 1 * MB
_WHITE = " \t\r\n"
_scan = json.JSONDecoder(parse_float=str, parse_int=str).raw_decode


class Broken(Wrong):
    """The document can't be read any further: where, and why."""

    def __init__(self, reason: str, line: int) -> None:
        super().__init__(reason)
        self.line = line


class Window:
    """A piece of the document, moving forward. Every step of reading ends behind what it read."""

    def __init__(self, stream: BinaryIO, largest: int = LARGEST_RESOURCE) -> None:
        self._stream = stream
        self._decode = codecs.getincrementaldecoder("utf-8-sig")().decode
        self._largest = largest
        self._text = ""
        self._at = 0
        self._counted_to = 0
        self._ended = False
        self.line = 1

    def _grow(self, size: int = 0) -> None:
        raw = self._stream.read(size or _CHUNK)
        self._ended = not raw
        self.place()
        try:
            more = self._decode(raw, final=self._ended)
        except UnicodeDecodeError:
            raise Broken("is not valid UTF-8", self.line) from None
        if "\x00" in more:
            raise Broken("holds a NUL character", self.line)
        self._text = self._text[self._at :] + more
        self._at = self._counted_to = 0

    def place(self) -> int:
        """The line at which reading stands."""
        self.line += self._text.count("\n", self._counted_to, self._at)
        self._counted_to = self._at
        return self.line

    def peek(self) -> str:
        """The next character that is not white space; empty at the end."""
        while True:
            while self._at < len(self._text):
                char = self._text[self._at]
                if char not in _WHITE:
                    return char
                self._at += 1
            if self._ended:
                return ""
            self._grow()

    def take(self, expected: str) -> str:
        """Step over one of the characters in ``expected``."""
        char = self.peek()
        if not char:
            raise Broken("ends in the middle (was the file cut off?)", self.place())
        if char not in expected:
            raise Broken(f"is not valid JSON ({' or '.join(expected)} expected)", self.place())
        self._at += 1
        return char

    def value(self) -> tuple[Any, str]:
        """The next JSON value, and its text as it stands in the document."""
        if not self.peek():
            raise Broken("ends in the middle (was the file cut off?)", self.place())
        size = _CHUNK
        while True:
            try:
                value, end = _scan(self._text, self._at)
            except json.JSONDecodeError as error:
                if self._ended:
                    raise self._broken(error) from None
            except RecursionError:
                raise Broken("is nested too deeply", self.place()) from None
            else:
                if end < len(self._text) or self._ended:
                    return value, self._step_to(end)
            if len(self._text) - self._at > self._largest:
                raise Broken(self._too_large(), self.place())
            self._grow(size)
            size *= 2

    def _step_to(self, end: int) -> str:
        text = self._text[self._at : end]
        if len(text) > self._largest:
            raise Broken(self._too_large(), self.place())
        self._at = end
        return text

    def _too_large(self) -> str:
        return f"is larger than {self._largest // MB} MB or is not valid JSON"

    def _broken(self, error: json.JSONDecodeError) -> Broken:
        if error.pos >= len(self._text.rstrip(_WHITE)) or error.msg.startswith("Unterminated string"):
            return Broken("ends in the middle (was the file cut off?)", self.place())
        self._at = min(error.pos, len(self._text))
        return Broken("is not valid JSON", self.place())

    def names(self) -> Iterator[str]:
        """The names of an object's members, one after the other; the caller reads each value."""
        self.take("{")
        if self.peek() == "}":
            self.take("}")
            return
        seen: set[str] = set()
        while True:
            if self.peek() != '"':
                self.take('"')
            name = self.value()[0]
            if name in seen:
                raise Broken(said_twice(name), self.place())
            seen.add(name)
            self.take(":")
            yield name
            if self.take(",}") == "}":
                return

    def items(self) -> Iterator[None]:
        """One step for each item of a list; the caller reads the item."""
        self.take("[")
        if self.peek() == "]":
            self.take("]")
            return
        while True:
            yield
            if self.take(",]") == "]":
                return


@dataclass(slots=True)
class Entry:
    """One entry of a Bundle: the resource as text, and what the Bundle says about it."""

    number: int
    line: int
    text: str = ""
    full_url: str = ""
    method: str = ""
    trouble: str = ""


@dataclass(slots=True)
class Head:
    """What the document says of itself outside its entries."""

    members: dict[str, Any] = field(default_factory=dict)
    entries: int = 0

    @property
    def kind(self) -> str:
        kind = self.members.get("resourceType")
        return kind if isinstance(kind, str) else ""

    @property
    def has_next_page(self) -> bool:
        """Whether the Bundle is one page of a search, and says that another one follows."""
        links = self.members.get("link")
        found = links if isinstance(links, list) else ()
        return any(isinstance(link, dict) and link.get("relation") == "next" for link in found)


def read_head(stream: BinaryIO) -> Head:
    """The members beside the entries. Stops at the entries when all that matters was said before them."""
    window, head = Window(stream), Head()
    if window.peek() not in ("{", ""):
        raise Broken("holds neither a FHIR resource nor a Bundle, which begin with {", window.place())
    for name in window.names():
        if name == "entry" and head.kind == "Bundle" and "type" in head.members:
            head.entries = -1
            return head
        if name == "entry" and window.peek() == "[" and head.kind in ("", "Bundle"):
            for _step in window.items():
                window.value()
                head.entries += 1
        else:
            value = window.value()[0]
            head.members[name] = value if isinstance(value, str | dict) or name == "link" else None
    return head


def read_entries(stream: BinaryIO) -> Iterator[Entry]:
    """The entries of a Bundle, one at a time, to the end of the document."""
    window = Window(stream)
    number = 0
    for name in window.names():
        if name != "entry":
            window.value()
            continue
        for _step in window.items():
            number += 1
            yield _entry(window, number)
    if window.peek():
        raise Broken("goes on after the end of the Bundle", window.place())


def _entry(window: Window, number: int) -> Entry:
    window.peek()
    entry = Entry(number, window.place())
    if window.peek() != "{":
        window.value()
        entry.trouble = "is not an object"
        return entry
    for name in window.names():
        if name == "resource":
            window.peek()
            entry.line = window.place()
        value, text = window.value()
        if name == "resource":
            entry.text = text
        elif name == "fullUrl" and isinstance(value, str):
            entry.full_url = value
            if _is_half(value):
                entry.trouble = "has a fullUrl that is no text (half a character)"
        elif name == "request" and isinstance(value, dict):
            entry.method = str(value.get("method", ""))
    return entry


def _is_half(text: str) -> bool:
    """Whether half a pair of surrogates stands in a text, which JSON can write and nothing can store."""
    return any("\ud800" <= sign <= "\udfff" for sign in text)
