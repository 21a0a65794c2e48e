"""The engine: judges every rule of a rule set over a case and turns what holds into findings."""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass
from typing import NamedTuple

from upwell.base.finding import Because, Finding, Severity
from upwell.knowledge.edition import kept
from upwell.knowledge.gates.build import ANY
from upwell.knowledge.gates.loader import load_code_lists, load_drug_classes, load_fact_book, load_rule_set
from upwell.knowledge.gates.model import Outcomes, Rule
from upwell.science.rules.case import Case
from upwell.science.rules.judge import Judge
from upwell.science.rules.judged import Judged
from upwell.science.rules.truth import Truth, truth_of_rule


@dataclass(frozen=True, slots=True)
class _Asked:
    """A rule as it is asked: first whether it holds, and of those that do, or lack a fact, why."""

    rule: Rule
    applies: tuple[tuple[str, tuple[str, ...]], ...]
    holds: Truth
    judge: Judge


class Verdict(NamedTuple):
    """Whether a rule holds in a case, and how severe that is; its finding is made where somebody wants to read it."""

    rule: Rule
    holds: bool | None
    severity: Severity | None  # of the finding; None where there is none
    judge: Judge
    case: Case

    @property
    def judged(self) -> Judged:
        """The same with the facts behind it."""
        return self.judge.judge(self.rule.when, self.case)

    def finding(self, outcomes: Outcomes) -> Finding | None:
        """What the rule says of the case, if anything."""
        rule, severity = self.rule, self.severity
        if severity is None:
            return None
        if self.holds is None:
            return finding_of(rule, severity, rule.unknown or "", _with_missing(self.judged), outcomes)
        message = rule.message
        if rule.cleared is not None and is_cleared(rule, self.case):
            message = rule.cleared.message
        return finding_of(rule, severity, message, self.judged.because, outcomes)


@kept
def _asked(name: str, gate: str, after_criteria: bool) -> tuple[_Asked, ...]:
    """The rules of a set that a gate asks."""
    rules = load_rule_set(name)
    judge = Judge(load_fact_book(), load_code_lists(), load_drug_classes(), rules.window)
    return tuple(
        _Asked(rule, tuple(rule.applies.items()), truth_of_rule(rule, judge), judge)
        for rule in rules.rules
        if rule.after_criteria is after_criteria and (not rule.gates or gate in rule.gates)
    )


def judge_rules(
    name: str,
    case: Case,
    *,
    gate: str,
    after_criteria: bool = False,
    only: Set[str] | None = None,
) -> list[Verdict]:
    """Every rule of a set that applies here, and whether it holds; ``only`` those with these ids."""
    return [
        _verdict(one, case)
        for one in _asked(name, gate, after_criteria)
        if (only is None or one.rule.id in only) and (not one.applies or _applies(one, case))
    ]


def _applies(asked: _Asked, case: Case) -> bool:
    """A rule stays out only where a known fact says that it is about something else."""
    for fact, allowed in asked.applies:
        known = case.text(fact)
        if known is not None and known not in allowed:
            return False
    return True


def _verdict(asked: _Asked, case: Case) -> Verdict:
    rule, holds = asked.rule, asked.holds(case)
    severity = None
    if holds and rule.cleared is not None and is_cleared(rule, case):
        severity = rule.cleared.severity
    elif holds:
        severity = severity_of(rule, case.text("substance"))
    elif holds is None and rule.unknown is not None:
        severity = rule.unknown_severity
    return Verdict(rule, holds, severity, asked.judge, case)


def _with_missing(judged: Judged) -> tuple[Because, ...]:
    missing = tuple(Because(name, "not on record") for name in judged.missing)
    return tuple(dict.fromkeys((*judged.because, *missing)))


def finding_of(
    rule: Rule, severity: Severity, message: str, because: Iterable[Because], outcomes: Outcomes
) -> Finding:
    """A finding with the rule's sources, and who may override it by the contract's table.

    What a rule says of overriding is about what it finds; where nobody asked yet, the table alone counts.
    """
    row = outcomes.rows[severity]
    allowed = row.overridable_by
    if rule.overridable_by is not None and severity is not Severity.UNKNOWN:
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
