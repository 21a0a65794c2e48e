"""A row of the table, checked: who, when, which answers, and whether its total agrees with them."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple, TypeVar

from upwell.base.errors import BadInput
from upwell.exchange.scores.cells import AnswerCell, read_identifier, read_total
from upwell.exchange.scores.columns import Layout
from upwell.exchange.scores.occasions import Calendar, Occasion
from upwell.exchange.scores.refusals import Wrong
from upwell.knowledge.instrument import Instrument
from upwell.science.scoring import score

Answers = tuple[int | None, ...]
T = TypeVar("T")


class Row(NamedTuple):
    """What one row says. ``answers`` stand in the order of the layout's items."""

    line: int
    identifier: str
    occasion: Occasion
    answers: Answers


class RowReader:
    """Reads the rows of one table."""

    def __init__(self, layout: Layout, instrument: Instrument, calendar: Calendar) -> None:
        self._layout = layout
        self._instrument = instrument
        self._calendar = calendar
        self._width = len(layout.header)
        self._cells = [
            (index, AnswerCell(item, layout.name(index), offered_by(instrument, item)))
            for item, index in layout.items
        ]
        scored = {item.id for item in instrument.scored_items}
        self._scored = [place for place, (item, _) in enumerate(layout.items) if item in scored]
        self._adds_up = is_plain_sum(instrument)
        self._totals: dict[str, Fraction | None] = {}
        self.totals_checked = 0

    def read(self, line: int, cells: list[str]) -> Row | None:
        """The row; None where nothing was answered. Raises ``Wrong``."""
        if len(cells) != self._width:
            raise Wrong(f"has {len(cells)} columns where the header has {self._width}")
        layout = self._layout
        identifier = self._at(layout.identifier, cells, read_identifier)
        occasion = self._at(layout.occasion, cells, self._calendar.read)
        answers = tuple(
            [
                cell.known[text] if (text := cells[index]) in cell.known else cell.read(text)
                for index, cell in self._cells
            ]
        )
        if layout.total is not None:
            self._check_total(layout.total, cells, answers)
        if answers.count(None) == len(answers):
            return None
        return Row(line, identifier, occasion, answers)

    def _at(self, index: int, cells: list[str], read: Callable[[str], T]) -> T:
        try:
            return read(cells[index])
        except Wrong as wrong:
            wrong.column = self._layout.name(index)
            raise

    def _check_total(self, index: int, cells: list[str], answers: Answers) -> None:
        """The total must be the sum of what was answered, or what the instrument's own scoring gives."""
        text = cells[index]
        if text in self._totals:
            given = self._totals[text]
        else:
            given = self._at(index, cells, read_total)
            if len(self._totals) < AnswerCell.REMEMBERED:
                self._totals[text] = given
        if given is None:
            return
        self.totals_checked += 1
        answered = [answers[place] for place in self._scored if answers[place] is not None]
        total = sum(answered)  # type: ignore[arg-type]  # the missing ones are left out
        if self._adds_up and total == given:
            return
        result = score(self._instrument, self.as_given(answers))
        if result.total is not None and Fraction(str(result.total)) == given:
            return
        expected = (
            result.total if result.status == "complete" else f"{total} as answered, {result.total} prorated"
        )
        raise Wrong(f"disagrees with the answers, which give {expected}", self._layout.name(index), text)

    def as_given(self, answers: Answers) -> dict[str, int]:
        """The answers that were given, by item."""
        return given_answers(self._layout, answers)


def given_answers(layout: Layout, answers: Answers) -> dict[str, int]:
    """The answers that were given, by item; what was left out is left out."""
    return {
        item: answer for (item, _), answer in zip(layout.items, answers, strict=True) if answer is not None
    }


def offered_by(instrument: Instrument, item: str) -> list[int]:
    """The numbers that can be answered to an item; instruments that are answered in words have no such table."""
    values = [response.value for response in instrument.item(item).responses]
    whole = [value for value in values if type(value) is int]
    if len(whole) < len(values):
        raise BadInput(f"{instrument.name} is not answered in numbers, so it can't come from such a table.")
    return whole


def is_plain_sum(instrument: Instrument) -> bool:
    """Whether the total is nothing but the sum of the scored items."""
    step = next(step for step in instrument.steps if step.name == instrument.total)
    return step.op == "sum" and set(step.of) == {item.id for item in instrument.scored_items}
