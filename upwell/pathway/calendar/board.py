"""A day at the practice as a table: a column for each chair, a row for each step of the clock. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from uuid import UUID

from upwell.base.errors import BadInput
from upwell.pathway.calendar.models import Appointment
from upwell.pathway.calendar.rules import Span, day_of, house, instant_of
from upwell.people.models import Chair


@dataclass(slots=True)
class Cell:
    """One place in the table: free, or what is there, as tall as it lasts."""

    entries: list[Appointment] = field(default_factory=list)
    rows: int = 1


@dataclass(frozen=True, slots=True)
class Row:
    """One step of the clock. A cell that a taller one covers is not there."""

    at: datetime
    is_hour: bool
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """The whole day."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def shown_span(day: date, zone: tzinfo, entries: Sequence[Appointment]) -> Span:
    """From when to when the day is drawn: the usual hours, and whatever lies outside of them."""
    begin, end = day_of(day, zone)
    opens, closes = _clock(day, zone)
    first = min([opens, *(one.starts_at for one in entries)])
    last = max([closes, *(one.ends_at for one in entries)])
    step = house().step
    while opens > first and opens - step >= begin:
        opens -= step
    while closes < last and closes + step <= end:
        closes += step
    return opens, closes


def _clock(day: date, zone: tzinfo) -> Span:
    try:
        return instant_of(day, house().opens, zone), instant_of(day, house().closes, zone)
    except BadInput:  # a zone whose clocks jump in the middle of the day
        return day_of(day, zone)


def board_of(day: date, zone: tzinfo, chairs: Sequence[Chair], entries: Sequence[Appointment]) -> Board:
    """The table of a day. Who has no chair yet stands in a column of their own, last."""
    named: dict[UUID | None, str] = {chair.id: chair.name for chair in chairs}
    for one in entries:  # a chair that was retired since
        if one.chair is not None:
            named.setdefault(one.chair_id, one.chair.name)
    if any(one.chair_id is None for one in entries):
        named[None] = ""
    begin, end = shown_span(day, zone, entries)
    step = house().step
    count = max(1, -((begin - end) // step))
    columns = [_column([one for one in entries if one.chair_id == key], begin, count) for key in named]
    rows = []
    for number in range(count):
        at = begin + number * step
        here = tuple(cell for column in columns if (cell := column[number]) is not None)
        rows.append(Row(at, at.astimezone(zone).minute == 0, here))
    return Board(tuple(named.values()), tuple(rows))


def _column(entries: Sequence[Appointment], begin: datetime, count: int) -> list[Cell | None]:
    """One column from top to bottom; what overlaps (a visit that is over, and the next) shares a cell."""
    column: list[Cell | None] = [Cell() for _number in range(count)]
    step = house().step
    open_cell, top, bottom = Cell(), -1, -1
    for one in sorted(entries, key=lambda entry: (entry.starts_at, entry.ends_at)):
        first = min(max((one.starts_at - begin) // step, 0), count - 1)
        last = min(max(-((begin - one.ends_at) // step), first + 1), count)
        if first < bottom:
            open_cell.entries.append(one)
            bottom = max(bottom, last)
        else:
            open_cell, top, bottom = Cell([one]), first, last
            column[top] = open_cell
        open_cell.rows = bottom - top
        for covered in range(top + 1, bottom):
            column[covered] = None
    return column
