"""A person's own courses of care: where they stand, who has the ball, what happened, in plain words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from upwell.access.roles import rulebook
from upwell.access.trail import looked_at
from upwell.base.actor import Actor
from upwell.pathway.course.care_queries import stages_of
from upwell.pathway.course.models import Course
from upwell.pathway.course.own_words import STAGE_WORDS, stands_words
from upwell.pathway.local_time import local_time
from upwell.pathway.parts import Card, Moment, Urgency, Waiting, cards_of, is_for, moments_of, waiting_for


@dataclass(frozen=True, slots=True)
class OwnStage:
    """One stage of the way, in the person's words."""

    label: str | Promise
    is_current: bool
    is_passed: bool


@dataclass(frozen=True, slots=True)
class OwnCourse:
    """One course as its person reads it."""

    course: Course
    stands: str | Promise
    stages: list[OwnStage]
    mine: list[Waiting]
    told: list[str]
    cards: list[Card]
    moments: list[Moment]


def told_of(others: Iterable[Waiting]) -> list[str]:
    """What goes on while others have the ball, each once; without any words, whose turn it is."""
    them = [one for one in others if one.urgency is not Urgency.WORRYING or one.told]
    said = list(dict.fromkeys(one.told for one in them if one.told))
    return said or [turn for one in them[:1] if (turn := _turn(one))]


def _turn(one: Waiting) -> str:
    titles = [rulebook().roles[role].title.lower() for role in sorted(one.owners) if role in rulebook().roles]
    return _("It is the turn of your %(who)s.") % {"who": _(" or your ").join(titles)} if titles else ""


def own_courses(actor: Actor, at: datetime, found: Iterable[Course]) -> list[OwnCourse]:
    """Every course of a person, as it was found."""
    looked_at(actor.patient_ids)
    return [_own(actor, course, at) for course in found]


@contextmanager
def clock_of(courses: Iterable[Course]) -> Iterator[None]:
    """The clock of the practice that treats a person, on pages of theirs: their oldest chart may be elsewhere."""
    zones = {one.practice.time_zone for one in courses if one.is_open}
    with local_time(zones.pop()) if len(zones) == 1 else nullcontext():
        yield


def _own(actor: Actor, course: Course, at: datetime) -> OwnCourse:
    waiting = waiting_for(actor, at, course) if course.is_open else []
    return OwnCourse(
        course=course,
        stands=stands_words(course),
        stages=[OwnStage(STAGE_WORDS[one.state], one.is_current, one.is_passed) for one in stages_of(course)],
        mine=[one for one in waiting if is_for(actor, one)],
        told=told_of(one for one in waiting if not is_for(actor, one)),
        cards=[card for card in cards_of(course, actor) if card.own],
        moments=moments_of(course, actor),
    )
