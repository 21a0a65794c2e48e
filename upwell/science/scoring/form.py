"""A form as it was filled in: answers read, skips followed, what is still to be asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from upwell.base.errors import BadInput
from upwell.knowledge.instrument import Instrument
from upwell.science.scoring.answers import check_answer, check_context, refuse_unknown
from upwell.science.scoring.compiled import Compiled, ready
from upwell.science.scoring.values import Value

GIVEN = "given."
MISSING_COUNT = "answers.missing"


@dataclass(slots=True)
class Form:
    """``values``: each item as it is scored, None where there is no value; ``missing``: what is to be asked.

    ``values`` also holds under ``given.`` the answers that stand for another value or for none.
    """

    values: dict[str, Value]
    missing: tuple[str, ...]
    not_applicable: tuple[str, ...]
    blocks_total: bool


def read_form(compiled: Compiled, answers: Mapping[str, Any], context: Mapping[str, Any] | None) -> Form:
    """Check the answers and follow the skips; raises ``BadInput`` with the path of what can't be."""
    values: dict[str, Value] = {}
    not_applicable: list[str] = []
    blocks_total = False
    for one in compiled.items:
        value = answers.get(one.id)
        if value is None or (type(value) is int and value in one.whole_numbers):
            values[one.id] = value
            continue
        chosen = check_answer(compiled.instrument, one.item, value)
        values[one.id] = counted = chosen.counts_as
        if counted is not chosen.value:
            values[GIVEN + one.id] = chosen.value
        if chosen.not_applicable:
            not_applicable.append(one.id)
            blocks_total = blocks_total or counted is None
    if not answers.keys() <= compiled.item_ids:
        refuse_unknown(compiled.instrument, answers)
    if context:
        values.update(check_context(context))
    for contradiction, holds in compiled.contradictions:
        if holds(values):
            raise BadInput(contradiction.message, path=contradiction.item)
    blank = [item_id for item_id in compiled.scored_ids if values[item_id] is None]
    if blank:
        blank = [item_id for item_id in _expected(compiled, values, blank) if item_id not in not_applicable]
    values[MISSING_COUNT] = len(blank)
    return Form(values, tuple(blank), tuple(not_applicable), blocks_total)


def _expected(compiled: Compiled, values: dict[str, Value], blank: list[str]) -> list[str]:
    """Those of the blank items that should have been answered; skipped ones get what a skip counts as."""
    if not compiled.has_skips:
        return blank
    asked = _asked(compiled, values)
    for one in compiled.items:
        if asked[one.id] is False and values[one.id] is None:
            values[one.id] = one.item.when_skipped
    settled = {name for group in compiled.groups if _answered(group, values) for name in group}
    return [name for name in blank if asked[name] and name not in settled]


def _asked(compiled: Compiled, values: Mapping[str, Value]) -> dict[str, bool | None]:
    """Whether each item is asked, by the answers given; None where that is not known yet."""
    return {one.id: True if one.asked_when is None else one.asked_when(values) for one in compiled.items}


def _answered(group: tuple[str, ...], values: Mapping[str, Value]) -> bool:
    return any(values[name] is not None for name in group)


def asked_items(
    instrument: Instrument, answers: Mapping[str, Any], context: Mapping[str, Any] | None = None
) -> dict[str, bool | None]:
    """Which questions a form shows next, by the answers so far: yes, no, or not known yet (None)."""
    compiled = ready(instrument)
    return _asked(compiled, read_form(compiled, answers, context).values)
