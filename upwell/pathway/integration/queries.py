"""Integration, for the people who read it. Row security decides what of another practice's rows they see."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from upwell.access.models import CareLink
from upwell.access.trail import looked_at
from upwell.base.actor import Actor, Compartment
from upwell.base.errors import NotFound
from upwell.base.kept_query import kept_query
from upwell.pathway.course.care_queries import person_charts_of
from upwell.pathway.course.models import Course
from upwell.pathway.integration.models import (
    DailyPractice,
    IntegrationVisit,
    ProcessNote,
    SharedEntry,
    VisitAddendum,
)
from upwell.pathway.integration.rules import HabitState, NoteState
from upwell.pathway.parts import once
from upwell.people.models import Patient
from upwell.record.queries import PATIENT_BESIDE_NAME

MOST = 200


def writers_chart(actor: Actor, course: Course) -> Patient | None:
    """The chart of the person at the practice of whoever writes; None where that practice has none."""
    if course.practice_id == actor.practice_id:
        return course.patient
    links = CareLink.objects.filter(other_patient_id=course.patient_id)
    link = links.filter(practice_id=actor.practice_id).first() if actor.practice_id is not None else None
    return Patient.objects.filter(id=link.patient_id).first() if link is not None else None


def visits_of(course: Course) -> list[IntegrationVisit]:
    """The visits of a course, the latest first."""
    return _of_course(course.id)


@kept_query(UUID)
def _of_course(course_id: UUID) -> QuerySet[IntegrationVisit]:
    rows = IntegrationVisit.objects.filter(course_id=course_id).select_related("practice")
    return rows.order_by("-held_at", "-id")[:MOST]


def visit_of(visit_id: UUID, course_id: UUID | None = None) -> IntegrationVisit:
    """One visit; whoever may not see it is told that there is none."""
    rows = IntegrationVisit.objects.select_related("practice", "alert").filter(id=visit_id)
    found = (rows if course_id is None else rows.filter(course_id=course_id)).first()
    if found is None:
        raise NotFound(_("There is no such visit here."))
    looked_at([found.patient_id])
    return found


def addenda_of(visit: IntegrationVisit) -> list[VisitAddendum]:
    """What was added to a visit's note, in order."""
    return list(visit.addenda.order_by("at", "id"))


def process_words_of(visit_id: UUID) -> str:
    """The process notes on a visit; row security gives them to a therapist of its practice alone."""
    return ProcessNote.objects.filter(visit_id=visit_id).values_list("words", flat=True).first() or ""


def own_drafts(actor: Actor, course_id: UUID | None = None) -> list[IntegrationVisit]:
    """The notes that a person began at this practice and has not signed."""
    if actor.account_id is None or actor.practice_id is None:
        return []
    drafts = _drafts(actor.account_id, actor.practice_id)
    return [one for one in drafts if course_id in (None, one.course_id)]


@kept_query(UUID, UUID)
def _drafts(author_id: UUID, practice_id: UUID) -> QuerySet[IntegrationVisit]:
    rows = IntegrationVisit.objects.filter(
        state=NoteState.DRAFT, author_id=author_id, practice_id=practice_id
    )
    return (
        rows.select_related("patient").defer("words", *PATIENT_BESIDE_NAME).order_by("held_at", "id")[:MOST]
    )


def shared_habits(course: Course) -> list[DailyPractice]:
    """What the person keeps in daily life, as far as their team may see it."""
    return _shared_habits(once(course, person_charts_of))


@kept_query(list)
def _shared_habits(charts: list[UUID]) -> QuerySet[DailyPractice]:
    rows = DailyPractice.objects.filter(patient_id__any=charts, compartment=Compartment.CLINICAL)
    return rows.exclude(state=HabitState.ENDED).order_by("created_at", "id")[:MOST]


def habits_of_visit(visit: IntegrationVisit) -> list[DailyPractice]:
    """What was agreed in a visit."""
    return list(visit.practices.filter(compartment=Compartment.CLINICAL).order_by("created_at", "id")[:MOST])


def shared_entries(course: Course) -> list[SharedEntry]:
    """The pages of the journal that the person shares with their team, the latest first."""
    return _shared_entries(once(course, person_charts_of))


@kept_query(list)
def _shared_entries(charts: list[UUID]) -> QuerySet[SharedEntry]:
    rows = SharedEntry.objects.filter(patient_id__any=charts, compartment=Compartment.CLINICAL)
    return rows.order_by("-day", "-id")[:MOST]
