"""Screenings, for the people who see them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from upwell.access.trail import looked_at
from upwell.base.errors import NotFound
from upwell.base.finding import Severity
from upwell.base.kept_query import kept_query
from upwell.pathway.course.models import Course
from upwell.pathway.screening.models import Screening, ScreeningBasis, SecondOpinion
from upwell.pathway.screening.states import State
from upwell.record.actions_vitals import VITAL_SIGNS
from upwell.record.models import Observation

MOST_BY_HAND = 12


@dataclass(frozen=True, slots=True)
class Screenings:
    """The screenings of a course: the open one, and those that were decided, the latest first."""

    open: Screening | None
    decided: tuple[Screening, ...]

    @property
    def last(self) -> Screening | None:
        """The latest decision."""
        return self.decided[0] if self.decided else None


def screenings_of(course: Course) -> Screenings:
    """Every screening of a course. One query."""
    rows = _of_course(course.id)
    return Screenings(
        next((one for one in rows if one.is_open), None),
        tuple(sorted((one for one in rows if not one.is_open), key=_decided, reverse=True)),
    )


@kept_query(UUID)
def _of_course(course_id: UUID) -> QuerySet[Screening]:
    return Screening.objects.filter(course_id=course_id).order_by("-opened_at", "-id")


def _decided(row: Screening) -> tuple[object, ...]:
    return (row.decided_at, row.id)


def last_decision(course_id: UUID) -> str:
    """The latest decision on a course; empty where there is none."""
    rows = Screening.objects.filter(course_id=course_id, state=State.DECIDED).order_by("-decided_at", "-id")
    return rows.values_list("decision", flat=True).first() or ""


def past_screening(course: Course, screening_id: UUID) -> Screening:
    """One screening that was decided."""
    found = Screening.objects.filter(id=screening_id, course_id=course.id, state=State.DECIDED).first()
    if found is None:
        raise NotFound(_("There is no such screening here."))
    looked_at([found.patient_id])
    return found


def basis_of(screening_id: UUID) -> ScreeningBasis | None:
    """What a decision rested on; None for whoever may not read a part of it."""
    return next(iter(_basis(screening_id)), None)


@kept_query(UUID)
def _basis(screening_id: UUID) -> QuerySet[ScreeningBasis]:
    return ScreeningBasis.objects.filter(screening_id=screening_id).order_by("pk")[:1]


def opinions_on(screening_id: UUID) -> list[SecondOpinion]:
    """What second clinicians wrote, the earliest first."""
    return list(SecondOpinion.objects.filter(screening_id=screening_id).order_by("at", "id"))


def counts_of(findings: list[dict[str, object]]) -> list[tuple[str, int]]:
    """How many findings of each severity, the worst first."""
    found = [str(one["severity"]) for one in findings]
    worst_first = sorted(Severity, key=lambda one: -one.rank)
    return [(str(one), found.count(one)) for one in worst_first if one in found]


def worst_first(finding: dict[str, object]) -> int:
    """For sorting findings, the worst first."""
    return -Severity(str(finding["severity"])).rank


def entered_by_hand(course: Course) -> list[Observation]:
    """The latest measurements that somebody here entered, the newest first: a slip can be marked."""
    rows = Observation.objects.filter(
        patient_id=course.patient_id, practice_id=course.practice_id, source="", source_id__isnull=True
    )
    mine = rows.filter(entered_in_error=False, category=VITAL_SIGNS, effective_at__isnull=False)
    return list(
        mine.defer("resource", "content_hash").order_by("-effective_at", "-created_at", "-id")[:MOST_BY_HAND]
    )
