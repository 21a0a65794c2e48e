"""Scores a whole table of answers in one call, column by column: a million forms for a registry or a study.

It runs the same steps of the same data as ``score``, and gives the same totals, bands, algorithms and flags; it writes
no sentences. Instruments whose questions depend on each other are scored form by form.

Forms that no rule can tell apart are scored once (``alike``). Of what is scored, forms without a gap go as small whole
numbers, all at once; the others beside them, with gaps.
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
from upwell.science.scoring.alike import Keys, telling
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
from upwell.science.scoring.threads import in_threads

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
        taken = zip(*(one._arrays() for one in parts), strict=True)
        return parts[0]._of([np.concatenate(found) for found in taken])

    def shared(self, kinds: Keys, keys: Keys, alone: Keys) -> TableScores:
        """Give these scores, one for each of these keys, to all forms with that key; the last are those of single rows.

        They lie side by side for each form, so that a form's are fetched in one go.
        """
        arrays = self._arrays()
        side_by_side = np.dtype([(str(n), one.dtype) for n, one in enumerate(arrays)], align=True)
        mine, given = np.empty(len(self.total), side_by_side), np.empty(len(keys), side_by_side)
        for name, one in zip(side_by_side.names or (), arrays, strict=True):
            mine[name] = one
        by_key = np.empty(keys.max(initial=0) + 1, side_by_side)
        by_key[kinds] = mine[: len(kinds)]
        in_threads(lambda part: by_key.take(keys[part], out=given[part], mode="clip"), len(keys))
        given[alone] = mine[len(kinds) :]
        return self._of([given[name] for name in side_by_side.names or ()])

    def _arrays(self) -> list[npt.NDArray[Any]]:
        """All of them, the wide ones first."""
        words = [self.status, self.band, *self.algorithms.values()]
        codes = (one.codes for one in words)
        return [self.total, *self.subscales.values(), self.missing, *codes, *self.flags.values()]

    def _of(self, arrays: Sequence[npt.NDArray[Any]]) -> TableScores:
        """The same names for other arrays."""
        found = iter(arrays)
        return TableScores(
            total=next(found),
            subscales={key: next(found) for key in self.subscales},
            missing=next(found),
            status=Words(next(found), self.status.labels),
            band=Words(next(found), self.band.labels),
            algorithms={key: Words(next(found), one.labels) for key, one in self.algorithms.items()},
            flags={key: next(found) for key in self.flags},
        )


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
    offers = {item.id: Offer.of(item) for item in instrument.items}

    def one_by_one(rows: Keys) -> TableScores:
        starts = range(0, max(len(rows), 1), AT_ONCE)
        parts = [
            _part(instrument, table, names, offers, book, rows[start : start + AT_ONCE]) for start in starts
        ]
        return parts[0] if len(parts) == 1 else TableScores.joined(parts)

    told = telling(instrument, names, offers)
    if told is None:
        return one_by_one(np.arange(len(table)))
    of_each = np.full(told.count + 1, UNKNOWN, np.intp)
    keys = told.keys(table, of_each)
    kinds, alone = np.flatnonzero(of_each[:-1] != UNKNOWN), np.flatnonzero(keys == told.count)
    return one_by_one(np.concatenate([of_each[kinds], alone])).shared(kinds, keys, alone)


def _part(
    instrument: Instrument, table: Table, names: Sequence[str], offers: Offers, book: Book, rows: Keys
) -> TableScores:
    """So many rows that their columns stay near the processor."""
    answers = table[rows]
    columns, is_whole = whole_answers(instrument, answers, names, offers)
    found = _scored(instrument, columns, len(answers), book)
    if len(others := np.flatnonzero(~is_whole)):
        with_blanks = with_gaps(instrument, answers[others], names, offers, rows[others])
        found.put(others, _scored(instrument, with_blanks, len(others), book))
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
