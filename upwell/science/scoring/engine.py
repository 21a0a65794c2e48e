"""Scores an instrument: checks answers, runs steps, names the band, raises flags, says it plainly."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from upwell.knowledge.instrument import Instrument, Scalar
from upwell.science.scoring.answers import check_answer, check_context, refuse_unknown
from upwell.science.scoring.compiled import Compiled, ready
from upwell.science.scoring.reading import Reading
from upwell.science.scoring.result import ScoreResult
from upwell.science.scoring.values import Value, plain_number
from upwell.science.scoring.wording import findings_for, plain_sentences

COMPLETE, IMPUTED = "complete", "imputed"


def score(
    instrument: Instrument, answers: Mapping[str, Any], context: Mapping[str, Any] | None = None
) -> ScoreResult:
    """Score one set of answers; raises ``BadInput`` with the path of an answer that can't be one.

    ``answers`` is item id to value, None or absent for unanswered. Pure.
    """
    compiled = ready(instrument)
    values = _read(compiled, answers)
    if context:
        values.update(check_context(context))
    missing = tuple([item_id for item_id in compiled.scored_ids if values[item_id] is None])
    status = _status(instrument, missing)
    filled = _run_steps(compiled, values, missing if status == IMPUTED else ())
    total = _total(compiled, filled, status)
    reading = Reading(
        instrument=instrument,
        status=status,
        total=total,
        band=None if total is None else compiled.band_of(total),
        algorithms={
            one.id: None if missing and one.needs_all_items else _outcome(values[one.step])
            for one in instrument.algorithms
        },
        flags=tuple([flag for flag, holds in compiled.flags if holds(values)]),
        missing=missing,
        scored_count=len(compiled.scored_ids),
        values=values,
    )
    unscored: dict[str, Any] = {key: values[key] for key in compiled.unscored_ids if values[key] is not None}
    subscales = {key: _number(filled[step]) for key, step in instrument.subscales.items()}
    return _result(reading, subscales, unscored)


def _read(compiled: Compiled, answers: Mapping[str, Any]) -> dict[str, Value]:
    """Every item with its checked value, None where it is unanswered."""
    values: dict[str, Value] = {}
    for one in compiled.items:
        value = answers.get(one.id)
        if value is None or (type(value) is int and value in one.whole_numbers):
            values[one.id] = value
        else:
            values[one.id] = check_answer(compiled.instrument, one.item, value)
    if not answers.keys() <= compiled.item_ids:
        refuse_unknown(compiled.instrument, answers)
    return values


def _status(instrument: Instrument, missing: tuple[str, ...]) -> str:
    if not missing:
        return COMPLETE
    return IMPUTED if len(missing) <= instrument.missing.allowed else instrument.missing.otherwise


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
    total = filled[compiled.instrument.total]
    if total is None or isinstance(total, str) or status not in (COMPLETE, IMPUTED):
        return None
    if status == IMPUTED and compiled.rounding is not None:
        total = compiled.rounding(total)
    return total if type(total) is int else plain_number(total)


def _outcome(value: Value) -> Scalar | None:
    return plain_number(value) if isinstance(value, Fraction) else value


def _number(value: Value) -> int | float | None:
    return None if value is None or isinstance(value, str) else plain_number(value)


def _result(
    reading: Reading, subscales: Mapping[str, int | float | None], unscored: Mapping[str, Scalar]
) -> ScoreResult:
    instrument, band, facts = reading.instrument, reading.band, reading.facts()
    return ScoreResult(
        instrument=instrument.id,
        instrument_version=instrument.version,
        status=reading.status,
        total=reading.total,
        minimum=instrument.range.minimum,
        maximum=instrument.range.maximum,
        band=None if band is None else band.id,
        band_label=None if band is None else band.label,
        subscales=subscales,
        algorithms=reading.algorithms,
        flags=tuple([flag.id for flag in reading.flags]),
        missing=reading.missing,
        missing_handling=instrument.missing.handling if reading.status == IMPUTED else "none",
        unscored=unscored,
        plain=plain_sentences(reading, facts),
        findings=findings_for(reading, facts),
    )
