"""Puts a score into words: for the clinician, for the patient, and as findings that explain themselves.

The words are templates in the instrument's file; here they only meet the facts.
"""

from __future__ import annotations

from typing import Any

from upwell.base.finding import Because, Finding
from upwell.knowledge.instrument import FindingText, Flag, Scalar
from upwell.science.scoring.form import GIVEN
from upwell.science.scoring.reading import Reading
from upwell.science.scoring.values import plain_number

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
    if not reading.missing and not reading.flags and not reading.not_applicable:
        return ()
    found = [_flag_finding(reading, flag) for flag in reading.flags]
    because = (Because("answers.missing", facts["missing"]),)
    found += [_finding(reading, text, facts, because) for text in _about_missing(reading)]
    if reading.partial is not None and reading.instrument.partial is not None:
        because = (Because("answers.not_applicable", facts["not_applicable"]),)
        found.append(_finding(reading, reading.instrument.partial.finding, facts, because))
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
        because=tuple(Because(_fact(reading, name), facts[f"answer_{name}"]) for name in flag.because),
        source=flag.provenance.sources,
        policy=flag.provenance.is_policy,
        overridable_by=flag.overridable_by,
    )


def _fact(reading: Reading, name: str) -> str:
    """The name of a fact: an answer, or something that was scored."""
    return f"answers.{name}" if name in reading.item_ids else f"score.{name}"


def _answers(reading: Reading, flag: Flag) -> dict[str, str]:
    """The facts that a flag rests on, in words: ``2 (More than half the days)``."""
    return {f"answer_{name}": _answer(reading, name) for name in flag.because}


def _answer(reading: Reading, name: str) -> str:
    value: Any = reading.values.get(name)
    if name not in reading.item_ids:
        if value is None:
            return "not known"
        return value if isinstance(value, str) else str(plain_number(value))
    value = reading.values.get(GIVEN + name, value)
    if value is None:
        return "not answered"
    response = reading.instrument.item(name).response_to(value)
    if response is None or response.text == str(value):
        return str(value)
    return response.text if isinstance(value, bool | str) else f"{value} ({response.text})"


def _word(outcome: Scalar) -> str:
    if isinstance(outcome, bool):
        return "true" if outcome else "false"
    return str(outcome)
