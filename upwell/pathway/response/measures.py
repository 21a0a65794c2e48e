"""The measures of a course, for the people who see them: what waits, what is late, what was missed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from upwell.access.trail import looked_at
from upwell.base.actor import Actor
from upwell.base.clock import now
from upwell.base.errors import NotFound
from upwell.base.kept_query import kept_query
from upwell.knowledge.loader import load_instrument
from upwell.knowledge.schedules import load_schedule
from upwell.pathway.course.models import Course
from upwell.record.models import Assessment, AssessmentRequest
from upwell.record.queries import PATIENT_AS_IT_CAME, PATIENT_BESIDE_NAME
from upwell.record.rules import Standing, standing
from upwell.science.measures import part_of

MOST_WAITING = 200  # what Today reads at once; the latest ones stand first
FOLLOWS_UP = frozenset({"therapist", "prescriber", "monitor"})  # who has the permission measure.follow-up

STANDING_WORDS: dict[Standing, tuple[Promise, str]] = {
    Standing.LATER: (gettext_lazy("opens later"), ""),
    Standing.OPEN: (gettext_lazy("can be answered now"), "water"),
    Standing.LATE: (gettext_lazy("late"), "caution"),
    Standing.MISSED: (gettext_lazy("missed"), "danger"),
    Standing.FOLLOWED_UP: (gettext_lazy("missed, and followed up"), ""),
    Standing.ANSWERED: (gettext_lazy("answered"), "good"),
    Standing.WITHDRAWN: (gettext_lazy("not needed any more"), ""),
}


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure of a course, with where it stands."""

    row: AssessmentRequest
    standing: Standing

    @property
    def title(self) -> str:
        """``Check-in, 24 hours after the dose``."""
        name, when = load_instrument(self.row.instrument).name, self.when
        return f"{name}, {when[:1].lower()}{when[1:]}" if when else name

    @property
    def when(self) -> str:
        """``24 hours after the dose``; nothing where somebody asked by hand."""
        return _(load_schedule().title_of(part_of(self.row.slot))) if self.row.slot else ""

    @property
    def words(self) -> str:
        return str(STANDING_WORDS[self.standing][0])

    @property
    def tone(self) -> str:
        return STANDING_WORDS[self.standing][1]

    @property
    def can_follow_up(self) -> bool:
        return self.standing in (Standing.LATE, Standing.MISSED)


def measures_of(course_id: UUID, at: datetime) -> list[Measure]:
    """Every measure of a course that was not withdrawn, in order of time."""
    return [Measure(row, standing(row, at)) for row in _planned_in(course_id)]


@kept_query(UUID)
def _planned_in(course_id: UUID) -> QuerySet[AssessmentRequest]:
    rows = AssessmentRequest.objects.filter(course_id=course_id, cancelled_at__isnull=True).exclude(slot="")
    return rows.select_related("followed_up_by", "assessment").order_by("opens_at", "instrument")


def measure_of(request_id: UUID, at: datetime) -> Measure:
    """One measure with its person. Whoever may not see it is told that there is none."""
    row = (
        AssessmentRequest.objects.select_related("patient__practice", "followed_up_by")
        .defer(*PATIENT_AS_IT_CAME)
        .filter(id=request_id)
        .exclude(slot="")
        .first()
    )
    if row is None:
        raise NotFound(_("There is no such question here."))
    looked_at([row.patient_id])
    return Measure(row, standing(row, at))


def waiting_rows(actor: Actor, at: datetime, course_id: UUID | None) -> list[Measure]:
    """What waits for answers or for somebody to ask after it: of a course, of a practice, or of the person themself."""
    if course_id is not None:
        rows = _waiting_in(course_id) if actor.is_staff else _own_waiting_in(course_id)
    elif actor.is_patient:
        rows = _own_waiting(list(actor.patient_ids))
    else:
        rows = _waiting_at(actor.practice_id, at) if actor.is_staff and actor.practice_id is not None else []
    return [Measure(row, standing(row, at)) for row in rows]


@kept_query(UUID)
def _waiting_in(course_id: UUID) -> QuerySet[AssessmentRequest]:
    return _waiting("patient", course_id=course_id)


@kept_query(UUID)
def _own_waiting_in(course_id: UUID) -> QuerySet[AssessmentRequest]:
    return _waiting("patient__practice", "requested_by", course_id=course_id)


@kept_query(list)
def _own_waiting(patient_ids: list[UUID]) -> QuerySet[AssessmentRequest]:
    return _waiting("patient__practice", "requested_by", patient_id__any=patient_ids)


@kept_query(UUID, datetime)
def _waiting_at(practice_id: UUID, at: datetime) -> QuerySet[AssessmentRequest]:
    """At a practice, what was asked by the schedule and is due."""
    return _waiting("patient", practice_id=practice_id, due_at__lte=at, slot__gt="")


def _waiting(*related: str, **whose: Any) -> QuerySet[AssessmentRequest]:
    rows = AssessmentRequest.objects.filter(
        assessment__isnull=True, cancelled_at__isnull=True, followed_up_at__isnull=True, **whose
    )
    rows = rows.select_related(*related).defer(*PATIENT_BESIDE_NAME)
    return rows.order_by("late_at", "due_at", "id")[:MOST_WAITING]


def measures_now(course: Course) -> list[Measure]:
    """Where the measures of a course stand now: for pages, which read them ``once``."""
    return measures_of(course.id, now())


def check_ins_of(measures: Iterable[Measure]) -> list[Assessment]:
    """The answers of those that were check-ins, in order of time."""
    given = [one.row.assessment for one in measures if not load_instrument(one.row.instrument).is_scored]
    found = [one for one in given if one is not None and not one.entered_in_error]
    return sorted(found, key=lambda one: one.effective_at)


def answered_since(patient_ids: Iterable[UUID], since: datetime) -> list[Assessment]:
    """What was answered since a moment, the latest first; what was entered in error is left out."""
    return _answered_since(list(patient_ids), since)


@kept_query(list, datetime)
def _answered_since(patient_ids: list[UUID], since: datetime) -> QuerySet[Assessment]:
    rows = Assessment.objects.filter(
        patient_id__any=patient_ids, effective_at__gte=since, entered_in_error=False
    )
    return rows.exclude(origin=Assessment.Origin.HISTORY).order_by("-effective_at")[:MOST_WAITING]
