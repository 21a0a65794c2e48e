"""A person's home: one next thing, what comes after, where their course stands, who cares for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from django.urls import resolve
from django.utils.functional import Promise
from django.utils.timezone import localdate

from upwell.access.trail import looked_at
from upwell.base.actor import Actor
from upwell.pathway.course.models import Course
from upwell.pathway.course.own_queries import told_of
from upwell.pathway.course.own_words import stands_words
from upwell.pathway.integration.doses import last_doses
from upwell.pathway.parts import Urgency, Waiting, in_order, is_for, waiting_for
from upwell.pathway.today.people import Place, places_of
from upwell.people.models import Practice

TWO_DAYS = timedelta(days=2)
SHOWN_AFTER = 6
FOLDED = 20


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one course stands, and what goes on meanwhile."""

    course: Course
    words: str | Promise
    told: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Aftercare:
    """A dose was given today or yesterday: what holds now, and whom to call."""

    is_today: bool
    practice: Practice
    more: Waiting | None = None  # the page that says it all


@dataclass(frozen=True, slots=True)
class Home:
    """Everything that stands on a person's home, but for scores and looks."""

    next: Waiting | None
    after: tuple[Waiting, ...]
    more: tuple[Waiting, ...]
    standings: tuple[Standing, ...]
    aftercare: Aftercare | None
    places: tuple[Place, ...]


def home_of(actor: Actor, at: datetime, courses: Sequence[Course]) -> Home:
    """A person's home. As many queries as the steps ask, once for all and once for each open course."""
    looked_at(actor.patient_ids)
    found, standings = waiting_for(actor, at), []
    for course in courses:
        about = waiting_for(actor, at, course) if course.is_open else []
        found += about
        told = told_of(one for one in about if not is_for(actor, one))
        standings.append(Standing(course, stands_words(course), tuple(told)))
    mine = _each_once(one for one in in_order(found) if is_for(actor, one))
    care = _aftercare(courses, at, next((one for one in mine if _is_way_home(one)), None))
    mine = [one for one in mine if care is None or one is not care.more]
    first = next((one for one in mine if one.urgency is not Urgency.LATER or _can_be_done_now(one)), None)
    after = [one for one in mine if one is not first]
    return Home(
        next=first,
        after=tuple(after[:SHOWN_AFTER]),
        more=tuple(after[SHOWN_AFTER : SHOWN_AFTER + FOLDED]),
        standings=tuple(_shown(standings)),
        aftercare=care,
        places=tuple(places_of(actor, courses)),
    )


def _each_once(found: Iterable[Waiting]) -> list[Waiting]:
    return list({(one.url, one.what): one for one in reversed(list(found))}.values())[::-1]


def _shown(standings: list[Standing]) -> list[Standing]:
    """The open courses; where there is none, the last one that was closed."""
    return [one for one in standings if one.course.is_open] or standings[:1]


def _can_be_done_now(one: Waiting) -> bool:
    """What has no day, such as writing down what one hopes for: nobody has to wait for it."""
    return one.due is None and not _is_way_home(one)


def _is_way_home(one: Waiting) -> bool:
    """What the dosing day tells the person about the way home; it stands with the aftercare."""
    return one.urgency is Urgency.LATER and resolve(urlsplit(one.url).path).url_name == "own_session"


def _aftercare(courses: Iterable[Course], at: datetime, way_home: Waiting | None) -> Aftercare | None:
    """The latest dose of today or yesterday, by the calendar of the page's clock."""
    practices: dict[UUID, Practice] = {one.id: one.practice for one in courses}
    doses = {one: dosed.at for one, dosed in last_doses(at - TWO_DAYS).items() if one in practices}
    if not doses:
        return None
    latest = max(doses, key=lambda one: doses[one])
    days = (localdate(at) - localdate(doses[latest])).days
    return Aftercare(days == 0, practices[latest], way_home) if days in (0, 1) else None
