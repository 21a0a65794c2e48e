"""What single cells say: an answer, a total, a week, who it is about. ``Wrong`` says what a cell can't be."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from upwell.exchange.scores.columns import usual_names
from upwell.exchange.scores.refusals import Wrong

LONGEST_IDENTIFIER = 100
MOST_WEEKS = 5_200  # a hundred years: more is a slip, and would reach beyond the calendar
_WHOLE = re.compile(r"([0-9]{1,9})(?:\.0*)?", re.ASCII)  # spreadsheets write 2 as 2.0 once a cell is blank
_NUMBER = re.compile(r"[0-9]{1,9}(?:\.[0-9]{0,9})?", re.ASCII)


def is_missing(text: str) -> bool:
    """Whether a cell says that there is no answer (blank, NA)."""
    return text.strip().casefold() in usual_names()["missing"]


def read_identifier(text: str) -> str:
    """Who a row is about, as the source calls them."""
    identifier = text.strip()
    if is_missing(identifier):
        raise Wrong("is empty, so nobody knows whom the row is about")
    if len(identifier) > LONGEST_IDENTIFIER or not identifier.isprintable():
        raise Wrong(
            f"is no identifier: longer than {LONGEST_IDENTIFIER} signs, or with unprintable ones", found=text
        )
    return identifier


def read_week(text: str) -> int:
    """The number of a week, counted from 1."""
    if is_missing(text):
        raise Wrong("is empty; every row needs its week")
    found = _WHOLE.fullmatch(text.strip())
    week = int(found[1]) if found else 0
    if not 1 <= week <= MOST_WEEKS:
        raise Wrong(f"must be a whole number of weeks from 1 to {MOST_WEEKS}", found=text)
    return week


def read_total(text: str) -> Fraction | None:
    """A total as the table gives it, exactly."""
    if is_missing(text):
        return None
    if not _NUMBER.fullmatch(text.strip()):
        raise Wrong("is not a number, so it can't be the total", found=text)
    return Fraction(text.strip().rstrip("."))


class AnswerCell:
    """Reads the answers of one column; spellings that it has met are remembered."""

    REMEMBERED = 200

    def __init__(self, item: str, name: str, offered: Sequence[int]) -> None:
        self.name = name
        self._item = item
        self._offered = frozenset(offered)
        self.known: dict[str, int | None] = {str(value): value for value in offered} | {"": None}

    def read(self, text: str) -> int | None:
        """The answer; None where there is none."""
        if is_missing(text):
            value = None
        else:
            found = _WHOLE.fullmatch(text.strip())
            value = int(found[1]) if found else None
            if value not in self._offered:
                choices = ", ".join(str(one) for one in sorted(self._offered))
                raise Wrong(
                    f"is no answer to item {self._item}: it must be one of {choices}", self.name, text
                )
        if len(self.known) < self.REMEMBERED:
            self.known[text] = value
        return value
