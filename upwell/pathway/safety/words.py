"""What alerts and tasks are called, for people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from upwell.access.links import release_kinds
from upwell.knowledge.aftercare import load_aftercare
from upwell.record.models import Alert
from upwell.record.rules import (
    CALL_ASKED,
    LOW_RISK,
    SUICIDE_ITEM,
    SUICIDE_ITEM_UNANSWERED,
    SUICIDE_RISK,
    SUICIDE_TOLD,
)

ALERT_TITLES: dict[str, Promise] = {
    SUICIDE_ITEM: _("Thoughts of being better off dead or of self-harm"),
    SUICIDE_ITEM_UNANSWERED: _("Suicide question not answered: ask the same day"),
    CALL_ASKED: _("Asks to be called today"),
    SUICIDE_TOLD: _("Told of thoughts of suicide in a visit"),
    SUICIDE_RISK: _("Suicide risk"),
    "relapse": _("Relapse, by the rule declared beforehand"),
    "dose-deviation": _("A dose was given that nobody had released"),
    # session
    "discharge-delayed": _("Not ready to go home in time: the prescriber comes"),
    "discharge-transfer": _("Still not ready to go home: decide about a transfer"),
    "session-eloped": _("Left a dosing session without a word"),
    "session-died": _("Died in a dosing session"),
    "call-missed": _("Not reached on the day after a dose"),
    "not-safe-after-session": _("Not safe on the day after a dose"),
    "chaperone-missed": _("At a distance: nobody in the home has been heard of"),
    "chaperone-alarm": _("At a distance: the chaperone raises the alarm"),
    # end of session
}
QUIETER = frozenset({SUICIDE_ITEM_UNANSWERED, CALL_ASKED})  # shown in the tone of a review, not of an alarm

RISK_TITLES: dict[str, Promise] = {
    "low": _("Suicide risk: low, and a change for this person"),
    "moderate": _("Suicide risk: moderate"),
    "high": _("Suicide risk: high"),
    "acute": _("Suicide risk: acute. Do not leave the person alone"),
}

TASK_TITLES: dict[str, Promise] = {
    "review-imported-item-9": _("Look at imported answers to the suicide question"),
    LOW_RISK: _("Talk about low answers to the suicide questions at the next contact"),
    # referral
    "sharing-ended": _("No longer shares some of their record"),
    "course-ended-by-patient": _("Ended their course of care themself"),
    # end of referral
    # session
    "after-against-advice": _("Call a person who left against advice"),
    "after-eloped": _("Reach a person who left without a word"),
    "after-transferred-ems": _("Call the hospital to which a person was taken"),
    "after-admitted": _("Hand over to the ward to which a person was admitted"),
    "after-not-dosed": _("Tell a person who got no dose what comes next"),
    "after-died": _("After a death: those close to the person, the director, the reports"),
    # end of session
}

AFTER = "after-"  # an ending of a session


def alert_title(kind: str) -> str:
    """What an alert is about."""
    return str(ALERT_TITLES.get(kind, _("Safety alert")))


def title_of(alert: Alert) -> str:
    """What an alert is about, with the level of risk where one is proven."""
    if alert.kind == SUICIDE_RISK and alert.level in RISK_TITLES:
        return str(RISK_TITLES[alert.level])
    return alert_title(alert.kind)


def level_title(level: str) -> str:
    """A level of risk in a word."""
    known = {
        "none": _("none reported"),
        "low": _("low"),
        "moderate": _("moderate"),
        "high": _("high"),
        "acute": _("acute"),
    }
    return str(known.get(level, level))


def task_title(kind: str) -> str:
    """What is to be done."""
    return str(TASK_TITLES.get(kind, _("Task")))


SHARING_ENDED_WORDS = _(
    "The person has ended what %(to)s sees of their record at %(of)s: %(kinds)s. What you wrote into your own record"
    " stays. If it matters for the treatment, talk it over with them."
)
LOW_RISK_WORDS = _(
    "The answers prove a low level of risk, as the person's own last answers did. Nobody was alerted. Talk about it at"
    " the next contact, look at the safety plan together, and ask again then."
)
COURSE_ENDED_WORDS = _(
    "The person has ended their course of care at %(practice)s on their own page. Their reason, if they gave one,"
    " stands on the course. Ask how they are, and what they wish for now."
)


def task_sentence(kind: str, detail: dict[str, Any]) -> str:
    """What a task is about in one sentence, where its title does not say it all."""
    if kind == "sharing-ended":
        known = release_kinds()
        kinds = ", ".join(known[one].staff_title for one in detail.get("kinds", ()) if one in known)
        return SHARING_ENDED_WORDS % {"to": detail.get("to", ""), "of": detail.get("of", ""), "kinds": kinds}
    if kind == LOW_RISK:
        return str(LOW_RISK_WORDS)
    if kind == "course-ended-by-patient":
        return COURSE_ENDED_WORDS % {"practice": detail.get("practice", "")}
    if (ending := load_aftercare().endings.get(kind.removeprefix(AFTER))) and kind.startswith(AFTER):
        return ending.task
    return ""


@dataclass(frozen=True, slots=True)
class Earlier:
    """How a task was finished before it was opened again."""

    when: datetime | None
    outcome: str


@dataclass(frozen=True, slots=True)
class ReviewFacts:
    """What a task to look at imported answers says: how many, the latest, and what came of it before."""

    count: int
    latest: datetime | None
    instrument: str
    earlier: tuple[Earlier, ...]


def review_facts(detail: dict[str, Any]) -> ReviewFacts:
    """The facts of a task, as far as it holds any."""
    return ReviewFacts(
        count=int(detail.get("count") or 0),
        latest=_moment(detail.get("latest")),
        instrument=str(detail.get("instrument") or ""),
        earlier=tuple(
            Earlier(_moment(one.get("done_at")), str(one.get("outcome") or ""))
            for one in detail.get("earlier", ())
        ),
    )


def _moment(text: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(str(text))
    except ValueError:
        return None
