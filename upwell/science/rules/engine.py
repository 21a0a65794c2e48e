"""The engine: judges every rule of a rule set over a case and turns what holds into findings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from upwell.base.finding import Because, Finding, Severity
from upwell.knowledge.gates.build import ANY
from upwell.knowledge.gates.loader import load_code_lists, load_drug_classes, load_fact_book
from upwell.knowledge.gates.model import Outcomes, Rule, RuleSet
from upwell.science.rules.case import Case
from upwell.science.rules.judge import Judge
from upwell.science.rules.judged import Judged


@dataclass(frozen=True, slots=True)
class Verdict:
    """A rule, what was judged, and the finding that came of it, if any."""

    rule: Rule
    judged: Judged
    finding: Finding | None


def judge_rules(
    rules: RuleSet, case: Case, outcomes: Outcomes, *, gate: str, after_criteria: bool = False
) -> list[Verdict]:
    """Every rule that applies here, with its finding."""
    judge = Judge(load_fact_book(), load_code_lists(), load_drug_classes(), rules.window)
    return [
        _verdict(rule, judge, case, outcomes)
        for rule in rules.rules
        if _applies(rule, case, gate) and rule.after_criteria is after_criteria
    ]


def _applies(rule: Rule, case: Case, gate: str) -> bool:
    """A rule stays out only where a known fact says that it is about something else."""
    if rule.gates and gate not in rule.gates:
        return False
    for fact, allowed in rule.applies.items():
        known = case.text(fact)
        if known is not None and known not in allowed:
            return False
    return True


def _verdict(rule: Rule, judge: Judge, case: Case, outcomes: Outcomes) -> Verdict:
    judged = judge.judge(rule.when, case)
    if rule.unless is not None and judged.holds is not False:
        spared = judge.judge(rule.unless, case)
        if spared.holds is True:
            judged = Judged(False, spared.because)
    if judged.holds is True:
        return Verdict(rule, judged, _found(rule, judged, case, outcomes))
    if judged.holds is None and rule.unknown is not None:
        return Verdict(rule, judged, _unknown(rule, judged, outcomes))
    return Verdict(rule, judged, None)


def _found(rule: Rule, judged: Judged, case: Case, outcomes: Outcomes) -> Finding:
    severity, message = severity_of(rule, case.text("substance")), rule.message
    if rule.cleared is not None and is_cleared(rule, case):
        severity, message = rule.cleared.severity, rule.cleared.message
    return finding_of(rule, severity, message, judged.because, outcomes)


def _unknown(rule: Rule, judged: Judged, outcomes: Outcomes) -> Finding:
    missing = tuple(Because(name, "not on record") for name in judged.missing)
    because = tuple(dict.fromkeys((*judged.because, *missing)))
    return finding_of(rule, rule.unknown_severity, rule.unknown or "", because, outcomes)


def finding_of(
    rule: Rule, severity: Severity, message: str, because: Iterable[Because], outcomes: Outcomes
) -> Finding:
    """A finding with the rule's sources, and who may override it by the contract's table."""
    row = outcomes.rows[severity]
    allowed = row.overridable_by
    if rule.overridable_by is not None:
        allowed = tuple(role for role in allowed if role in rule.overridable_by)
    return Finding(
        rule=rule.id,
        severity=severity,
        message=message,
        because=tuple(because),
        source=rule.provenance.sources,
        policy=rule.provenance.is_policy,
        overridable_by=allowed,
    )


def severity_of(rule: Rule, substance: str | None) -> Severity:
    """How severe the rule is for the substance; where the substance is unknown, the worst."""
    if ANY in rule.severity:
        return rule.severity[ANY]
    if substance is not None and substance in rule.severity:
        return rule.severity[substance]
    return max(rule.severity.values(), key=lambda one: one.rank)


def is_cleared(rule: Rule, case: Case) -> bool:
    """Whether a specialist's clearance is on record, for all or for this rule."""
    answer = (case.raw.get("answers") or {}).get("specialist_clearance")
    return answer is True or (isinstance(answer, list) and rule.id in answer)
