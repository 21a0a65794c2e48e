"""What each step of the pathway tells the others: what waits for whom, what happened, what stands on the course page.

A step says so in its ``part`` module; a function that it does not have is a part that it does not play. So the course
page, Today and a person's home know every step, and no step has to know them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from upwell.base.actor import Actor
from upwell.science.measures import Dose

if TYPE_CHECKING:
    from upwell.pathway.course.models import Course
    from upwell.pathway.session.log import Folded
    from upwell.pathway.session.models import Session
    from upwell.record.models import Assessment

Read = TypeVar("Read")

# In the order in which a person meets them; it is the order of the cards on the course page too.
STEPS = (
    "course",
    "referral",
    "screening",
    "consent",
    "preparation",
    "workup",
    "calendar",
    "session",
    "pharmacy",
    "incidents",
    "papers",
    "remote",
    "aftercare",
    "exposure",
    "response",
    "integration",
    "maintenance",
    "safety",
)


class Urgency(StrEnum):
    """Under which heading it stands on Today."""

    HERE = "here"  # somebody is in the practice now
    WORRYING = "worrying"
    DUE = "due"  # has a time, and the time has come or is today
    WAITING = "waiting"  # waits for somebody, without a clock
    LATER = "later"  # shown on the course page and on the patient's home alone


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits for somebody: the ball, who has it, and where to play it.

    ``owners`` are roles (``patient``, ``therapist``, ``prescriber``, ``monitor``, ``admin``) at ``practice_id``, the
    practice that has to act. ``what`` is a sentence that begins with a verb, without the person's name. ``told`` says
    the same to the patient while somebody else has the ball: "Your prescriber is looking at your answers."; without
    it the patient is told no more than whose turn it is. ``button`` is what stands on the button of the patient's home:
    "Start", "Read and sign". ``says_when``: the detail tells the time, on the clock of the practice where it is; a page
    that lives by another clock tells it no second time.
    """

    owners: frozenset[str]
    practice_id: UUID
    patient_id: UUID | None  # None: it is about nobody, but about something of the practice's own
    patient_name: str  # or what it is about
    what: str
    url: str
    since: datetime
    urgency: Urgency = Urgency.WAITING
    due: datetime | None = None
    detail: str = ""
    course_id: UUID | None = None
    icon: str = ""
    told: str = ""
    button: str = ""
    says_when: bool = False


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened, on the timeline of a course. ``title`` is a sentence in the past."""

    at: datetime
    title: str
    detail: str = ""  # in people's own words, shown with dir="auto"
    who: str = ""
    url: str = ""
    icon: str = ""
    tone: str = ""  # as of components/badge.html


@dataclass(frozen=True, slots=True)
class Card:
    """A step's place on the course page: a heading and a template of its own with what it needs.

    ``own`` says that it was made for the person themself: their page shows no other.
    """

    title: str
    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    icon: str = ""
    own: bool = False


def _parts(name: str) -> tuple[Callable[..., Any], ...]:
    return _playing(name, _modules())


@cache
def _playing(name: str, modules: tuple[Any, ...]) -> tuple[Callable[..., Any], ...]:
    found = (getattr(module, name, None) for module in modules)
    return tuple(one for one in found if one is not None)


@cache
def _modules() -> tuple[Any, ...]:
    names = [f"upwell.pathway.{step}.part" for step in STEPS]
    return tuple(import_module(name) for name in names if find_spec(name))


def waiting_for(actor: Actor, at: datetime, course: Course | None = None) -> list[Waiting]:
    """Everything that waits at the actor's practice, or about the patient that acts; of one course, if it is named.

    Each step's ``waiting(actor, at, course)`` may ask the database a fixed number of times, however much it finds.
    With a course, also what waits for others stands in it: the course page shows who has the ball.
    """
    return in_order(one for part in _parts("waiting") for one in part(actor, at, course))


def in_order(found: Iterable[Waiting]) -> list[Waiting]:
    """What presses most stands first, then what is due first; of what waits, what has an hour before what has none."""
    order = list(Urgency)

    def place(one: Waiting) -> tuple[int, bool, datetime, str]:
        has_time = one.due is not None or one.urgency is not Urgency.WAITING
        return order.index(one.urgency), not has_time, one.due or one.since, one.patient_name

    return sorted(found, key=place)


def is_for(actor: Actor, one: Waiting) -> bool:
    """Whether it waits for this person: their role at their practice, or the patient themself."""
    if actor.is_patient:
        return "patient" in one.owners and one.patient_id in actor.patient_ids
    return one.practice_id == actor.practice_id and bool(one.owners & actor.roles)


def once(course: Course, read: Callable[[Course], Read]) -> Read:
    """What several parts of one page read of a course is read once: kept on the course in hand.

    For pages alone: who writes reads anew.
    """
    kept: dict[str, Any] = course.__dict__.setdefault("_read_once", {})
    name = f"{read.__module__}.{read.__qualname__}"
    if name not in kept:
        kept[name] = read(course)
    found: Read = kept[name]
    return found


def moments_of(course: Course, actor: Actor) -> list[Moment]:
    """The timeline: what every step's ``moments(course, actor)`` tells, the latest first."""
    found: list[Moment] = [one for part in _parts("moments") for one in part(course, actor)]
    return sorted(found, key=lambda one: one.at, reverse=True)


