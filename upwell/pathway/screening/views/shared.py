"""What the pages of a screening share: whose course it is, and whether it can be filled in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from upwell.base.clock import now
from upwell.base.errors import BadInput, RefusedByRule, StaleState, UpwellError
from upwell.pathway.course.care_queries import course_of
from upwell.pathway.course.models import Course
from upwell.pathway.course.states import STATE_WORDS, State
from upwell.pathway.screening.models import Screening
from upwell.pathway.screening.picture import Picture, picture_of
from upwell.pathway.screening.queries import screenings_of
from upwell.people.models import Patient

PAGE_METHODS = require_http_methods(["GET", "HEAD", "POST"])
REFUSED = (BadInput, RefusedByRule, StaleState)


def own_course(course_id: UUID) -> Course:
    """The course, with the patient's practice beside it."""
    course = course_of(course_id)
    patient: Patient = course.patient
    patient.practice = course.practice if course.practice_id == patient.practice_id else patient.practice
    return course


def fillable(request: HttpRequest, course: Course) -> HttpResponse | None:
    """Back to the screening, with why, where it can't be filled in; None where it can."""
    scope: Any = request
    if course.practice_id != scope.actor.practice_id:
        messages.info(
            request, _("This screening is another practice's to fill in. You see what is released to you.")
        )
    elif course.stands is not State.SCREENING:
        words = _("The course of care stands at “%(state)s”: the screening can be read, not filled in.")
        messages.info(request, words % {"state": STATE_WORDS[course.stands]})
    else:
        found = screenings_of(course)
        if found.open is not None or not found.decided:
            return None
        messages.info(request, _("This screening is decided. Begin a new one to change something."))
    return redirect("screening", course.id)


def opened(request: HttpRequest, course: Course) -> tuple[Screening | None, Picture]:
    """The open screening and its picture."""
    scope: Any = request
    screening = screenings_of(course).open
    return screening, picture_of(course, screening, scope.actor, now())


def status_of(error: UpwellError | None, *, invalid: bool = False) -> int:
    """The HTTP status of a form that is shown again."""
    return error.status if error is not None else 422 if invalid else 200
