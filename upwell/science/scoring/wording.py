"""Puts a score into words: for the clinician, for the patient, and as findings that explain themselves.

The words are templates in the instrument's file; here they only meet the facts.
"""

from __future__ import annotations

from typing import Any

from upwell.base.finding import Because, Finding
from upwell.knowledge.instrument import FindingText, Flag, Scalar
from upwell.science.scoring.reading import Reading

Facts = dict[str, Any]


def plain_sentences(reading: Reading, facts: Facts) -> dict[str, str]:
    """One plain text for the clinician and one for the patient; flags add theirs."""
    instrument = reading.instrument
    clinician = [instrument.plain_clinician[reading.status].format_map(facts)]
    patient = [instrument.plain_patient[reading.status].format_map(facts)]
    for algorithm in instrument.algorithms:
        outcome = reading.algorithms[algorithm.id]
        if outcome is not None:
            clinician.append(algorithm.plain.get(_word(outcome), ""))
    for flag in reading.flags:
        clinician.append(flag.clinician.format_map(_answers(reading, flag)))
        patient.append(flag.patient)
    return {"clinician": " ".join(filter(None, clinician)), "patient": " ".join(filter(None, patient))}


def findings_for(reading: Reading, facts: Facts) -> tuple[Finding, ...]:
    """What must be seen beside the total: the flags first, then what missing answers did."""
    if not reading.missing and not reading.flags:
        return ()
    found = [_flag_finding(reading, flag) for flag in reading.flags]
    because = (Because("answers.missing", facts["missing"]),)
    found += [_finding(reading, text, facts, because) for text in _about_missing(reading)]
    return tuple(found)


def _about_missing(reading: Reading) -> list[FindingText]:
    """What is to be said of missing answers: that items were filled in, or that there is no total."""
    if not reading.missing:
        return []
    rule = reading.instrument.missing
    if reading.status == rule.otherwise:
        return [rule.refused]
    not_run = [
        one.not_on_imputed for one in reading.instrument.algorithms if reading.algorithms[one.id] is None
    ]
    return [text for text in (rule.imputed, *not_run) if text is not None]


def _finding(reading: Reading, text: FindingText, facts: Facts, because: tuple[Because, ...]) -> Finding:
    return Finding(
        rule=f"{reading.instrument.id}.{text.rule}",
        severity=text.severity,
        message=text.message.format_map(facts),
        because=because,
        source=text.provenance.sources,
        policy=text.provenance.is_policy,
    )


def _flag_finding(reading: Reading, flag: Flag) -> Finding:
    facts = _answers(reading, flag)
    return Finding(
        rule=f"{reading.instrument.id}.{flag.id}",
        severity=flag.severity,
        message=flag.message.format_map(facts),
        because=tuple(Because(f"answers.{item}", facts[f"answer_{item}"]) for item in flag.because),
        source=flag.provenance.sources,
        policy=flag.provenance.is_policy,
        overridable_by=flag.overridable_by,
    )


def _answers(reading: Reading, flag: Flag) -> dict[str, str]:
    """The answers that a flag rests on, in words: ``2 (More than half the days)``."""
    return {f"answer_{item}": _answer(reading, item) for item in flag.because}


def _answer(reading: Reading, item_id: str) -> str:
    value: Any = reading.values.get(item_id)
    if value is None:
        return "not answered"
    response = reading.instrument.item(item_id).response_to(value)
    return f"{value} ({response.text})" if response is not None else str(value)


def _word(outcome: Scalar) -> str:
    if isinstance(outcome, bool):
        return "true" if outcome else "false"
    return str(outcome)
