"""Which column of a table says what: named by whoever imports, or known by the usual names (``columns.toml``)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from upwell.base.errors import BadInput
from upwell.exchange.scores.refusals import shorten
from upwell.knowledge.instrument import Instrument

MOST_SHOWN = 40
_NUMBERED = re.compile(r"(.*?)([0-9]+)", re.DOTALL)
_FILLING = re.compile(r"[\s_.\-]+")


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """The columns as named on the command line; None where the usual names are to be looked for.

    ``items`` is a list of names, in the order of the items, or one text: ``"a,b,c"`` or ``"DPQ1-DPQ9"``.
    """

    id: str | None = None
    week: str | None = None
    date: str | None = None
    items: str | Sequence[str] | None = None
    total: str | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """Where in a row to look. ``total`` is None where the table has no totals."""

    header: tuple[str, ...]
    identifier: int
    occasion: int
    by_week: bool
    items: tuple[tuple[str, int], ...]
    total: int | None

    def name(self, index: int) -> str:
        """The column's name, or its number where it has none."""
        return self.header[index] or f"number {index + 1}"

    def as_json(self) -> dict[str, Any]:
        """The columns that are used, for the report."""
        return {
            "id": self.name(self.identifier),
            "week" if self.by_week else "date": self.name(self.occasion),
            "items": {item: self.name(index) for item, index in self.items},
            "total": None if self.total is None else self.name(self.total),
        }


@cache
def usual_names() -> Mapping[str, Any]:
    """The usual names of columns, and the usual words for a missing answer."""
    return tomllib.loads((Path(__file__).parent / "columns.toml").read_text("utf-8"))


def lay_out(
    header: Sequence[str], instrument: Instrument, named: ColumnMap, *, file: str, has_start: bool
) -> Layout:
    """Find the columns that are needed; ``BadInput`` names the one that is missing and those that are there."""
    return _Finder(tuple(header), instrument, named, file).layout(has_start)


