"""Why a course can't move yet, in words that say what to do. Pure: the steps bring the facts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from upwell.base.finding import Because, Finding, Severity, Source
from upwell.pathway.course.states import Guard

_HOUSE = (Source("Upwell: the course of care", "C"),)

# fact -> what each step says of it in ``course_facts``; a fact that no step brings is unknown, never "yes".
FACTS = {
    Guard.FOUND_ELIGIBLE: "screening.decision",  # "eligible", "not-now", "no"
    Guard.CONSENT_IN_FORCE: "consent.in_force",  # bool
    Guard.DOSE_GIVEN: "session.doses_given",  # int
    Guard.RELAPSE_RULE_DECLARED: "maintenance.relapse_rule",  # the rule's id
    Guard.NO_OPEN_SESSION: "session.open",  # int
    Guard.NO_OPEN_REFERRAL: "referral.open",  # int
}
_HOLDS: dict[Guard, Callable[[Any], bool]] = {
    Guard.FOUND_ELIGIBLE: lambda value: value == "eligible",
    Guard.CONSENT_IN_FORCE: lambda value: value is True,
    Guard.DOSE_GIVEN: lambda value: isinstance(value, int) and value > 0,
    Guard.RELAPSE_RULE_DECLARED: bool,
    Guard.NO_OPEN_SESSION: lambda value: value in (0, None),
    Guard.NO_OPEN_REFERRAL: lambda value: value in (0, None),
}
_WORDS = {
    Guard.FOUND_ELIGIBLE: "The prescriber has not found the person eligible. Finish the screening first.",
    Guard.CONSENT_IN_FORCE: "No consent is in force. Go through it with the person and have it signed first.",
    Guard.DOSE_GIVEN: "No dose is on record in this course. Maintenance begins after an induction.",
    Guard.RELAPSE_RULE_DECLARED: "No relapse rule is declared. Say beforehand what will count as a relapse.",
    Guard.NO_OPEN_SESSION: "A dosing session is still open. Discharge the person, or end the session, first.",
    Guard.NO_OPEN_REFERRAL: "The person was referred, and the referral waits for an answer. Answer the referral: the"
    " other practice and the person are told then.",
}


def against(guards: Iterable[Guard], facts: Mapping[str, Any], may_start: Iterable[Finding]) -> list[Finding]:
    """The findings that stand against a step; empty where nothing does."""
    found: list[Finding] = []
    for guard in guards:
        if guard is Guard.MAY_START:
            found += may_start
        elif not _HOLDS[guard](facts.get(FACTS[guard])):
            found.append(_finding(guard, facts.get(FACTS[guard])))
    return found


def _finding(guard: Guard, value: Any) -> Finding:
    because = Because(FACTS[guard], "not on record" if value is None else str(value))
    return Finding(f"course.{guard}", Severity.ABSOLUTE, _WORDS[guard], (because,), _HOUSE, policy=True)
