"""Scores an instrument: reads the form, runs steps, names the band, raises flags, says it plainly."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from upwell.knowledge.instrument import Instrument, Scalar
from upwell.science.scoring.compiled import Compiled, ready
from upwell.science.scoring.form import Form, read_form
from upwell.science.scoring.reading import Partial, Reading
from upwell.science.scoring.result import ScoreResult
from upwell.science.scoring.values import Value, plain_number
from upwell.science.scoring.wording import findings_for, plain_sentences

COMPLETE, IMPUTED, NOT_SCORABLE = "complete", "imputed", "not-scorable"
OVER_ANSWERED = "max-over-answered"


def score(
    instrument: Instrument, answers: Mapping[str, Any], context: Mapping[str, Any] | None = None
) -> ScoreResult:
    """Score one set of answers; raises ``BadInput`` with the path of an answer that can't be one.

    ``answers`` is item id to value, None or absent for unanswered. Pure.
    """
    compiled = ready(instrument)
    form = read_form(compiled, answers, context)
    values, missing = form.values, form.missing
    fill = missing if missing and len(missing) <= instrument.missing.allowed else ()
    filled = _run_steps(compiled, values, fill)
    status = _status(instrument, form, bool(fill), filled)
    total = _total(compiled, filled, status)
    reading = Reading(
        instrument=instrument,
        status=status,
        total=total,
        band=None if total is None else compiled.band_of(total),
        level=None if instrument.level is None else _word(values[instrument.level]),
        partial=_partial(instrument, values) if status == NOT_SCORABLE and not missing else None,
        algorithms={
            one.id: None if missing and one.needs_all_items else _outcome(values[one.step])
            for one in instrument.algorithms
        },
        flags=tuple([flag for flag, holds in compiled.flags if holds(values)]),
        missing=missing,
        not_applicable=form.not_applicable,
        item_ids=compiled.item_ids,
        scored_count=len(compiled.scored_ids),
        values=values,
    )
    unscored: dict[str, Any] = {key: values[key] for key in compiled.unscored_ids if values[key] is not None}
    subscales = {key: _number(filled[step]) for key, step in instrument.subscales.items()}
    return _result(reading, subscales, unscored)


def _status(instrument: Instrument, form: Form, is_filled: bool, filled: Mapping[str, Value]) -> str:
    """Complete, imputed, or why there is no total."""
    if not form.missing:
        return NOT_SCORABLE if form.blocks_total else COMPLETE
    if is_filled:
        return IMPUTED
    rule = instrument.missing
    bridged = rule.handling == OVER_ANSWERED and instrument.total and filled[instrument.total] is not None
    return IMPUTED if bridged and not form.blocks_total else rule.otherwise


def _run_steps(compiled: Compiled, values: dict[str, Value], to_fill: tuple[str, ...]) -> dict[str, Value]:
    """Run every step on the answers alone, and the steps that allow it on the filled-in answers too.

    ``values`` gains the outcomes that rest on answers only; what is returned also rests on filled-in items.
    """
    if not to_fill or compiled.fill is None:
        for step in compiled.steps:
            values[step.name] = step.evaluate(values)
        return values
    answered = [values[item_id] for item_id in compiled.scored_ids if values[item_id] is not None]
    filled = {**values, **dict.fromkeys(to_fill, compiled.fill(answered))}
    for step in compiled.steps:
        values[step.name] = step.evaluate(values)
        filled[step.name] = step.evaluate(filled) if step.on_imputed else values[step.name]
    return filled


def _total(compiled: Compiled, filled: Mapping[str, Value], status: str) -> int | float | None:
    name = compiled.instrument.total
    total = None if name is None else filled[name]
    if total is None or isinstance(total, str) or status not in (COMPLETE, IMPUTED):
        return None
    if status == IMPUTED and compiled.rounding is not None:
        total = compiled.rounding(total)
    return total if type(total) is int else plain_number(total)


def _partial(instrument: Instrument, values: Mapping[str, Value]) -> Partial | None:
    """The sum over the questions that do apply, and the highest it could be; without a band."""
    rule = instrument.partial
    total = None if rule is None else _number(values[rule.step])
    if rule is None or total is None:
        return None
    of = next(step.of for step in instrument.steps if step.name == rule.step)
    items = tuple(name for name in of if values[name] is not None)
    highest = sum(
        max(one.value for one in instrument.item(name).responses if isinstance(one.value, int | float))
        for name in items
    )
    return Partial(total, highest, items)


def _outcome(value: Value) -> Scalar | None:
    return plain_number(value) if isinstance(value, Fraction) else value


def _word(value: Value) -> str | None:
    return value if isinstance(value, str) else None


def _number(value: Value) -> int | float | None:
    return None if value is None or isinstance(value, str) else plain_number(value)


def _result(
    reading: Reading, subscales: Mapping[str, int | float | None], unscored: Mapping[str, Scalar]
) -> ScoreResult:
    instrument, band, facts = reading.instrument, reading.band, reading.facts()
    has_total = instrument.total is not None
    return ScoreResult(
        instrument=instrument.id,
        instrument_version=instrument.version,
        status=reading.status,
        has_level=instrument.level is not None,
        level_at_least=reading.level,
        total=reading.total,
        minimum=instrument.range.minimum if has_total else None,
        maximum=instrument.range.maximum if has_total else None,
        band=None if band is None else band.id,
        band_label=None if band is None else band.label,
        subscales=subscales,
        algorithms=reading.algorithms,
        flags=tuple([flag.id for flag in reading.flags]),
        missing=reading.missing,
        missing_handling=instrument.missing.handling if reading.status == IMPUTED else "none",
        not_applicable=reading.not_applicable,
        partial=reading.partial,
        unscored=unscored,
        plain=plain_sentences(reading, facts),
        findings=findings_for(reading, facts),
    )
