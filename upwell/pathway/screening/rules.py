"""What a prescriber may decide on which findings, and what is still needed for it. Pure: the contract's table."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from upwell.base.errors import BadInput, RefusedByRule
from upwell.base.finding import Severity
from upwell.knowledge.gates.loader import load_outcomes
from upwell.knowledge.gates.model import SeverityRow
from upwell.pathway.screening.states import Decision

DECIDER = "prescriber"
DIRECTOR = "medical-director"
Shown = Mapping[str, Any]  # a finding in the contract's shape


@dataclass(frozen=True, slots=True)
class Needs:
    """The findings sorted by what they ask of whoever decides for treatment."""

    forbids: tuple[Shown, ...]  # nobody here may decide against it
    second: tuple[Shown, ...]  # the prescriber with a second clinician
    weighed: tuple[Shown, ...]  # the prescriber, with a reason

    @property
    def to_weigh(self) -> tuple[Shown, ...]:
        """All that the reason must cover."""
        return (*self.second, *self.weighed)


@dataclass(frozen=True, slots=True)
class Opinion:
    """A second clinician's word, as far as it counts."""

    account: object
    role: str
    name: str
    agrees: bool
    rules: frozenset[str]
    at: datetime
    words: str = ""


def needs_of(findings: Iterable[Shown]) -> Needs:
    """What the findings ask, by the contract's table."""
    rows = load_outcomes().rows
    sorted_out: dict[str, list[Shown]] = {"forbids": [], "second": [], "weighed": []}
    for one in findings:
        row = rows[Severity(one["severity"])]
        kind = _kind(row, one)
        if kind:
            sorted_out[kind].append(one)
    return Needs(*(tuple(found) for found in sorted_out.values()))


def _kind(row: SeverityRow, finding: Shown) -> str:
    if row.outcome == load_outcomes().outcomes[0]:
        return ""
    if DECIDER not in finding["overridable_by"]:
        return "forbids"
    return "second" if row.second_clinician else "weighed"


def may_be_excepted(finding: Shown) -> bool:
    """Whether a medical director may allow treatment against it, before the day."""
    row = load_outcomes().rows[Severity(finding["severity"])]
    return row.before_the_day and DIRECTOR in finding["overridable_by"]


def excepted(finding: Shown, opinions: Sequence[Opinion]) -> Opinion | None:
    """The medical director's word that allows treatment against a finding; the latest on it counts.

    It is given at the screening, before the day; the gate of the dosing day asks for that once more.
    """
    if not may_be_excepted(finding):
        return None
    about = [one for one in opinions if one.role == DIRECTOR and finding["rule"] in one.rules]
    latest = max(about, key=lambda one: one.at, default=None)
    return latest if latest is not None and latest.agrees else None


def seconded(rule: str, opinions: Sequence[Opinion], decider: object) -> Opinion | None:
    """The word of a second clinician that stands for a finding: the latest of each, by somebody else."""
    latest: dict[object, Opinion] = {}
    for one in sorted(opinions, key=lambda opinion: opinion.at):
        if rule in one.rules and one.account != decider and one.role in load_outcomes().second_roles:
            latest[one.account] = one
    if any(not one.agrees for one in latest.values()):
        return None
    return next(iter(latest.values()), None)


def refuse_decision(
    decision: Decision,
    needs: Needs,
    *,
    has_plan: bool,
    weighed: Collection[str],
    opinions: Sequence[Opinion],
    decider: object,
) -> None:
    """Stop what may not be decided, in words that say what would be needed."""
    if decision is not Decision.ELIGIBLE:
        return
    standing = [one for one in needs.forbids if excepted(one, opinions) is None]
    if standing:
        raise RefusedByRule(_forbidden(standing))
    if not has_plan:
        raise BadInput(
            "Say first what is to be given by which route: the findings depend on it.", path="plan"
        )
    lacking = [one for one in needs.second if seconded(one["rule"], opinions, decider) is None]
    if lacking:
        raise RefusedByRule(
            f"A second clinician has to agree first: {_listed(lacking)} Ask a colleague to open this screening under"
            " their own log-in and to write down what they think."
        )
    forgotten = [one for one in needs.to_weigh if one["rule"] not in weighed]
    if forgotten:
        raise BadInput(f"Your reason has to cover this too: {_listed(forgotten)}", path="weighed")


def _forbidden(findings: Sequence[Shown]) -> str:
    return (
        f"This can't be decided as eligible: {_listed(findings)} No prescriber can decide against it in a session or"
        " on this page; only a medical director can allow it, before the day and with a reason."
        " If the record is wrong, correct the record; otherwise decide “not now” or “no”."
    )


def _listed(findings: Sequence[Shown]) -> str:
    return " ".join(f"“{one['message']}”" for one in findings)


def overridden(
    findings: Iterable[Shown],
    needs: Needs,
    *,
    reason: str,
    own_reasons: Mapping[str, str],
    opinions: Sequence[Opinion],
    decider: object,
    at: datetime,
) -> list[dict[str, Any]]:
    """The findings as they stand after a decision for treatment: against which of them, by whom, and why."""
    covered = {one["rule"] for one in needs.to_weigh}
    out = []
    for one in findings:
        allowed = excepted(one, opinions)
        if allowed is not None:
            given = {"by": DIRECTOR, "reason": allowed.words, "at": allowed.at.isoformat()}
            out.append({**one, "overridden": given})
        elif one["rule"] in covered:
            second = seconded(one["rule"], opinions, decider)
            by = DECIDER if second is None else f"{DECIDER}, with {second.role} {second.name}".strip()
            why = own_reasons.get(one["rule"], "").strip() or reason
            out.append({**one, "overridden": {"by": by, "reason": why, "at": at.isoformat()}})
        else:
            out.append(dict(one))
    return out


def checked_look_again(decision: Decision, day: date | None, today: date, latest: date) -> date | None:
    """The day on which a “not now” is looked at again; ``latest`` guards against a slip in the year."""
    if decision is not Decision.NOT_NOW:
        return None
    if day is None:
        raise BadInput("Say when to look at it again.", path="look_again_on")
    if day <= today:
        raise BadInput("The day to look again lies in the future.", path="look_again_on")
    if day > latest:
        raise BadInput("That is very far from now. Check the year.", path="look_again_on")
    return day
