"""An instrument made ready to score many answers: conditions and steps turned into functions, once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from upwell.knowledge.instrument import Band, Contradiction, Flag, Instrument, Item, Scalar
from upwell.science.scoring.conditions import Predicate, compile_condition
from upwell.science.scoring.imputation import IMPUTATIONS, Fill
from upwell.science.scoring.operations import OPERATIONS
from upwell.science.scoring.values import ROUNDING, Evaluate, Number


@dataclass(frozen=True, slots=True)
class CompiledItem:
    """One item with its whole-number answers at hand, which is the common case."""

    id: str
    item: Item
    whole_numbers: frozenset[int]
    asked_when: Predicate | None


@dataclass(frozen=True, slots=True)
class CompiledStep:
    """One step; ``on_imputed`` says that it may look at filled-in items."""

    name: str
    evaluate: Evaluate
    on_imputed: bool


@dataclass(frozen=True, slots=True)
class Compiled:
    """An instrument, ready to score."""

    instrument: Instrument
    items: tuple[CompiledItem, ...]
    item_ids: frozenset[str]
    scored_ids: tuple[str, ...]
    unscored_ids: tuple[str, ...]
    groups: tuple[tuple[str, ...], ...]
    has_skips: bool
    contradictions: tuple[tuple[Contradiction, Predicate], ...]
    steps: tuple[CompiledStep, ...]
    flags: tuple[tuple[Flag, Predicate], ...]
    fill: Fill | None
    rounding: Any
    bands: dict[Number, Band]

    def band_of(self, total: int | float) -> Band | None:
        """The band of a total; whole totals are looked up, others searched."""
        return self.bands.get(total) or self.instrument.band_of(total)


_READY: dict[str, Compiled] = {}


def ready(instrument: Instrument) -> Compiled:
    """The compiled instrument; made once per version."""
    found = _READY.get(instrument.version)
    if found is None:
        found = _READY[instrument.version] = compile_instrument(instrument)
    return found


def compile_instrument(instrument: Instrument) -> Compiled:
    """Turn the data of an instrument into functions."""
    missing = instrument.missing
    return Compiled(
        instrument=instrument,
        items=tuple(_item(item) for item in instrument.items),
        item_ids=frozenset(item.id for item in instrument.items),
        scored_ids=tuple(item.id for item in instrument.scored_items),
        unscored_ids=tuple(item.id for item in instrument.items if not item.scored),
        groups=tuple(group.items for group in instrument.one_of),
        has_skips=bool(instrument.one_of) or any(item.asked_when for item in instrument.items),
        contradictions=tuple((one, compile_condition(one.when)) for one in instrument.contradictions),
        steps=tuple(
            CompiledStep(step.name, OPERATIONS[step.op](step), step.imputation) for step in instrument.steps
        ),
        flags=tuple((flag, compile_condition(flag.when)) for flag in instrument.flags),
        fill=IMPUTATIONS.get(missing.handling),
        rounding=ROUNDING[missing.rounding] if missing.rounding else None,
        bands=_bands_by_total(instrument),
    )


def _item(item: Item) -> CompiledItem:
    asked_when = None if item.asked_when is None else compile_condition(item.asked_when)
    return CompiledItem(item.id, item, frozenset(_whole(item)), asked_when)


def _whole(item: Item) -> list[int]:
    """The whole numbers that count as themselves; all other answers take the longer way."""
    values: list[Scalar] = [one.value for one in item.responses if one.counts_as is one.value]
    return [value for value in values if type(value) is int]


def _bands_by_total(instrument: Instrument) -> dict[Number, Band]:
    return {
        total: band
        for band in instrument.bands
        for total in range(int(band.low), int(band.high) + 1)
        if band.low <= total
    }
