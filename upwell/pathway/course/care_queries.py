"""Courses of care, for the people who see them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from upwell.access.links import with_linked
from upwell.access.trail import looked_at
from upwell.base.errors import NotFound
from upwell.base.kept_query import kept_query
from upwell.base.reading import Part, rows_of
from upwell.pathway.course.models import Course, CourseStep
from upwell.pathway.course.states import STATE_WORDS, State
from upwell.pathway.parts import once
from upwell.people.charts import chart_ids
from upwell.record.queries import PATIENT_AS_IT_CAME


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of the way, as the course page shows it."""

    state: State
    label: str | Promise
    is_current: bool
    is_passed: bool


def course_of(course_id: UUID) -> Course:
    """One course with its patient and practice. Whoever may not see it is told that there is none."""
    rows = _one(course_id)
    if not rows:
        raise NotFound(_("There is no such course of care here."))
    looked_at([rows[0].patient_id])
    return rows[0]


@kept_query(UUID)
def _one(course_id: UUID) -> QuerySet[Course]:
    rows = Course.objects.select_related("patient", "practice", "prescriber").filter(id=course_id)
    return rows.defer(*PATIENT_AS_IT_CAME)


def courses_of(patient_ids: Iterable[UUID]) -> list[Course]:
    """The courses of these charts, the latest first; what other practices lead, too, where it is released."""
    return _courses_of(list(patient_ids))


@kept_query(list)
def _courses_of(patient_ids: list[UUID]) -> QuerySet[Course]:
    rows = Course.objects.select_related("practice", "prescriber").filter(patient_id__any=patient_ids)
    return rows.order_by("-started_at", "-id")


def open_course_of(patient_id: UUID) -> Course | None:
    """The open course of a chart, or of one that was joined into it."""
    rows = Course.objects.filter(patient_id__in=chart_ids(patient_id) or [patient_id])
    return rows.exclude(state=State.CLOSED).order_by("-started_at").first()


_OPEN = Part("c", Course)
_OPEN_SQL = f"SELECT {_OPEN.columns} FROM course_course c WHERE c.patient_id = %s AND c.state <> 'closed'"  # noqa: S608


def open_course_at(patient_id: UUID) -> Course | None:
    """The open course of exactly this chart."""
    found = rows_of([_OPEN], _OPEN_SQL, [patient_id])
    return found[0][0] if found else None


def person_charts_of(course: Course) -> list[UUID]:
    """Every chart of the person whose course it is that the actor may know of."""
    return with_linked(once(course, charts_of_course))


def charts_of_course(course: Course) -> list[UUID]:
    """The chart of the course, and those that were joined into it."""
    return chart_ids(course.patient_id) or [course.patient_id]


def steps_of(course: Course) -> list[CourseStep]:
    """Every step that the course took, in order."""
    return _steps(course.id)


@kept_query(UUID)
def _steps(course_id: UUID) -> QuerySet[CourseStep]:
    return CourseStep.objects.filter(course_id=course_id).order_by("number")


def stages_of(course: Course) -> list[Stage]:
    """The way from inquiry to maintenance, with where the course stands on it."""
    way = [state for state in State if state is not State.CLOSED]
    passed = {one.to_state for one in once(course, steps_of)}
    here = course.stands
    place = way.index(here) if here in way else len(way)
    return [
        Stage(state, STATE_WORDS[state], state is here, number < place and state.value in passed)
        for number, state in enumerate(way)
    ]
