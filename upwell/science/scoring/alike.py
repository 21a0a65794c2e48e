"""Forms that no rule of an instrument can tell apart, in a large table: one of each kind is scored, the rest share it.

A million PHQ-9 differ in far less than their answers: in their sum, how many symptoms count, how many blanks there
are, and in what single items say that a rule looks at. Each answer adds its share to the **key** of its form, and
whoever has the same key gets the same scores. What a key must tell is read from the instrument's steps and
conditions; where that is too much for a table of keys, every form is scored by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
import numpy.typing as npt

from upwell.knowledge.instrument import Condition, Instrument
from upwell.science.scoring.columns import Book, condition_of
from upwell.science.scoring.table_answers import Offers, Table
from upwell.science.scoring.threads import OF_A_THREAD, in_threads

Keys = npt.NDArray[np.intp]
Shares = npt.NDArray[np.intp]  # shape (columns, states): what an answer of a column adds

MOST_KEYS = int(np.iinfo(np.uint16).max) * np.iinfo(np.uint16).bits
MOST_OF_A_GROUP = int(np.iinfo(np.uint16).max)  # answers of some columns together
ROOM = np.finfo(np.float64).nmant  # bits of a whole number in a float
# Answers at a time: so many that others get their turn seldom, so few that they stay near the processor, and that
# the matrix product takes no threads of its own.
AT_ONCE = OF_A_THREAD * np.dtype(np.float32).itemsize


@dataclass(frozen=True, slots=True)
class Telling:
    """How the key of a form is had from its answers. ``count`` keys; that number itself says: look at it alone."""

    low: int
    high: int
    count: int
    weights: npt.NDArray[
        np.float64
    ]  # brings the answers of a row into one whole number: groups of columns, side by side
    bits: int  # of a group
    groups: tuple[Shares, ...]  # for each, what its answers add to the key

    def keys(self, table: Table, of_each: Keys) -> Keys:
        """The key of every row; ``of_each`` takes one row of each key."""
        found, rows = np.empty(len(table), np.intp), AT_ONCE // len(self.weights)

        def work(part: slice) -> None:
            for start in range(part.start, part.stop, rows):
                here = slice(start, min(start + rows, part.stop))
                self._find(np.ascontiguousarray(table[here], np.float64), found[here])
                of_each[found[here]] = np.arange(here.start, here.stop)

        in_threads(work, len(table))
        return found

    def _find(self, rows: npt.NDArray[np.float64], found: Keys) -> None:
        """The keys of a few rows; where one holds what is no whole answer, all are to be looked at alone."""
        with np.errstate(invalid="ignore", over="ignore"):
            whole, codes = rows.astype(np.int8), rows @ self.weights
        gaps = np.flatnonzero(np.isnan(codes))
        filled = rows.take(gaps, axis=0)
        blank = np.isnan(filled)
        same = np.count_nonzero(whole == rows) + np.count_nonzero(blank)
        if same < rows.size or whole.min() < self.low or whole.max() > self.high:
            found[:] = self.count
            return
        np.putmask(filled, blank, self.high + 1)
        codes[gaps] = filled @ self.weights
        self._look_up(codes.astype(np.intp), found)

    def _look_up(self, codes: Keys, found: Keys) -> None:
        if self.low:
            codes -= self.low * int(self.weights.sum())
        last = (1 << self.bits) - 1
        self.groups[0].take(codes & last, out=found, mode="clip")
        for group in self.groups[1:]:
            codes >>= self.bits
            found += group.take(codes & last)
        np.minimum(found, self.count, out=found)


def telling(instrument: Instrument, names: Sequence[str], offers: Offers) -> Telling | None:
    """What tells the forms of a table with these columns apart; none where that is too much, or not sure."""
    plain = [one for name in names for one in offers[name].plain]
    scored = {item.id for item in instrument.scored_items}
    if not scored <= set(names) or any(offers[name].has_scale or not offers[name].plain for name in names):
        return None
    if instrument.missing.handling == "mean-substitution" and any(
        step.imputation and step.at_least_for for step in instrument.steps
    ):
        return None
    low, high = min(0, *plain), max(0, *plain)
    states = np.append(np.arange(low, high + 1, dtype=np.float64), np.nan)
    share, count = np.zeros((len(names), len(states)), np.intp), 1
    for told in _told(instrument, names, states):
        share, count = share + told * count, count * (int(told.max(axis=1).sum()) + 1)
    for place, name in enumerate(names):
        share[place, ~np.isnan(states) & ~np.isin(states, offers[name].plain)] = count
    return _grouped(share, low, high, count)


def _grouped(share: Shares, low: int, high: int, count: int) -> Telling | None:
    columns, states = share.shape
    in_one = int(np.log(MOST_OF_A_GROUP) / np.log(states))
    groups = np.array_split(np.arange(columns), -(-columns // max(in_one, 1)))
    bits = int(states ** len(groups[0]) - 1).bit_length()
    if count > MOST_KEYS or not in_one or bits * len(groups) > ROOM:
        return None
    weights = [
        float(states**place << bits * n) for n, group in enumerate(groups) for place in range(len(group))
    ]
    added = (reduce(np.add.outer, share[group[::-1]]).ravel() for group in groups)
    return Telling(low, high, count, np.array(weights), bits, tuple(added))


def _told(instrument: Instrument, names: Sequence[str], states: npt.NDArray[np.float64]) -> list[Shares]:
    """What the rules look at, each once: for every column and answer a whole number, to be added up over a form."""
    blank, value = np.isnan(states), np.nan_to_num(states, nan=states[0]) - states[0]
    scored = [item.id for item in instrument.scored_items]
    found: list[Mapping[str, Any]] = [dict.fromkeys(scored, blank)]
    if instrument.missing.handling == "mean-substitution":
        found.append(dict.fromkeys(scored, value))
    for step in instrument.steps:
        items = [name for name in step.of if name in names]
        if step.op in ("sum", "mean"):
            found += [dict.fromkeys(items, blank), dict.fromkeys(items, value)]
        elif step.op == "count":
            own = step.at_least_for or {}
            found += [
                dict.fromkeys(items, blank),
                {name: states >= own.get(name, step.at_least or 0) for name in items},
            ]
        else:  # which of them says what may matter
            found += [{name: np.arange(len(states))} for name in items]
    found += _by_conditions(instrument, names, states)
    tables = []
    for shares in found:
        tables.append(np.zeros((len(names), len(states)), np.intp))
        for name, share in shares.items():
            tables[-1][names.index(name)] = share
    return list({table.tobytes(): table for table in tables}.values())


def _by_conditions(
    instrument: Instrument, names: Sequence[str], states: npt.NDArray[np.float64]
) -> Iterator[Mapping[str, Any]]:
    """The answers that no condition tells apart are one."""
    conditions = [row.when for step in instrument.steps for row in step.rows]
    leaves = [
        leaf for one in [*conditions, *(flag.when for flag in instrument.flags)] for leaf in _leaves(one)
    ]
    book = Book.of(instrument)
    for name in names:
        judged = [condition_of(leaf, {name: states}, book) for leaf in leaves if name in leaf.names()]
        if judged:
            seen = np.stack([side for one in judged for side in (one.true, one.false)])
            yield {name: np.unique(seen, axis=1, return_inverse=True)[1].ravel()}


def _leaves(condition: Condition) -> Iterator[Condition]:
    parts = (*condition.all, *condition.any, *((condition.negated,) if condition.negated else ()))
    if not parts:
        yield condition
    for part in parts:
        yield from _leaves(part)
