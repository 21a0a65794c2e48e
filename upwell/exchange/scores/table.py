"""A table of text: the sign between its columns is found, its rows come with the line on which each begins."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator

from upwell.base.errors import BadInput
from upwell.exchange.scores.lines import Broken, Lines

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}
_SEP_LINE = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)  # Excel writes it to name the delimiter
_STRAY_CR = "new-line character seen in unquoted field"
_WORDS = {
    _STRAY_CR: "holds a carriage return inside the row. Save the file with ordinary line ends (LF or CRLF)",
    "unexpected end of data": "opens a quoted field that is never closed",
    "field larger than field limit": "holds a field that is far too long; a quote may be open",
    "expected after": "goes on after the closing quote of a field",
}


class Table:
    """The header and then the rows of a CSV file."""

    def __init__(self, lines: Lines, file: str) -> None:
        self._lines = lines
        self._file = file
        first, line = self._first_line()
        self.header_line = line
        self.delimiter, self.header = self._sniff(first)
        self._reader = csv.reader(lines, delimiter=self.delimiter, strict=True, skipinitialspace=True)

    def rows(self) -> Iterator[tuple[int, list[str]] | Broken]:
        """Every row with the line on which it begins, or what is wrong with it. Blank rows are passed over."""
        lines, reader = self._lines, self._reader
        while True:
            start = lines.number + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except Broken as broken:
                if broken.fatal:
                    raise self._error(broken) from None
                yield broken
                continue
            except csv.Error as error:
                yield Broken(start, _in_words(str(error), start, lines.number))
                continue
            if any(cells):
                yield start, cells

    def _first_line(self) -> tuple[str, int]:
        """The header's text and line; an Excel ``sep=`` line before it is heeded."""
        self._said: str | None = None
        try:
            for text in self._lines:
                said = _SEP_LINE.fullmatch(text)
                if said and said[1] in DELIMITERS and self._said is None:
                    self._said = said[1]
                elif text.strip():
                    return text, self._lines.number
        except Broken as broken:
            raise self._error(broken) from None
        raise BadInput(f"{self._file} is empty. A table with a header line is needed.", path=self._file)

    def _sniff(self, first: str) -> tuple[str, list[str]]:
        """The delimiter that gives the most columns, and those columns."""
        if "\r" in first.rstrip("\r\n"):
            raise self._error(Broken(self.header_line, _WORDS[_STRAY_CR]))
        best: tuple[str, list[str]] | None = None
        for delimiter in [self._said] if self._said else DELIMITERS:
            try:
                cells = next(csv.reader([first], delimiter=delimiter, strict=True, skipinitialspace=True))
            except csv.Error:
                continue
            if best is None or len(cells) > len(best[1]):
                best = delimiter, cells
        if best is None:
            raise self._error(Broken(self.header_line, "is the header, and its quotes don't match"))
        return best[0], [cell.strip() for cell in best[1]]

    def _error(self, broken: Broken) -> BadInput:
        return BadInput(
            f"{self._file}, line {broken.line}: {broken.reason}. Nothing was imported.",
            path=f"{self._file}:{broken.line}",
        )


def _in_words(error: str, first: int, last: int) -> str:
    words = next((text for sign, text in _WORDS.items() if sign in error), f"can't be read as CSV: {error}")
    return words if last <= first else f"{words} (the row runs from line {first} to line {last})"
