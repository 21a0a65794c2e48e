"""Screening: eligibility, interactions, and what was tried before; what no list covers is said."""

from __future__ import annotations

from typing import Any

from upwell.base.finding import Because, Finding, Severity
from upwell.knowledge.gates.loader import (
    load_code_lists,
    load_drug_classes,
    load_fact_book,
    load_gates,
    load_outcomes,
    load_treatment,
)
from upwell.knowledge.gates.model import CodeLists, DrugClasses, Outcomes
from upwell.science.rules.case import Case, Coded
from upwell.science.rules.gate import as_result, found, general_findings, verdicts_of
from upwell.science.rules.matching import is_current, match_condition, match_medicine, only_suspected
from upwell.science.rules.overrides import apply_overrides
from upwell.science.rules.reading import read_facts
from upwell.science.rules.staging import stage
from upwell.science.rules.trials import judge_trials

NOT_ASSESSED, SUSPECTED, UNREADABLE = "screen.not-assessed", "screen.suspected", "screen.unreadable"


def screen(document: Any) -> dict[str, Any]:
    """What speaks against treatment, what must be asked, and how resistant the depression was."""
    outcomes, treatment = load_outcomes(), load_treatment()
    case = read_facts(document, load_fact_book())
    uncovered = not_assessed(case, load_code_lists(), load_drug_classes())
    findings = [
        *general_findings("screen", case, outcomes),
        *found(verdicts_of(load_gates()["screen"], case), outcomes),
        *_open_questions(case, load_code_lists(), load_drug_classes(), outcomes),
        *_uncovered_finding(uncovered, outcomes),
    ]
    trials = judge_trials(case.raw.get("trials"), treatment)
    return {
        **as_result("screen", apply_overrides(findings, case, outcomes), outcomes),
        "staging": stage(trials, case.raw.get("episode") or {}, treatment),
        "trials": [] if trials is None else [trial.as_json() for trial in trials],
        "not_assessed": [{"fact": one.fact, "value": one.value} for one in uncovered],
    }


def not_assessed(case: Case, lists: CodeLists, classes: DrugClasses) -> list[Because]:
    """The conditions and medicines on file that no list covers; nothing is concluded from them."""
    out = [
        Because("conditions", _words(entry))
        for entry in case.conditions or ()
        if is_current(entry, case.today())
        and not any(match_condition(entry, one, lists) for one in lists.lists.values())
    ]
    out += [
        Because("medicines", _words(entry))
        for entry in case.medicines or ()
        if entry.active and not any(match_medicine(entry, one) for one in classes.classes.values())
    ]
    return list(dict.fromkeys(out))


def _open_questions(case: Case, lists: CodeLists, classes: DrugClasses, outcomes: Outcomes) -> list[Finding]:
    """What a rule looks for and the record only suspects, and what nobody can read: it is asked about."""
    suspected = [
        Because("conditions", _words(entry))
        for entry in case.conditions or ()
        if any(only_suspected(entry, one, lists) for one in lists.lists.values())
    ]
    unreadable = [
        Because("conditions", _words(entry))
        for entry in case.conditions or ()
        if _has_no_name(entry)
        and is_current(entry, case.today())
        and not any(match_condition(entry, one, lists) for one in lists.lists.values())
    ] + [
        Because("medicines", _words(entry))
        for entry in case.medicines or ()
        if _has_no_name(entry)
        and entry.active
        and not any(match_medicine(entry, one) for one in classes.classes.values())
    ]
    found = []
    for rule, because, message in (
        (SUSPECTED, suspected, "Suspected, no more: find out whether it is there. A rule looks for it."),
        (UNREADABLE, unreadable, "A code without a name, and no list has it: find out what it is."),
    ):
        if because:
            found.append(
                Finding(
                    rule,
                    Severity.UNKNOWN,
                    message,
                    tuple(dict.fromkeys(because)),
                    outcomes.provenance.sources,
                    policy=outcomes.provenance.is_policy,
                    overridable_by=outcomes.rows[Severity.UNKNOWN].overridable_by,
                )
            )
    return found


def _has_no_name(entry: Coded) -> bool:
    return entry.display in ("", entry.code)


def _words(entry: Coded) -> str:
    code = f" ({entry.system} {entry.code})" if entry.code else ""
    return f"{entry.display or 'no name given'}{code}"


def _uncovered_finding(uncovered: list[Because], outcomes: Outcomes) -> list[Finding]:
    if not uncovered:
        return []
    message = "Not assessed: no list covers these. Nothing is concluded from them; a clinician reads them."
    return [
        Finding(
            NOT_ASSESSED,
            Severity.INFORMATION,
            message,
            tuple(uncovered),
            outcomes.provenance.sources,
            policy=outcomes.provenance.is_policy,
        )
    ]
