"""What speaks for the treatment, what against it, and what is not known. Pure: facts in, an explained picture out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from upwell.base.finding import Because, Finding, Severity
from upwell.knowledge.gates.loader import (
    load_code_lists,
    load_fact_book,
    load_gates,
    load_outcomes,
    load_rule_set,
)
from upwell.knowledge.gates.model import Outcomes
from upwell.knowledge.screening import Question, load_asked
from upwell.science.rules.case import Case, Coded
from upwell.science.rules.matching import is_current, match_condition
from upwell.science.rules.reading import read_facts
from upwell.science.rules.screen import screen

DEPRESSION = "depression"
SCREEN = "screen"
NOT_ASKED = "not asked"
_GROUPS = ("person", "conditions", "medicines", "answers", "vitals", "assessments", "trials", "episode")
_PLAN = ("jurisdiction", "substance", "route", "setting")
_BAD_ENOUGH = (
    Severity.EMERGENCY,
    Severity.ABSOLUTE,
    Severity.NOT_RECOMMENDED,
    Severity.NEEDS_DECISION,
    Severity.RELATIVE,
    Severity.CAUTION,
)


@dataclass(frozen=True, slots=True)
class Weighed:
    """The whole picture of one person at one moment."""

    facts: Mapping[str, Any]
    result: Mapping[str, Any]
    not_asked: tuple[Question, ...]

    @property
    def findings(self) -> list[Mapping[str, Any]]:
        """Every finding, the worst first."""
        return sorted(self.result["findings"], key=lambda one: -Severity(one["severity"]).rank)

    @property
    def against(self) -> list[Mapping[str, Any]]:
        """What speaks against it, or must be watched, the worst first."""
        return [one for one in self.findings if Severity(one["severity"]) in _BAD_ENOUGH]

    @property
    def unknown(self) -> list[Mapping[str, Any]]:
        """What has to be asked, measured or found out."""
        return [one for one in self.findings if one["severity"] == Severity.UNKNOWN]

    @property
    def information(self) -> list[Mapping[str, Any]]:
        """What is good to know, and changes nothing."""
        return [one for one in self.findings if one["severity"] == Severity.INFORMATION]


def weigh(facts: Mapping[str, Any], asked: Collection[str] = ()) -> Weighed:
    """Ask the rules, and add what nobody asked. ``asked`` are the questions that were answered with yes or no."""
    case = read_facts(facts, load_fact_book())
    open_questions = not_asked(case, asked)
    result = dict(screen(facts))
    if open_questions:
        found = _not_asked_finding(open_questions, load_outcomes())
        result["findings"] = [*result["findings"], found.as_json()]
        result["outcome"] = outcome_of(result["findings"], load_outcomes())
    return Weighed(facts, result, tuple(open_questions))


def outcome_of(findings: Iterable[Mapping[str, Any]], outcomes: Outcomes) -> str:
    """The outcome of findings in the contract's shape: that of the worst one that nobody overrode."""
    standing = [
        outcomes.rows[Severity(one["severity"])].outcome for one in findings if one.get("overridden") is None
    ]
    return max(standing, key=outcomes.outcomes.index, default=outcomes.outcomes[0])


def not_asked(case: Case, asked: Collection[str]) -> list[Question]:
    """The questions that must be asked, were not, and are not answered by the record."""
    return [
        one
        for one in load_asked().questions.values()
        if one.must and one.id not in asked and on_record(one, case) is None
    ]


def on_record(question: Question, case: Case) -> Coded | None:
    """The condition on record that answers a question with yes."""
    return has(question.on_record, case) if question.on_record else None


def has(name: str, case: Case) -> Coded | None:
    """A condition of a code list that is there now."""
    lists = load_code_lists()
    for entry in case.conditions or ():
        if is_current(entry, case.today()) and match_condition(entry, lists.lists[name], lists):
            return entry
    return None


def _not_asked_finding(questions: Sequence[Question], outcomes: Outcomes) -> Finding:
    known = load_asked().not_asked
    return Finding(
        rule=known.rule,
        severity=known.severity,
        message=known.message,
        because=tuple(Because(one.short, NOT_ASKED) for one in questions),
        source=known.provenance.sources,
        policy=known.provenance.is_policy,
        overridable_by=outcomes.rows[known.severity].overridable_by,
    )


def marks_of(facts: Mapping[str, Any], mark: Callable[[Any], str]) -> dict[str, str]:
    """A short mark for each group of facts: what changed since a page was opened can be named."""
    groups = {name: facts.get(name) for name in _GROUPS}
    groups["plan"] = [facts.get(name) for name in _PLAN]
    return {name: mark(value) for name, value in groups.items()}


def can_be_cleared(findings: Iterable[Mapping[str, Any]]) -> bool:
    """Whether a specialist's clearance on record would change one of these findings."""
    rules = {one["rule"] for one in findings}
    return any(
        rule.cleared is not None and rule.id in rules
        for name in load_gates()[SCREEN].rule_sets
        for rule in load_rule_set(name).rules
    )
