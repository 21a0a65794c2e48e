"""The answers of a table, checked and made ready: whole numbers where nothing is missing, floats where something is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from upwell.base.errors import BadInput
from upwell.knowledge.instrument import Instrument, Item
from upwell.science.scoring.columns import Column, Columns, Mask
from upwell.science.scoring.form import GIVEN

CONTEXT = ("context.sex", "context.age_years")  # a table has none: what rests on it stays unknown
Table = npt.NDArray[np.generic]


def names_of(instrument: Instrument, table: Table, items: Sequence[str] | None) -> list[str]:
    """The item of each column; raises ``BadInput`` for what is no table of this instrument."""
    if instrument.one_of or any(item.asked_when for item in instrument.items):
        raise BadInput(
            f"{instrument.name} has questions that depend on each other: score it form by form.",
            path="instrument",
        )
    if len(table.shape) != len(("rows", "columns")) or not np.issubdtype(table.dtype, np.number):
        raise BadInput(
            "The answers must be a table of numbers: one row a form, one column an item.", path="answers"
        )
    scored = [item.id for item in instrument.scored_items]
    known = [item.id for item in instrument.items]
    fitting = (one for one in (known, scored) if len(one) == table.shape[1])
    names = list(items) if items is not None else next(fitting, known)
    for name in names:
        if name not in known or names.count(name) > 1:
            raise BadInput(f"{instrument.name} has no item “{name}”, or it is named twice.", path=str(name))
    if len(names) != table.shape[1]:
        raise BadInput(
            f"{instrument.name} has {len(known)} items ({len(scored)} scored); the table has"
            f" {table.shape[1]} columns.",
            path="answers",
        )
    return names


@dataclass(frozen=True, slots=True)
class Offer:
    """The answers of an item that are numbers, and what each counts as; those that count as themselves in ``plain``."""

    counts: Mapping[float, float]
    plain: tuple[int, ...]  # whole, in their order
    has_scale: bool

    @classmethod
    def of(cls, item: Item) -> Offer:
        counts = {
            float(one.value): np.nan if one.counts_as is None else float(one.counts_as)
            for one in item.responses
            if isinstance(one.value, int | float) and not isinstance(one.counts_as, str)
        }
        plain = sorted(int(one) for one, counted in counts.items() if one == counted == int(one))
        return cls(counts, tuple(plain), item.scale is not None)


Offers = Mapping[str, Offer]


def whole_answers(
    instrument: Instrument, table: Table, names: Sequence[str], offers: Offers
) -> tuple[Columns, Mask]:
    """The columns as small whole numbers, and the rows for which they are all that there is.

    The other rows hold a gap, a half step, or what is not offered; their numbers here mean nothing.
    """
    blank = np.full(len(table), np.nan, np.float32)
    columns: Columns = {}
    for item in instrument.items:
        columns[item.id], columns[GIVEN + item.id] = blank, blank
    if any(item.scored and item.id not in names for item in instrument.items):
        return columns, np.zeros(len(table), np.bool_)
    with np.errstate(invalid="ignore"):
        as_whole = table.astype(np.int8)
    # Through memory in its own order: a column of the table is never read by itself.
    is_whole: Mask = np.asarray(np.ascontiguousarray((as_whole == table).T).all(axis=0))
    codes = np.ascontiguousarray(as_whole.T)
    for place, name in enumerate(names):
        is_whole &= _is_plain(offers[name], codes[place])
        columns[name] = codes[place]
    return columns, is_whole


def _is_plain(offer: Offer, codes: npt.NDArray[np.int8]) -> Mask:
    """Where an answer is offered, and counts as itself."""
    plain = offer.plain
    if offer.has_scale or not plain:
        return np.zeros(len(codes), np.bool_)
    low, high = plain[0], plain[-1]
    found: Mask = np.asarray((codes >= low) & (codes <= high))
    if len(plain) <= high - low:  # not every whole number between them
        found &= np.isin(codes, plain)
    return found


def with_gaps(
    instrument: Instrument, table: Table, names: Sequence[str], offers: Offers, rows: npt.NDArray[np.intp]
) -> Columns:
    """The columns of some rows as floats, checked, as their values count. ``rows`` are their places, for errors."""
    blank = np.full(len(table), np.nan)
    columns: Columns = {}
    for item in instrument.items:
        place = names.index(item.id) if item.id in names else None
        offer = offers[item.id]
        found = (blank, blank) if place is None else _column(instrument, item, offer, table[:, place], rows)
        columns[item.id], columns[GIVEN + item.id] = found
    return columns


def _column(
    instrument: Instrument, item: Item, offer: Offer, given: Table, rows: npt.NDArray[np.intp]
) -> tuple[Column, Column]:
    """One column as its values count, and beside it what was given where that is another."""
    values, counts = given.astype(np.float64), offer.counts
    wrong = _not_offered(item, values, counts)
    if wrong.any():
        place = int(np.argmax(wrong))
        raise BadInput(
            f"{instrument.name} item {item.id}, row {rows[place] + 1}: {values[place]:g} is not offered.",
            path=f"{rows[place]}.{item.id}",
        )
    given_as = np.full(len(values), np.nan)
    changed = {value: as_what for value, as_what in counts.items() if as_what != value}
    places = {value: values == value for value in changed}
    for value, as_what in changed.items():
        given_as[places[value]] = value
        values[places[value]] = as_what
    return values, given_as


def _not_offered(item: Item, values: Column, counts: Mapping[float, float]) -> Mask:
    if item.scale is not None:
        beyond: Mask = (values < item.scale.minimum) | (values > item.scale.maximum)
        return beyond
    wrong: Mask = ~np.isnan(values)
    for value in counts:
        wrong &= values != value
    return wrong
