"""The screening: what speaks for it, what against, what is not known, and what that rests on."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from upwell.access.declare import requires
from upwell.base.clock import now
from upwell.knowledge.screening import load_labels
from upwell.pathway.course.models import Course
from upwell.pathway.course.states import State
from upwell.pathway.local_time import local_time
from upwell.pathway.screening import queries
from upwell.pathway.screening.picture import Picture, picture_of
from upwell.pathway.screening.rules import excepted, may_be_excepted, needs_of
from upwell.pathway.screening.shown import shown_findings, shown_plan, shown_record, shown_unknowns
from upwell.pathway.screening.views.shared import own_course
from upwell.record.models import AssessmentRequest


@requires("course.read")
@require_safe
def screening(request: HttpRequest, course_id: UUID) -> HttpResponse:
    """The screening of a course: open, or as it was decided."""
    scope: Any = request
    course = own_course(course_id)
    is_ours = course.practice_id == scope.actor.practice_id
    found = queries.screenings_of(course)
    can_fill = is_ours and course.stands is State.SCREENING and "screening.fill" in scope.permissions
    can_read = is_ours and "chart.read" in scope.permissions
    with local_time(course.practice.time_zone):
        context: dict[str, Any] = {
            "course": course,
            "patient": course.patient,
            "is_ours": is_ours,
            "screenings": found,
            "last": found.last,
            "can_begin": can_fill and found.open is None and bool(found.decided),
            "can_mark": is_ours and "screening.fill" in scope.permissions,
            "can_fill": can_fill and (found.open is not None or not found.decided),
            "can_except": is_ours
            and course.stands is State.SCREENING
            and "screening.except" in scope.permissions,
            "can_decide": can_fill and "screening.decide" in scope.permissions,
        }
        if can_read and course.stands is State.SCREENING and (found.open is not None or not found.decided):
            context |= _open_context(course, picture_of(course, found.open, scope.actor, now()), found)
        return render(request, "screening/screening.html", context)


def _open_context(course: Course, picture: Picture, found: queries.Screenings) -> dict[str, Any]:
    needs = needs_of(picture.weighed.findings)
    asked = AssessmentRequest.objects.filter(
        patient_id=course.patient_id, instrument="phq-9", assessment__isnull=True, cancelled_at__isnull=True
    )
    return {
        "picture": picture,
        "row": found.open,
        "plan": shown_plan(found.open, course),
        "against": shown_findings(picture.weighed.against),
        "unknowns": shown_unknowns(picture.weighed.unknown),
        "information": shown_findings(picture.weighed.information),
        "points": picture.points,
        "record": shown_record(picture),
        "needs": needs,
        "against_it": [one for one in needs.forbids if excepted(one, picture.opinions) is None],
        "allowed": [
            {"finding": one, "by": word}
            for one in needs.forbids
            if (word := excepted(one, picture.opinions)) is not None
        ],
        "exceptable": any(may_be_excepted(one) for one in needs.forbids),
        "phq9_asked": picture.phq9 is None and asked.exists(),
        "labels": load_labels(),
        "opinions": picture.opinions,
    }


@requires("course.read")
@require_safe
def past(request: HttpRequest, course_id: UUID, screening_id: UUID) -> HttpResponse:
    """A screening as it was decided: by whom, why, and what was known then."""
    course = own_course(course_id)
    row = queries.past_screening(course, screening_id)
    basis = queries.basis_of(row.id)
    with local_time(course.practice.time_zone):
        context: dict[str, Any] = {
            "course": course,
            "patient": course.patient,
            "row": row,
            "plan": shown_plan(row, course),
            "basis": basis,
            "opinions": queries.opinions_on(row.id),
        }
        if basis is not None:
            found = sorted(basis.result["findings"], key=queries.worst_first)
            context |= {
                "findings": shown_findings(found),
                "counts": queries.counts_of(found),
                "staging": basis.result["staging"],
            }
        return render(request, "screening/past.html", context)
