"""Puts a score into words: for the clinician, for the patient, and as findings that explain themselves.

The words are templates in the instrument's file; here they only meet the facts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from upwell.base.finding import Because, Finding
from upwell.knowledge.instrument import Band, FindingText, Flag, Instrument, Scalar
from upwell.science.scoring.values import Values

Facts = dict[str, Any]


def facts_for(
    instrument: Instrument,
    total: int | float | None,
    band: Band | None,
    missing: tuple[str, ...],
    scored: int,
) -> Facts:
    """The facts that any template may name."""
    return {
        "name": instrument.name,
        "total": total,
        "maximum": instrument.range.maximum,
        "band": "" if band is None else band.label,
        "band_patient": "" if band is None else band.patient,
        "missing": ", ".join(missing),
        "missing_count": len(missing),
        "scored_count": scored,
    }


def plain_sentences(
    instrument: Instrument,
    status: str,
    facts: Facts,
    algorithms: Mapping[str, Scalar | None],
    flags: Sequence[Flag],
    values: Values,
) -> dict[str, str]:
    """One plain text for the clinician and one for the patient; flags add theirs."""
    clinician = [instrument.plain_clinician[status].format_map(facts)]
    patient = [instrument.plain_patient[status].format_map(facts)]
    for algorithm in instrument.algorithms:
        outcome = algorithms[algorithm.id]
        if outcome is not None:
            clinician.append(algorithm.plain.get(_word(outcome), ""))
    for flag in flags:
        clinician.append(flag.clinician.format_map(_answers(instrument, flag, values)))
        patient.append(flag.patient)
    return {"clinician": " ".join(filter(None, clinician)), "patient": " ".join(filter(None, patient))}


def findings_for(
    instrument: Instrument,
    status: str,
    facts: Facts,
    flags: Sequence[Flag],
    values: Values,
    algorithms: Mapping[str, Scalar | None],
) -> tuple[Finding, ...]:
    """What must be seen beside the total, the flags first, then what missing answers did."""
    if status == "complete" and not flags:
        return ()
    found = [_flag_finding(instrument, flag, values) for flag in flags]
    rule = instrument.missing
    because = (Because("answers.missing", facts["missing"]),)
    if status == "imputed":
        if rule.imputed is not None:
            found.append(_finding(instrument, rule.imputed, facts, because))
        for algorithm in instrument.algorithms:
            if algorithms[algorithm.id] is None and algorithm.not_on_imputed is not None:
                found.append(_finding(instrument, algorithm.not_on_imputed, facts, because))
    elif status != "complete":
        found.append(_finding(instrument, rule.refused, facts, because))
    return tuple(found)


def _finding(
    instrument: Instrument, text: FindingText, facts: Facts, because: tuple[Because, ...]
) -> Finding:
    return Finding(
        rule=f"{instrument.id}.{text.rule}",
        severity=text.severity,
        message=text.message.format_map(facts),
        because=because,
        source=text.provenance.sources,
        policy=text.provenance.is_policy,
    )


def _flag_finding(instrument: Instrument, flag: Flag, values: Values) -> Finding:
    facts = _answers(instrument, flag, values)
    return Finding(
        rule=f"{instrument.id}.{flag.id}",
        severity=flag.severity,
        message=flag.message.format_map(facts),
        because=tuple(Because(f"answers.{item}", facts[f"answer_{item}"]) for item in flag.because),
        source=flag.provenance.sources,
        policy=flag.provenance.is_policy,
        overridable_by=flag.overridable_by,
    )


def _answers(instrument: Instrument, flag: Flag, values: Values) -> dict[str, str]:
    """The answers that a flag rests on, in words: ``2 (More than half the days)``."""
    return {f"answer_{item}": _answer(instrument, item, values.get(item)) for item in flag.because}


def _answer(instrument: Instrument, item_id: str, value: Any) -> str:
    if value is None:
        return "not answered"
    response = instrument.item(item_id).response_to(value)
    return f"{value} ({response.text})" if response is not None else str(value)


def _word(outcome: Scalar) -> str:
    if isinstance(outcome, bool):
        return "true" if outcome else "false"
    return str(outcome)
