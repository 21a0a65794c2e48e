"""What the screening tells: who has to decide, when it is looked at again, what is missing, and what was decided."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from upwell.base.actor import Actor
from upwell.base.kept_query import kept_query
from upwell.pathway.course.models import Course
from upwell.pathway.course.states import State as CourseState
from upwell.pathway.parts import Card, Moment, Urgency, Waiting, once
from upwell.pathway.screening import queries
from upwell.pathway.screening.models import Screening
from upwell.pathway.screening.states import DECISION_WORDS, Decision
from upwell.record.models import Assessment, AssessmentRequest
from upwell.record.queries import PATIENT_BESIDE_NAME
from upwell.web.paths import path_to

MOST = 100
PHQ9 = "phq-9"
PRESCRIBER = frozenset({"prescriber"})
TEAM = frozenset({"prescriber", "therapist", "monitor"})


def waiting(actor: Actor, at: datetime, course: Course | None) -> list[Waiting]:
    """Screenings that wait for a decision or for their day, and a PHQ-9 that nobody has asked for. Four queries."""
    if actor.is_patient and course is None:
        return []  # what a person is asked stands with the questions themselves
    courses = _in_screening(actor, course)
    if not courses:
        return []
    latest = _latest_screenings(courses)
    measured = _measured(courses)
    found: list[Waiting] = []
    for one in courses:
        row = latest.get(one.id)
        found.append(_decision(one, row, at))
        if one.patient_id not in measured and (row is None or row.is_open):
            found.append(_missing_phq9(one))
    return found


def _in_screening(actor: Actor, course: Course | None) -> list[Course]:
    if course is not None:
        return [course] if course.stands is CourseState.SCREENING else []
    if not actor.is_staff or actor.practice_id is None:
        return []
    return _in_screening_at(actor.practice_id)


@kept_query(UUID)
def _in_screening_at(practice_id: UUID) -> QuerySet[Course]:
    rows = Course.objects.filter(practice_id=practice_id, state=CourseState.SCREENING)
    return rows.select_related("patient").defer(*PATIENT_BESIDE_NAME).order_by("updated_at")[:MOST]


def _latest_screenings(courses: list[Course]) -> dict[UUID, Screening]:
    return {row.course_id: row for row in _latest([one.id for one in courses])}


@kept_query(list)
def _latest(course_ids: list[UUID]) -> QuerySet[Screening]:
    rows = Screening.objects.filter(course_id__any=course_ids).defer("told")
    return rows.order_by("course_id", "-opened_at", "-id").distinct("course_id")


def _measured(courses: list[Course]) -> set[UUID]:
    """The patients who have a PHQ-9 since their course began, or are asked for one now."""
    started = {one.patient_id: one.started_at for one in courses}
    found = {
        patient_id
        for patient_id, at in _last_given(list(started))
        if timezone.localdate(at) >= timezone.localdate(started[patient_id])
    }
    return found | set(_asked(list(started)))


@kept_query(list)
def _last_given(patient_ids: list[UUID]) -> QuerySet[Assessment, tuple[UUID, datetime]]:
    rows = Assessment.objects.filter(patient_id__any=patient_ids, instrument=PHQ9, entered_in_error=False)
    latest = rows.order_by("patient_id", "-effective_at").distinct("patient_id")
    return latest.values_list("patient_id", "effective_at")


@kept_query(list)
def _asked(patient_ids: list[UUID]) -> QuerySet[AssessmentRequest, UUID]:
    rows = AssessmentRequest.objects.filter(
        patient_id__any=patient_ids, instrument=PHQ9, assessment__isnull=True, cancelled_at__isnull=True
    )
    return rows.values_list("patient_id", flat=True)


def _decision(course: Course, row: Screening | None, at: datetime) -> Waiting:
    """The prescriber decides; a “not now” waits for its day."""
    urgency, what, detail = Urgency.WAITING, _("Decide on the screening"), ""
    since = course.updated_at
    if row is None:
        what = _("Fill in the screening, and decide")
    elif row.is_open:
        since = row.opened_at
        detail = _("%(name)s filled in last") % {"name": row.filled_by_name} if row.filled_by_name else ""
    else:
        what, since = _("Look at the screening again"), row.decided_at or since
        day = _day(row.look_again_on)
        urgency = Urgency.DUE if day is not None and day <= at else Urgency.LATER
        until = date_format(row.look_again_on, "DATE_FORMAT") if row.look_again_on else ""
        detail = _("Not now, until %(day)s: %(why)s") % {"day": until, "why": row.reason[:200]}
    told = _(
        "Your prescriber is looking at what you told us, to see if this treatment is right and safe for you."
    )
    if row is not None and not row.is_open:
        told = _("Your prescriber decided to wait for now, and will look again.")
    return Waiting(
        owners=PRESCRIBER,
        practice_id=course.practice_id,
        patient_id=course.patient_id,
        patient_name=course.patient.display_name,
        what=what,
        url=path_to("screening", course.id),
        since=since,
        urgency=urgency,
        detail=detail,
        course_id=course.id,
        icon="clipboard-check",
        told=told,
    )


def _day(day: Any) -> datetime | None:
    """The beginning of a day on the page's clock."""
    return None if day is None else timezone.make_aware(datetime.combine(day, datetime.min.time()))


def _missing_phq9(course: Course) -> Waiting:
    return Waiting(
        owners=TEAM,
        practice_id=course.practice_id,
        patient_id=course.patient_id,
        patient_name=course.patient.display_name,
        what=_("Ask for the PHQ-9, or enter it"),
        url=path_to("screening", course.id),
        since=course.updated_at,
        detail=_("There is none since the course of care began"),
        course_id=course.id,
        icon="clipboard-list",
    )


def moments(course: Course, actor: Actor) -> list[Moment]:
    """Every decision, with its reason."""
    return [
        Moment(
            at=one.decided_at or one.opened_at,
            title=_("Screening: %(decision)s") % {"decision": DECISION_WORDS[Decision(one.decision)]},
            detail=one.reason,
            who=one.decided_by_name,
            url="" if actor.is_patient else path_to("screening_past", course.id, one.id),
            icon="user-check",
        )
        for one in once(course, queries.screenings_of).decided
    ]


def cards(course: Course, actor: Actor) -> list[Card]:
    """Where the screening stands: the decision, by whom, why, and how much stood against it."""
    found = once(course, queries.screenings_of)
    if not found.decided and not found.open and course.stands in (CourseState.INQUIRY, CourseState.REFERRAL):
        return []
    basis = queries.basis_of(found.last.id) if found.last is not None else None
    context = {
        "open": found.open,
        "last": found.last,
        "counts": queries.counts_of(basis.result["findings"]) if basis is not None else [],
        "course_id": course.id,
        "is_staff": actor.is_staff,
    }
    return [Card(_("Screening"), "screening/card.html", context, icon="clipboard-check")]


def course_facts(course: Course) -> dict[str, Any]:
    """The latest decision, for the guards of the course."""
    decision = queries.last_decision(course.id)
    return {"screening.decision": decision} if decision else {}