def cards_of(course: Course, actor: Actor) -> list[Card]:
    """What each step shows on the course page (``cards(course, actor)``), in the order of the pathway."""
    return [one for part in _parts("cards") for one in part(course, actor)]


def facts_of(course: Course) -> dict[str, Any]:
    """What the guards of the course ask of the steps (``course_facts(course)``): see ``course.guards``."""
    found: dict[str, Any] = {}
    for part in _parts("course_facts"):
        found |= part(course)
    return found


def doses_of(course: Course) -> list[Dose]:
    """When doses were given in a course, the first of each dosing day (``dosing_days(course)``), in order."""
    found: list[Dose] = [one for part in _parts("dosing_days") for one in part(course)]
    return sorted(found, key=lambda one: (one.at, one.id))


def look_after(by: Actor, at: datetime) -> None:
    """Let every step do what is due by the clock alone (``look_after(by, at)``) at the practice of this system actor.

    It is asked again and again: a step does each thing once, however often it is asked.
    """
    for part in _parts("look_after"):
        part(by, at)


def wishes_of(course: Course) -> list[str]:
    """What the person wants to have in sight in the treatment room (``wishes(course)``), in their own words."""
    return [one for part in _parts("wishes") for one in part(course)]


def tell_moved(by: Actor, course: Course) -> None:
    """Tell every step that the course took a step (``moved(by, course)``), in the same transaction."""
    for part in _parts("moved"):
        part(by, course)


def tell_measured(by: Actor, assessment: Assessment) -> None:
    """Tell every step that a measure was answered, or marked wrong (``measured(by, assessment, course)``).

    In an open course alone; it is looked for once, with a statement that costs little: this runs with every answer.
    """
    from upwell.pathway.course.care_queries import open_course_at

    if course := open_course_at(assessment.patient_id):
        for part in _parts("measured"):
            part(by, assessment, course)


def refuse_session(by: Actor, course: Course, kind: str) -> None:
    """Let a step refuse, with an error of ours, that a session of this kind is opened (``refuse_session``)."""
    for part in _parts("refuse_session"):
        part(by, course, kind)


def tell_released(by: Actor, session: Session, log: Folded, *, go: bool) -> None:
    """Tell every step that a dose is released, or held (``released(by, session, log, go)``), before it is on record.

    A step refuses with an error of ours what can't be released. In the same transaction.
    """
    for part in _parts("released"):
        part(by, session, log, go)


def tell_logged(by: Actor, session: Session, log: Folded, types: Collection[str]) -> None:
    """Tell every step that a session's log has new entries (``logged(by, session, log, types)``), stored already."""
    for part in _parts("logged"):
        part(by, session, log, types)
