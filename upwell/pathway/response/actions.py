"""Following up a measure that was missed, and what recording one brings about in the course."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from upwell.access.roles import require
from upwell.audit.actions import record
from upwell.base.actor import Actor
from upwell.base.clock import now
from upwell.base.errors import BadInput, NotFound, RefusedByRule, StaleState
from upwell.base.limits import LONGEST_WORDS
from upwell.pathway.course.models import Course
from upwell.pathway.parts import tell_measured
from upwell.pathway.response.planning import plan_measures
from upwell.record.actions import (
    Recorded,
    mark_assessment_in_error,
    record_assessment,
    refuse_other_practice,
)
from upwell.record.models import Assessment, AssessmentRequest
from upwell.record.rules import Standing, standing


def record_measure(*, by: Actor, in_course: bool = True, **filled_in: Any) -> Recorded:
    """Record a questionnaire, and tell the steps of the course, all in one transaction.

    ``in_course`` is false where it is known that the person is in none.
    """
    recorded = record_assessment(by=by, **filled_in)
    if recorded.created and in_course:
        tell_measured(by, recorded.assessment)
    return recorded


def mark_measure_in_error(*, by: Actor, assessment_id: UUID, reason: str) -> Assessment:
    """Mark a questionnaire as entered in error, and tell the steps of the course."""
    marked = mark_assessment_in_error(by=by, assessment_id=assessment_id, reason=reason)
    tell_measured(by, marked)
    return marked


def follow_up_measure(*, by: Actor, request_id: UUID, what: str) -> AssessmentRequest:
    """Write down what was done about a measure that is late or was missed. Who comes second is told who was first."""
    require(by, "measure.follow-up")
    rows = AssessmentRequest.objects.select_for_update(of=("self",)).exclude(slot="")
    row = rows.filter(id=request_id).first()
    if row is None:
        raise NotFound(_("There is no such question here."))
    refuse_other_practice(by, row.practice_id)
    _refuse_to_follow_up(row)
    words = what.strip()
    if not words:
        raise BadInput(_("Write down what was done, so that others can follow."), path="what")
    if len(words) > LONGEST_WORDS:
        raise BadInput(
            _("This is longer than %(n)d characters. Shorten it.") % {"n": LONGEST_WORDS}, path="what"
        )
    row.followed_up_at = row.updated_at = now()
    row.followed_up_by_id = row.updated_by_id = by.account_id
    row.follow_up = words
    row.save(update_fields=["followed_up_at", "followed_up_by", "follow_up", "updated_at", "updated_by_id"])
    record(
        "measure.followed-up",
        by=by,
        patient_id=row.patient_id,
        object_type="assessmentrequest",
        object_id=row.id,
        instrument=row.instrument,
    )
    course = Course.objects.filter(id__in=[row.course_id]).first()
    if course is not None:
        plan_measures(by=by, course=course)  # what comes after the missed one
    return row


def _refuse_to_follow_up(row: AssessmentRequest) -> None:
    if row.assessment_id is not None:
        raise StaleState(_("The person has answered in the meantime. There is nothing to follow up."))
    if row.followed_up_at is not None:
        who = row.followed_up_by.name if row.followed_up_by else _("Somebody")
        when = date_format(localtime(row.followed_up_at), "DATETIME_FORMAT")
        words = _("%(name)s followed this up on %(when)s. What you wrote was not stored.")
        raise StaleState(words % {"name": who, "when": when})
    if row.cancelled_at is not None:
        raise StaleState(_("This is not needed any more. There is nothing to follow up."))
    if standing(row, now()) not in (Standing.LATE, Standing.MISSED):
        raise RefusedByRule(_("This is not late yet: the person still has time to answer."))
