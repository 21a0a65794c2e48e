"""Where each value of a TOML file stands, so that one can be replaced and every remark around it stays."""

from __future__ import annotations

import json
import re
from typing import Any

from upwell.knowledge.toml_file import Path, open_table, parts_of

Span = tuple[int, int]

_SPACE = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_KEY = re.compile(
    r"(?:[A-Za-z0-9_\-]+|\"[^\"\n]*\"|'[^'\n]*')(?:[ \t]*\.[ \t]*(?:[A-Za-z0-9_\-]+|\"[^\"\n]*\"|'[^'\n]*'))*"
)
_HEADER = re.compile(r"(\[\[?)[ \t]*([^\]\n]+?)[ \t]*\]\]?")
_TEXT = re.compile(r'"""(?:\\.|[^\\])*?"""|\'\'\'.*?\'\'\'|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'', re.DOTALL)
_BARE = re.compile(r"[^\s,\]}#]+")


class _Walk:
    """Goes through a file once, and notes each value's place in the text."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.spans: dict[Path, Span] = {}

    def whole(self) -> dict[Path, Span]:
        table: Path = ()
        counts: dict[Path, int] = {}
        self._skip()
        while self.at < len(self.text):
            header = _HEADER.match(self.text, self.at)
            if header:
                table = open_table(header.group(2), header.group(1) == "[[", counts)
                self.at = header.end()
            else:
                self._pair(table)
            self._skip()
        return self.spans

    def _skip(self) -> None:
        found = _SPACE.match(self.text, self.at)
        self.at = found.end() if found else self.at

    def _take(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self.text, self.at)
        if found is None:
            raise ValueError(f"nothing that is known stands at {self.at}")
        self.at = found.end()
        return found.group()

    def _pair(self, table: Path) -> None:
        key = self._take(_KEY)
        self._skip()
        self._take(re.compile("="))
        self._skip()
        self._value((*table, *parts_of(key)))

    def _value(self, path: Path) -> None:
        begins, sign = self.at, self.text[self.at]
        if sign == "[":
            self._inside("]", lambda number: self._value((*path, number)))
        elif sign == "{":
            self._inside("}", lambda _number: self._pair(path))
        else:
            self._take(_TEXT if sign in "\"'" else _BARE)
        self.spans[path] = (begins, self.at)

    def _inside(self, end: str, one: Any) -> None:
        self.at += 1
        number = 0
        self._skip()
        while self.text[self.at] != end:
            one(number)
            number += 1
            self._skip()
            if self.text[self.at] == ",":
                self.at += 1
                self._skip()
        self.at += 1


def places_in(text: str) -> dict[Path, Span]:
    """Begin and end of every value, by its path; ``ValueError`` where the file is written in a way not known here."""
    try:
        return _Walk(text).whole()
    except IndexError:
        raise ValueError("the file ends too early") from None


def written(value: Any) -> str:
    """A value as TOML writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return f"[{', '.join(written(one) for one in value)}]"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)