class _Finder:
    """Looks through one header."""

    def __init__(self, header: tuple[str, ...], instrument: Instrument, named: ColumnMap, file: str) -> None:
        self.header = header
        self.instrument = instrument
        self.named = named
        self.file = file
        usual = usual_names()
        instruments = usual["instruments"]
        self.usual = usual
        self.usual_of_instrument = instruments.get(instrument.id, instruments["other"])

    def layout(self, has_start: bool) -> Layout:
        items = self._named_items() if self.named.items else self._usual_items()
        taken = {index for _, index in items}
        identifier = self._needed("id", self.named.id, self.usual["identifier"], taken, "--id-column")
        occasion, by_week = self._occasion(taken | {identifier}, has_start)
        taken |= {identifier, occasion}
        names = self.usual_of_instrument["total"]
        total = self._one(self.named.total, names, taken, "--total-column")
        self._refuse_double({"id": identifier, "week or date": occasion, "total": total}, items)
        return Layout(self.header, identifier, occasion, by_week, items, total)

    # ---- one column

    def find(self, name: str, taken: Collection[int] = ()) -> int | None:
        """The column of this name that has no other use: exactly, else without case or filling signs."""
        for spell in (str, str.casefold, _plain):
            found = [
                index
                for index, column in enumerate(self.header)
                if column and index not in taken and spell(column) == spell(name.strip())
            ]
            if len(found) > 1:
                raise self._refusal(f"has {len(found)} columns called “{shorten(name)}”. Rename one")
            if found:
                return found[0]
        return None

    def _one(self, named: str | None, usual: list[str], taken: set[int], option: str) -> int | None:
        """The column that was named, which must be there, or the first usual one that has no other use."""
        if named:
            index = self.find(named)
            if index is None:
                raise self._refusal(f"has no column “{shorten(named)}” ({option})")
            return index
        found = (self.find(name, taken) for name in usual)
        return next((index for index in found if index is not None), None)

    def _needed(self, what: str, named: str | None, usual: list[str], taken: set[int], option: str) -> int:
        index = self._one(named, usual, taken, option)
        if index is None:
            raise self._refusal(
                f"has no {what} column. Looked for {usual[0]} and the like; name it with {option}"
            )
        return index

    def _occasion(self, taken: set[int], has_start: bool) -> tuple[int, bool]:
        """The column with the week or the date. Of both, the date tells more, unless the weeks are asked for."""
        if self.named.week and self.named.date:
            raise BadInput("Name either --week-column or --date-column, not both.", path="--date-column")
        if self.named.date and has_start:
            raise BadInput(
                "--start-date counts weeks; with --date-column it has no meaning.", path="--start-date"
            )
        week, date = self.usual["week"], self.usual["date"]
        if not (self.named.week or has_start):
            index = self._one(self.named.date, date, taken, "--date-column")
            if index is not None:
                return index, False
        index = self._one(self.named.week, week, taken, "--week-column")
        if index is None and has_start:
            raise self._refusal("has no week column, which --start-date needs. Name it with --week-column")
        if index is None:
            raise self._refusal(
                "has neither a week nor a date column. Name one with --week-column or --date-column"
            )
        return index, True

    # ---- the items

    def _usual_items(self) -> tuple[tuple[str, int], ...]:
        """By the first usual spelling under which all scored items are there; the unscored ones are optional."""
        scored = [item.id for item in self.instrument.scored_items]
        lacking: list[str] = []
        for pattern in self.usual_of_instrument["items"]:
            found = [(item.id, self.find(_spell(pattern, item.id))) for item in self.instrument.items]
            there = {item for item, index in found if index is not None}
            if there >= set(scored):
                return tuple((item, index) for item, index in found if index is not None)
            missing = [_spell(pattern, item) for item in scored if item not in there]
            if len(missing) < len(scored) and (not lacking or len(missing) < len(lacking)):
                lacking = missing
        if lacking:
            raise self._refusal(f"lacks the item column {', '.join(lacking)}")
        example = self.usual_of_instrument["items"][0]
        first, last = _spell(example, scored[0]), _spell(example, scored[-1])
        raise self._refusal(
            f"has no item columns such as {first} to {last}. Name them with --item-columns {first}-{last}"
        )

    def _named_items(self) -> tuple[tuple[str, int], ...]:
        columns = self._named_columns()
        every, scored = self.instrument.items, self.instrument.scored_items
        for items in (scored, every):
            if len(columns) == len(items):
                return tuple((item.id, index) for item, index in zip(items, columns, strict=True))
        counts = " or ".join(str(count) for count in dict.fromkeys((len(scored), len(every))))
        raise BadInput(
            f"--item-columns names {len(columns)} columns; {self.instrument.name} has {counts} items.",
            path="--item-columns",
        )

    def _named_columns(self) -> list[int]:
        given = self.named.items
        parts = given.split(",") if isinstance(given, str) else list(given or ())
        columns: list[int] = []
        for part in filter(None, (part.strip() for part in parts)):
            index = self.find(part)
            found = [index] if index is not None else self._range(part)
            if not found:
                raise self._refusal(f"has no column “{shorten(part)}” (--item-columns)")
            columns.extend(found)
        return columns

    def _range(self, text: str) -> list[int]:
        """The columns from one to another: ``DPQ1-DPQ9`` by number, other names by their place in the table."""
        for cut in (match.start() for match in re.finditer("-", text)):
            first, last = self.find(text[:cut]), self.find(text[cut + 1 :])
            if first is not None and last is not None:
                return self._numbered(first, last) or list(range(first, last + 1))
        return []

    def _numbered(self, first: int, last: int) -> list[int]:
        ends = [_NUMBERED.fullmatch(self.header[index]) for index in (first, last)]
        if not (ends[0] and ends[1]) or ends[0][1].casefold() != ends[1][1].casefold():
            return []
        stem, low, high = ends[0][1].casefold(), int(ends[0][2]), int(ends[1][2])
        found: dict[int, int] = {}
        for index, column in enumerate(self.header):
            match = _NUMBERED.fullmatch(column)
            if match and match[1].casefold() == stem and low <= int(match[2]) <= high:
                found.setdefault(int(match[2]), index)
        return [found[number] for number in sorted(found)]

    # ---- refusing

    def _refuse_double(self, single: dict[str, int | None], items: tuple[tuple[str, int], ...]) -> None:
        uses = [(what, index) for what, index in single.items() if index is not None]
        uses += [(f"item {item}", index) for item, index in items]
        seen: dict[int, str] = {}
        for what, index in uses:
            if index in seen:
                raise self._refusal(
                    f"would give its column “{self.header[index]}” to both {seen[index]} and {what}"
                )
            seen[index] = what

    def _refusal(self, what: str) -> BadInput:
        shown = [shorten(column) or "(no name)" for column in self.header[:MOST_SHOWN]]
        more = f" and {len(self.header) - MOST_SHOWN} more" if len(self.header) > MOST_SHOWN else ""
        return BadInput(f"{self.file} {what}. Its columns are: {', '.join(shown)}{more}.", path=self.file)


def _plain(name: str) -> str:
    return _FILLING.sub("", name.casefold())


def _spell(pattern: str, item: str) -> str:
    return pattern.format(n=int(item) if item.isdecimal() else item)
