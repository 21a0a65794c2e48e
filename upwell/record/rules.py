"""Where a request stands, and which answers open the safety path. Pure: the instrument's data says which they are."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from upwell.base.finding import Finding
from upwell.knowledge.instrument import Flag, Instrument, Scalar
from upwell.science.rules.suicide import Why
from upwell.science.scoring import ScoreResult, score


class Standing(StrEnum):
    """Where something that was asked for stands at a moment."""

    LATER = "later"  # it can't be answered yet
    OPEN = "open"
    LATE = "late"  # it can still be answered, and somebody should ask after it
    MISSED = "missed"  # closed unanswered: somebody follows up
    FOLLOWED_UP = "followed-up"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


class Asked(Protocol):
    """What is read of a request."""

    opens_at: datetime | None
    late_at: datetime | None
    closes_at: datetime | None
    cancelled_at: datetime | None
    followed_up_at: datetime | None

    @property
    def assessment_id(self) -> UUID | None: ...


def standing(asked: Asked, at: datetime) -> Standing:
    """Where it stands. What was asked by hand is open until it is answered or taken back."""
    if asked.assessment_id is not None:
        return Standing.ANSWERED
    if asked.cancelled_at is not None:
        return Standing.WITHDRAWN
    if asked.closes_at is not None and at >= asked.closes_at:
        return Standing.MISSED if asked.followed_up_at is None else Standing.FOLLOWED_UP
    if asked.opens_at is not None and at < asked.opens_at:
        return Standing.LATER
    is_late = asked.late_at is not None and at >= asked.late_at and asked.followed_up_at is None
    return Standing.LATE if is_late else Standing.OPEN


SUICIDE_ITEM = "suicide-item"
SUICIDE_ITEM_UNANSWERED = "suicide-item-unanswered"
CALL_ASKED = "call-asked"
SUICIDE_TOLD = "suicide-told"  # in a visit, to a person
SUICIDE_RISK = "suicide-risk"  # a level of risk, proven by a screen or told by a person
LOW_RISK = "low-suicide-risk"  # a task: low answers that are no change for this person

WHY_WORDS = {
    Why.RISE: "This is more than in the person's own last answers.",
    Why.NO_BASELINE: "There are no earlier answers here to compare with.",
}


@dataclass(frozen=True, slots=True)
class Raised:
    """What the team is alerted to, and the finding that says why."""

    kind: str
    finding: Finding
    is_alone: bool = True  # nothing else in the same answers has to be acted on

    @property
    def is_urgent(self) -> bool:
        """Whether the person is shown where to turn to at once."""
        return self.kind == SUICIDE_ITEM


def alert_raised_by(instrument: Instrument, result: ScoreResult) -> Raised | None:
    """The one alert that answers given live raise: the worst flag that somebody must act on.

    What else must be acted on in the same answers stands in the same finding, so that nothing is lost.
    """
    if not result.flags:
        return None
    found = [
        Raised(kind_of(flag), finding)
        for flag in alerting_flags(instrument)
        if flag.id in result.flags
        for finding in result.findings
        if finding.rule == f"{instrument.id}.{flag.id}"
    ]
    worst = max(found, key=lambda raised: raised.finding.severity.rank, default=None)
    if worst is None or len(found) == 1:
        return worst
    every = [worst.finding, *(raised.finding for raised in found if raised is not worst)]
    message = " ".join(finding.message for finding in every)
    because = tuple(one for finding in every for one in finding.because)
    finding = replace(worst.finding, message=message, because=because)
    return Raised(worst.kind, finding, is_alone=len({one.kind for one in found}) == 1)


def safety_flags(instrument: Instrument) -> list[Flag]:
    """The flags of an instrument that rest on a question about suicide."""
    asked = {item.id for item in instrument.items if item.safety}
    return [flag for flag in instrument.flags if asked & set(flag.because)]


def alerting_flags(instrument: Instrument) -> list[Flag]:
    """The flags that alert the team: about suicide, first, and what else the instrument says must be acted on."""
    return [*safety_flags(instrument), *(flag for flag in instrument.flags if flag.alert)]


def kind_of(flag: Flag) -> str:
    """The kind of alert that a flag raises: one that was answered so, or one that was left blank."""
    if flag.alert:
        return flag.alert
    return SUICIDE_ITEM_UNANSWERED if flag.when.unanswered is not None else SUICIDE_ITEM


def urgent_answers(instrument: Instrument) -> dict[str, list[Scalar]]:
    """By question about suicide: the answers that open the safety path, so that a form can react at once."""
    urgent: dict[str, list[Scalar]] = {}
    for item in instrument.items:
        if item.safety:
            raised = {
                r.value: alert_raised_by(instrument, score(instrument, {item.id: r.value}))
                for r in item.responses
            }
            urgent[item.id] = [value for value, one in raised.items() if one is not None and one.is_urgent]
    return urgent


def single_answers(
    instrument: Instrument, flags: Collection[str], answers: Mapping[str, Any]
) -> dict[str, float]:
    """The answers to questions about suicide that raised a flag, where they are numbers."""
    asked = {item.id for item in instrument.items if item.safety}
    items = {
        one for flag in safety_flags(instrument) if flag.id in flags for one in flag.because if one in asked
    }
    return {one: answers[one] for one in sorted(items) if isinstance(answers.get(one), int | float)}


def changed_words(message: str, why: Why) -> str:
    """What a finding says, with why it pages somebody where its level alone would not."""
    return f"{message} {WHY_WORDS[why]}" if why in WHY_WORDS else message
