"""Asks the facts a gate's question: findings, the outcome, and for discharge the clock and the criteria."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from upwell.base.finding import Finding, Severity
from upwell.knowledge.edition import kept
from upwell.knowledge.gates.loader import (
    knowledge_version,
    load_fact_book,
    load_gates,
    load_monitoring,
    load_outcomes,
    load_rule_set,
)
from upwell.knowledge.gates.model import Gate, Outcomes
from upwell.knowledge.loader import load_age_rule
from upwell.science.rules.case import Case
from upwell.science.rules.engine import Verdict, judge_rules
from upwell.science.rules.implausible import implausible
from upwell.science.rules.overrides import apply_overrides, outcome_of, worst_of
from upwell.science.rules.reading import read_facts
from upwell.science.rules.stay import Stay, stay_of

_MET, _NOT_MET, _NOT_ASSESSED = "met", "not-met", "not-assessed"
_WORST_FIRST = (_NOT_MET, _NOT_ASSESSED, _MET)
_AGED_GATES = ("screen", "predose")


def predose(document: Any) -> dict[str, Any]:
    """Before the dose: may it be given now?"""
    return plain_gate("predose", document)


def session(document: Any) -> dict[str, Any]:
    """During the session: what is amber, red or an emergency."""
    return plain_gate("session", document)


def maintenance(document: Any) -> dict[str, Any]:
    """Between the sessions: what is due, and what harm may be building up."""
    return plain_gate("maintenance", document)


def rems(document: Any) -> dict[str, Any]:
    """After an esketamine session in the US: is the monitoring form complete, and when is it due?"""
    case = read_facts(document, load_fact_book())
    result = plain_gate("rems", document)
    doses = case.session_doses()
    due = doses[0].at + timedelta(days=load_monitoring().form_due_days) if doses else None
    missing = [one["fact"] for found in result["findings"] for one in found["because"] if _absent(one)]
    return {**result, "due_at": None if due is None else due.isoformat(), "missing": sorted(set(missing))}


def _absent(because: dict[str, Any]) -> bool:
    return bool(because["value"] == "not on record")


def plain_gate(gate_id: str, document: Any) -> dict[str, Any]:
    """A gate that gives findings and an outcome; alarms where rules have a level."""
    return plain_gate_of(gate_id, read_facts(document, load_fact_book()))


def plain_gate_of(gate_id: str, case: Case) -> dict[str, Any]:
    """The same, of a case that has been read."""
    outcomes = load_outcomes()
    verdicts = verdicts_of(load_gates()[gate_id], case)
    findings = [*general_findings(gate_id, case, outcomes), *found(verdicts, outcomes)]
    decided = apply_overrides(findings, case, outcomes)
    result = as_result(gate_id, decided, outcomes)
    levels = [one for one in verdicts if one.rule.level is not None and one.holds]
    if levels:
        result["alarms"] = [_alarm(one) for one in levels]
    return result


def outcome_alone(gate_id: str, case: Case) -> str:
    """The outcome of a gate without the findings, which are made where an override could stand against one."""
    if gate_id == "discharge":
        return str(discharge_of(case)["outcome"])
    if case.raw.get("overrides"):
        return str(plain_gate_of(gate_id, case)["outcome"])
    outcomes = load_outcomes()
    general = [one.severity for one in general_findings(gate_id, case, outcomes)]
    of_rules = [one.severity for one in verdicts_of(load_gates()[gate_id], case) if one.severity is not None]
    return worst_of([*general, *of_rules], outcomes)


def _alarm(verdict: Verdict) -> dict[str, str | None]:
    at = max((one.at for one in verdict.judged.because if one.at is not None), default=None)
    return {"level": verdict.rule.level, "rule": verdict.rule.id, "at": at}


def discharge(document: Any) -> dict[str, Any]:
    """After the session: may the person go home?"""
    return discharge_of(read_facts(document, load_fact_book()))


def discharge_of(case: Case) -> dict[str, Any]:
    """The same, of a case that has been read."""
    outcomes = load_outcomes()
    gate = load_gates()["discharge"]
    stay = stay_of(case, load_monitoring(), outcomes)
    verdicts = verdicts_of(gate, case)
    criteria = [
        {"id": load_monitoring().criterion, "status": stay.status},
        *criteria_of(verdicts, gate.id),
    ]
    late = verdicts_of(gate, _with_delay(case, stay, criteria), after_criteria=True)
    general = general_findings("discharge", case, outcomes)
    by_rules = found([*verdicts, *late], outcomes)
    findings = apply_overrides([*general, *stay.findings, *by_rules], case, outcomes)
    return {
        **as_result("discharge", findings, outcomes),
        "earliest_at": None if stay.earliest_at is None else stay.earliest_at.isoformat(),
        "clock": stay.as_json(),
        "criteria": criteria,
    }


def _with_delay(case: Case, stay: Stay, criteria: Sequence[dict[str, str]]) -> Case:
    unmet = any(one["status"] in (_NOT_MET, _NOT_ASSESSED) for one in criteria)
    more: dict[str, Any] = {"discharge.criteria_open": unmet}
    if stay.minutes_past is not None:
        more["discharge.minutes_past_earliest"] = stay.minutes_past
    return case.with_values(more)


def criteria_of(verdicts: Sequence[Verdict], gate_id: str) -> list[dict[str, str]]:
    """Each criterion that is asked for here, with its status: the worst of its rules."""
    statuses: dict[str, list[str]] = {}
    for verdict in verdicts:
        if verdict.rule.criterion is not None:
            statuses.setdefault(verdict.rule.criterion, []).append(_status(verdict))
    return [
        {"id": one, "status": min(statuses[one], key=_WORST_FIRST.index)}
        for one in _criteria(gate_id)
        if one in statuses
    ]


@kept
def _criteria(gate_id: str) -> tuple[str, ...]:
    """The criteria that the rules of a gate are about, in their order."""
    names = load_gates()[gate_id].rule_sets
    ids = [rule.criterion for name in names for rule in load_rule_set(name).rules if rule.criterion]
    return tuple(dict.fromkeys(ids))


def _status(verdict: Verdict) -> str:
    if verdict.holds is None:
        return _NOT_ASSESSED
    return _NOT_MET if verdict.holds else _MET


def verdicts_of(gate: Gate, case: Case, *, after_criteria: bool = False) -> list[Verdict]:
    """All rules of a gate; from rule sets that it only repeats, the findings of the named severities."""
    verdicts = [
        verdict
        for name in gate.rule_sets
        for verdict in judge_rules(name, case, gate=gate.id, after_criteria=after_criteria)
    ]
    for name, severities in () if after_criteria else gate.repeats.items():
        verdicts += [one for one in judge_rules(name, case, gate=gate.id) if one.severity in severities]
    return verdicts


def found(verdicts: Sequence[Verdict], outcomes: Outcomes) -> list[Finding]:
    """The findings among the verdicts."""
    findings = (one.finding(outcomes) for one in verdicts)
    return [one for one in findings if one is not None]


def general_findings(gate_id: str, case: Case, outcomes: Outcomes) -> list[Finding]:
    """What every gate asks about: numbers that are hardly possible, and the age where it matters."""
    findings = implausible(case, load_fact_book(), outcomes)
    if gate_id in _AGED_GATES:
        age = case.values.get("person.age_years")
        known = age if isinstance(age, int | float) and not isinstance(age, bool) else None
        finding = load_age_rule().finding(known)
        if finding is not None and finding.severity is Severity.UNKNOWN:  # asked for, as all that is unknown
            finding = replace(finding, overridable_by=outcomes.rows[Severity.UNKNOWN].overridable_by)
        findings += [] if finding is None else [finding]
    return findings


def as_result(gate_id: str, findings: Sequence[Finding], outcomes: Outcomes) -> dict[str, Any]:
    """Findings, the worst first, and the outcome."""
    ordered = sorted(findings, key=lambda one: (-one.severity.rank, one.rule))
    return {
        "gate": gate_id,
        "outcome": outcome_of(ordered, outcomes),
        "findings": [finding.as_json() for finding in ordered],
        "knowledge_version": knowledge_version(),
    }
