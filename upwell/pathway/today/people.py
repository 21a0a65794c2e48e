"""Who cares for a person: their practices with how to reach them, and the people who have acted for them there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from upwell.base.actor import Actor
from upwell.pathway.course.models import Course, CourseStep
from upwell.pathway.integration.models import IntegrationVisit
from upwell.people.models import Practice
from upwell.web.role_words import role_titles

CARE = frozenset({"therapist", "prescriber", "monitor"})
MOST = 200
NAMED = 6  # people of one practice


@dataclass(frozen=True, slots=True)
class Carer:
    """One person of the team."""

    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Place:
    """A practice of one's own."""

    practice: Practice
    people: tuple[Carer, ...]


def places_of(actor: Actor, courses: Iterable[Course]) -> list[Place]:
    """The practices of a person, with whom they have met there. Four queries."""
    courses = list(courses)
    roles: dict[UUID, dict[str, set[str]]] = {}
    for practice_id, name, said in _met(courses):
        held = {role.strip() for role in said.split(",")} & CARE
        if name and held:
            roles.setdefault(practice_id, {}).setdefault(name, set()).update(held)
    for course in courses:
        if course.prescriber is not None:
            roles.setdefault(course.practice_id, {}).setdefault(course.prescriber.name, set()).add(
                "prescriber"
            )
    here = Practice.objects.filter(patients__id__in=actor.patient_ids).distinct().order_by("name")
    return [Place(one, _people(roles.get(one.id, {}))) for one in here]


def _people(roles: dict[str, set[str]]) -> tuple[Carer, ...]:
    return tuple(Carer(name, role_titles(held)) for name, held in sorted(roles.items())[:NAMED])


def _met(courses: list[Course]) -> list[tuple[UUID, str, str]]:
    steps = CourseStep.objects.filter(course__in=courses).values_list("practice_id", "by_name", "by_role")
    visits = IntegrationVisit.objects.filter(course__in=courses)
    wrote = visits.values_list("practice_id", "author_name", "author_role")
    return [*steps.distinct()[:MOST], *wrote.distinct()[:MOST]]
