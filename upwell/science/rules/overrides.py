"""Overrides: who decided against a finding, whether they may, and what becomes of the outcome."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from upwell.base.errors import BadInput
from upwell.base.finding import Because, Finding, Override, Severity
from upwell.knowledge.gates.model import Outcomes
from upwell.science.rules.case import Case, local_day

NOT_ALLOWED, UNUSED = "overrides.not-allowed", "overrides.without-finding"


@dataclass(frozen=True, slots=True)
class Wish:
    """An override as the facts carry it."""

    rule: str
    by: str
    reason: str
    at: datetime | None
    second_by: str | None


def read_wishes(case: Case) -> list[Wish]:
    """The overrides on file."""
    wishes = []
    for place, entry in enumerate(case.raw.get("overrides") or ()):
        path = f"overrides.{place}.at"
        try:
            at = None if entry.get("at") is None else datetime.fromisoformat(entry["at"])
        except ValueError:
            raise BadInput(f"“{entry['at']}” is not a time.", path=path) from None
        if at is not None and at.tzinfo is None:
            raise BadInput(f"“{entry['at']}” has no offset from UTC. Add one, such as Z.", path=path)
        reason = (entry.get("reason") or "").strip()
        by, second = _role(entry["by"]), entry.get("second_by")
        wishes.append(Wish(entry["rule"], by, reason, at, None if second is None else _role(second)))
    return sorted(wishes, key=lambda wish: (wish.rule, wish.by, wish.reason, str(wish.at)))


def _role(text: str) -> str:
    """A role as it is kept: Medical Director is medical-director."""
    return "-".join(text.replace("_", " ").replace("-", " ").lower().split())


def apply_overrides(findings: Sequence[Finding], case: Case, outcomes: Outcomes) -> list[Finding]:
    """The findings with those overrides that are allowed; the others are findings themselves."""
    wishes = read_wishes(case)
    by_rule: dict[str, list[Wish]] = {}
    for wish in wishes:
        by_rule.setdefault(wish.rule, []).append(wish)
    out: list[Finding] = []
    reported: list[Finding] = []
    for finding in findings:
        about = by_rule.get(finding.rule, [])
        decided = None
        for wish in about:
            objection = _objection(wish, finding, about, case, outcomes)
            if objection is None:
                decided = decided or wish
            elif not _seconds(wish, finding, about, outcomes):
                reported.append(_report(wish, NOT_ALLOWED, objection, Severity.CAUTION, outcomes))
        out.append(finding if decided is None else replace(finding, overridden=_as_override(decided)))
    known = {finding.rule for finding in findings}
    reported += [
        _report(wish, UNUSED, "There is no such finding now.", Severity.INFORMATION, outcomes)
        for wish in wishes
        if wish.rule not in known
    ]
    return [*out, *reported]


def _objection(wish: Wish, finding: Finding, about: list[Wish], case: Case, outcomes: Outcomes) -> str | None:
    row = outcomes.rows[finding.severity]
    who = ", ".join(finding.overridable_by) or "nobody"
    today = None if case.at is None else case.at.date()
    objections = (
        (wish.by not in finding.overridable_by, f"This can be overridden by {who}, not by {wish.by}."),
        (not wish.reason, "An override needs a reason."),
        (wish.at is None, "An override needs its time."),
        (case.at is None, "The time of the question is not on record, so the override can't be placed."),
        (_later(wish.at, case.at), "The override lies in the future."),
        (
            row.before_the_day and wish.at is not None and local_day(wish.at, case.at) == today,
            "This can only be overridden before the day.",
        ),
        (
            row.second_clinician and not _second(wish, about, outcomes),
            "This needs a second clinician beside the prescriber.",
        ),
    )
    return next((words for stands, words in objections if stands), None)


def _later(moment: datetime | None, than: datetime | None) -> bool:
    return moment is not None and than is not None and moment > than


def _second(wish: Wish, about: list[Wish], outcomes: Outcomes) -> bool:
    if wish.second_by is not None:
        return wish.second_by in outcomes.second_roles
    return any(
        other is not wish and other.by in outcomes.second_roles and other.by != wish.by and other.reason
        for other in about
    )


def _seconds(wish: Wish, finding: Finding, about: list[Wish], outcomes: Outcomes) -> bool:
    """Whether this entry is the second clinician's word to another entry, and so nothing to report."""
    row = outcomes.rows[finding.severity]
    if not row.second_clinician or wish.by not in outcomes.second_roles or not wish.reason:
        return False
    others = [other for other in about if other is not wish and other.by != wish.by]
    return any(other.by in finding.overridable_by for other in others)


def _as_override(wish: Wish) -> Override:
    by = wish.by if wish.second_by is None else f"{wish.by}, with {wish.second_by}"
    return Override(by=by, reason=wish.reason, at="" if wish.at is None else wish.at.isoformat())


def _report(wish: Wish, rule: str, words: str, severity: Severity, outcomes: Outcomes) -> Finding:
    at = None if wish.at is None else wish.at.isoformat()
    return Finding(
        rule=rule,
        severity=severity,
        message=f"An override of {wish.rule} does not count. {words}",
        because=(Because("overrides", f"{wish.rule}, by {wish.by}", at),),
        source=outcomes.provenance.sources,
        policy=outcomes.provenance.is_policy,
    )


def outcome_of(findings: Sequence[Finding], outcomes: Outcomes) -> str:
    """The outcome: that of the worst finding that nobody overrode."""
    return worst_of([one.severity for one in findings if one.overridden is None], outcomes)


def worst_of(severities: Sequence[Severity], outcomes: Outcomes) -> str:
    """The outcome that the worst of these severities makes."""
    standing = [outcomes.rows[one].outcome for one in severities]
    return max(standing, key=outcomes.outcomes.index, default=outcomes.outcomes[0])
