"""Scores a whole table of answers in one call, column by column: a million forms for a registry or a study.

It runs the same steps of the same data as ``score``, and gives the same totals, bands, algorithms and flags; it writes
no sentences. Instruments whose questions depend on each other are scored form by form.

Forms without a gap are scored as small whole numbers, all at once; the others beside them, with gaps.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any

import numpy as np
import numpy.typing as npt

from upwell.knowledge.instrument import Instrument, Scalar, Step
from upwell.science.scoring.columns import (
    Book,
    Column,
    Columns,
    Mask,
    condition_of,
    outcomes,
    run_steps,
    unknown,
)
from upwell.science.scoring.form import MISSING_COUNT
from upwell.science.scoring.table_answers import (
    CONTEXT,
    Offer,
    Offers,
    Table,
    names_of,
    whole_answers,
    with_gaps,
)

UNKNOWN = -1
AT_ONCE = int(np.iinfo(np.uint16).max)  # rows


@dataclass(frozen=True, slots=True)
class Words:
    """A column of words: ``labels[codes[i]]`` for row i, and none where the code is -1."""

    codes: npt.NDArray[np.int8]
    labels: tuple[Scalar, ...]

    def at(self, row: int) -> Scalar | None:
        """The word of one row."""
        code = int(self.codes[row])
        return None if code == UNKNOWN else self.labels[code]


@dataclass(frozen=True, slots=True)
class TableScores:
    """The scores of n forms. Shapes are (n,); totals and subscales are NaN where there is none."""

    status: Words
    total: npt.NDArray[np.float64]
    band: Words
    subscales: Mapping[str, npt.NDArray[np.float64]]
    algorithms: Mapping[str, Words]
    flags: Mapping[str, Mask]
    missing: npt.NDArray[np.int16]

    def put(self, rows: npt.NDArray[np.intp], others: TableScores) -> None:
        """Put other scores in the place of these rows."""
        for mine, theirs in zip(self._arrays(), others._arrays(), strict=True):
            mine[rows] = theirs

    @classmethod
    def joined(cls, parts: Sequence[TableScores]) -> TableScores:
        """Parts of a table, one after the other."""
        first, taken = parts[0], zip(*(one._arrays() for one in parts), strict=True)
        arrays = (np.concatenate(found) for found in taken)
        words = [
            Words(next(arrays), one.labels) for one in (first.status, first.band, *first.algorithms.values())
        ]
        total, missing = next(arrays), next(arrays)
        return cls(
            status=words[0],
            total=total,
            band=words[1],
            missing=missing,
            subscales={key: next(arrays) for key in first.subscales},
            flags={key: next(arrays) for key in first.flags},
            algorithms=dict(zip(first.algorithms, words[len((first.status, first.band)) :], strict=True)),
        )

    def _arrays(self) -> list[npt.NDArray[Any]]:
        words = [self.status, self.band, *self.algorithms.values()]
        found: list[npt.NDArray[Any]] = [one.codes for one in words]
        return [*found, self.total, self.missing, *self.subscales.values(), *self.flags.values()]


def score_table(
    instrument: Instrument, answers: npt.ArrayLike, items: Sequence[str] | None = None
) -> TableScores:
    """Score every row of ``answers``.

    Parameters
    ----------
    instrument
        One whose questions do not depend on each other.
    answers
        Shape (n, k), numbers; NaN for unanswered, 1 and 0 for yes and no.
    items
        The ids of the k columns; all items of the instrument in their order, or all that are scored, where not given.

    Raises
    ------
    BadInput
        For an instrument with skips, an unknown item, a wrong shape, or an answer that is not offered (row and item).
    """
    table = np.asarray(answers)
    names, book = names_of(instrument, table, items), Book.of(instrument)
    starts = range(0, max(len(table), 1), AT_ONCE)
    offers = {item.id: Offer.of(item) for item in instrument.items}
    parts = [
        _part(instrument, table[start : start + AT_ONCE], names, offers, book, start) for start in starts
    ]
    return parts[0] if len(parts) == 1 else TableScores.joined(parts)


def _part(
    instrument: Instrument, table: Table, names: Sequence[str], offers: Offers, book: Book, start: int
) -> TableScores:
    """So many rows that their columns stay near the processor."""
    columns, is_whole = whole_answers(instrument, table, names, offers)
    found = _scored(instrument, columns, len(table), book)
    if len(rows := np.flatnonzero(~is_whole)):
        others = with_gaps(instrument, table[rows], names, offers, rows + start)
        found.put(rows, _scored(instrument, others, len(rows), book))
    return found


def _scored(instrument: Instrument, columns: Columns, count: int, book: Book) -> TableScores:
    columns |= {name: np.full(count, np.nan, np.float32) for name in CONTEXT}
    scored, missing = [item.id for item in instrument.scored_items], np.zeros(count, np.int16)
    for name in scored:
        if (gap := unknown(columns[name])) is not None:
            missing += gap
    columns[MISSING_COUNT] = missing
    run_steps(instrument, columns, book)
    filled = _filled_in(instrument, columns, scored, missing, book)
    rule = instrument.missing
    labels = ("complete", "imputed", rule.otherwise)
    _complete, imputed, otherwise = range(len(labels))
    total = _total(instrument, filled, count)
    status = np.where(missing > 0, np.int8(otherwise), np.int8(0))
    if rule.handling == "mean-substitution":
        status[(missing > 0) & (missing <= rule.allowed)] = imputed
    elif rule.handling == "max-over-answered":
        status[(missing > 0) & ~np.isnan(total)] = imputed
    total[status == otherwise] = np.nan
    if rule.rounding and missing.any():
        total = np.where(status == imputed, _half_up(total), total)
    whole = missing == 0
    return TableScores(
        status=Words(status, labels),
        total=total,
        band=_bands(
            instrument, filled[instrument.total] if instrument.total and not missing.any() else total
        ),
        subscales={key: filled[step].astype(np.float64) for key, step in instrument.subscales.items()},
        algorithms={
            one.id: _words(_step(instrument, one.step), columns, book, whole if one.needs_all_items else None)
            for one in instrument.algorithms
        },
        flags={flag.id: condition_of(flag.when, columns, book).true for flag in instrument.flags},
        missing=missing,
    )


def _total(instrument: Instrument, filled: Mapping[str, Column], count: int) -> npt.NDArray[np.float64]:
    return np.full(count, np.nan) if instrument.total is None else filled[instrument.total].astype(np.float64)


def _filled_in(
    instrument: Instrument, columns: Columns, scored: Sequence[str], missing: Column, book: Book
) -> Columns:
    """Give each blank the mean of the answered items, where the rule allows it, and run the steps for them again."""
    rule = instrument.missing
    rows = np.flatnonzero((missing > 0) & (missing <= rule.allowed))
    if rule.handling != "mean-substitution" or not len(rows):
        return columns
    part, answered = {name: columns[name][rows] for name in scored}, len(scored) - missing[rows]
    blanks = {name: np.isnan(column) for name, column in part.items()}
    known = reduce(add, (np.where(blanks[name], 0, column) for name, column in part.items()))
    mean = known / answered
    for name, blank in blanks.items():
        part[name][blank] = mean[blank]
    part |= {name: columns[name][rows] for name in _needed(instrument, columns) if name not in part}
    run_steps(instrument, part, book, only_imputed=True)
    filled = dict(columns)
    for step in instrument.steps:
        if step.imputation:
            filled[step.name] = columns[step.name].astype(np.float64)
            filled[step.name][rows] = part[step.name]
    return filled


def _needed(instrument: Instrument, columns: Columns) -> Iterable[str]:
    """What the steps over filled-in items are worked out of; a decision may look at anything."""
    steps = [step for step in instrument.steps if step.imputation]
    if any(step.op == "decide" for step in steps):
        return columns
    return {name for step in steps for name in step.of} - {step.name for step in steps}


def _half_up(total: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    whole = np.floor(total)
    rounded: npt.NDArray[np.float64] = whole + (total - whole >= whole + 1 - total)
    return rounded


def _bands(instrument: Instrument, total: Column) -> Words:
    """A half step belongs to the band below it."""
    codes = np.full(len(total), UNKNOWN, np.int8)
    for band in instrument.bands:
        codes += total >= band.low
    return Words(codes, tuple(band.id for band in instrument.bands))


def _step(instrument: Instrument, name: str) -> Step:
    return next(step for step in instrument.steps if step.name == name)


def _words(step: Step, columns: Mapping[str, Column], book: Book, where: Mask | None) -> Words:
    """The outcomes of a decision as words."""
    column, labels = columns[step.name], outcomes(step)
    codes = np.full(len(column), UNKNOWN, np.int8)
    for code, label in enumerate(labels):
        here = column == np.float32(book.number(label))
        codes += (here if where is None else here & where) * np.int8(code - UNKNOWN)
    return Words(codes, tuple(labels))
