"""Who cares for a person: their practices with how to reach them, and the people who have acted for them there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from upwell.base.actor import Actor
from upwell.base.kept_query import kept_query
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
    here = _practices_of(list(actor.patient_ids))
    return [Place(one, _people(roles.get(one.id, {}))) for one in here]


@kept_query(list)
def _practices_of(patient_ids: list[UUID]) -> QuerySet[Practice]:
    return Practice.objects.filter(patients__id__any=patient_ids).distinct().order_by("name")


def _people(roles: dict[str, set[str]]) -> tuple[Carer, ...]:
    return tuple(Carer(name, role_titles(held)) for name, held in sorted(roles.items())[:NAMED])


def _met(courses: list[Course]) -> list[tuple[UUID, str, str]]:
    ids = [one.id for one in courses]
    return [*_stepped(ids), *_wrote(ids)]


@kept_query(list)
def _stepped(course_ids: list[UUID]) -> QuerySet[CourseStep, tuple[UUID, str, str]]:
    rows = CourseStep.objects.filter(course_id__any=course_ids)
    return rows.values_list("practice_id", "by_name", "by_role").distinct()[:MOST]


@kept_query(list)
def _wrote(course_ids: list[UUID]) -> QuerySet[IntegrationVisit, tuple[UUID, str, str]]:
    rows = IntegrationVisit.objects.filter(course_id__any=course_ids)
    return rows.values_list("practice_id", "author_name", "author_role").distinct()[:MOST]
