"""Who may start a course of care: adults who are alive. Others can be on record."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from upwell.base.finding import Because, Finding, Severity, Source
from upwell.knowledge.eligibility import AgeRule
from upwell.people.rules import possible_ages

DECEASED = Finding(
    rule="eligibility.deceased",
    severity=Severity.ABSOLUTE,
    message="The person is on record as having died: a course of care can't be started.",
    because=(Because("person.deceased", "yes"),),
    source=(Source("Upwell: a course of care is for a living person", "C"),),
    policy=True,
)


def may_start_course(
    birth_date: date | None,
    birth_date_precision: str,
    deceased: bool,
    at: date,
    age_rule: AgeRule,
) -> list[Finding]:
    """What stands against starting a course of care on the day ``at``; empty where nothing does.

    A birth date known to the month or the year alone settles it only where every day in it gives one answer.
    """
    findings = [DECEASED] if deceased else []
    age = (
        age_rule.finding(None)
        if birth_date is None
        else _of_age(birth_date, birth_date_precision, at, age_rule)
    )
    return [*findings, age] if age is not None else findings


def _of_age(birth_date: date, precision: str, at: date, age_rule: AgeRule) -> Finding | None:
    lowest, highest = possible_ages(birth_date, precision, at)
    finding = age_rule.finding(lowest)
    if finding is not None and age_rule.finding(highest) is None:
        return _not_exact_enough(birth_date, precision, (lowest, highest), age_rule)
    return finding


def _not_exact_enough(
    birth_date: date, precision: str, ages: tuple[int, int], age_rule: AgeRule
) -> Finding | None:
    unknown = age_rule.finding(None)
    if unknown is None:
        return None
    known, text = ("year", f"{birth_date:%Y}") if precision == "year" else ("month", f"{birth_date:%Y-%m}")
    return replace(
        unknown,
        message=f"Only the {known} of birth is on record ({text}): the person may be {ages[0]} or {ages[1]}."
        " Ask for the whole date of birth.",
        because=(Because(age_rule.fact, f"{ages[0]} or {ages[1]} years"), Because("person.birth_date", text)),
    )
