"""The course of care: where it stands, who has the ball, what happened, and the step that is taken next."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from upwell.access.declare import requires
from upwell.base.clock import now
from upwell.base.errors import BadInput, NotPermitted, RefusedByRule, StaleState, UpwellError
from upwell.base.ids import new_id
from upwell.pathway.course.actions import move_course, open_course, what_stands_against
from upwell.pathway.course.care_queries import course_of, open_course_of, stages_of
from upwell.pathway.course.guards import FACTS
from upwell.pathway.course.linked import own_chart_beside
from upwell.pathway.course.models import Course
from upwell.pathway.course.states import STEPS_BY_EVENT, Event, Guard, State, Step, steps_for
from upwell.pathway.kept_text import kept_text, without_kept
from upwell.pathway.local_time import local_time
from upwell.pathway.parts import cards_of, facts_of, is_for, moments_of, waiting_for
from upwell.people.charts import kept_chart
from upwell.record.queries import patient_of_chart
from upwell.web.form_number import form_number, to_numbered

PAGE_METHODS = require_http_methods(["GET", "HEAD", "POST"])
REFUSED = (BadInput, RefusedByRule, StaleState)


@requires("course.read")
@require_safe
def course(request: HttpRequest, course_id: UUID) -> HttpResponse:
    """One course of care: where it stands, who has the ball, what is next, what happened."""
    scope: Any = request
    found = course_of(course_id)
    waiting = waiting_for(scope.actor, now(), found)
    is_ours = found.practice_id == scope.actor.practice_id
    with local_time(found.practice.time_zone):
        context = {
            "course": found,
            "patient": found.patient,
            "is_ours": is_ours,
            "stages": stages_of(found),
            "mine": [one for one in waiting if is_for(scope.actor, one)],
            "others": [one for one in waiting if not is_for(scope.actor, one)],
            "moments": moments_of(found, scope.actor),
            "cards": cards_of(found, scope.actor),
            "steps": _steps(found, scope.actor.roles) if is_ours and found.is_open else [],
            "our_chart": None if is_ours else own_chart_beside([found.patient_id]),
        }
        return render(request, "course/course.html", context)


def _steps(found: Course, roles: frozenset[str]) -> list[Step]:
    """What this person may do by hand from here. A referral that waits is answered on its own page."""
    steps = steps_for(found.stands, roles)
    if found.stands is not State.REFERRAL or not facts_of(found).get(FACTS[Guard.NO_OPEN_REFERRAL]):
        return steps
    return [step for step in steps if Guard.NO_OPEN_REFERRAL not in step.guards]


@requires("course.move")
@PAGE_METHODS
def course_new(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Start a course of care with an inquiry."""
    scope: Any = request
    patient = patient_of_chart(patient_id)
    if patient.merged_into_id:
        return redirect("course_new", kept_chart(patient.id) or patient.merged_into_id)
    there = open_course_of(patient_id)
    number = form_number(request)
    if there is not None:
        messages.info(request, _("This person has an open course of care already. Here it is."))
        return redirect("course", there.id)
    if number is None:
        return to_numbered(request, new_id())
    written, error = kept_text(request, "reason"), None
    if request.method == "POST":
        written = request.POST.get("reason", "")
        try:
            made = open_course(
                by=scope.actor, patient=patient, event=Event.INQUIRE, reason=written, course_id=number
            )
            messages.success(request, _("The course of care is open."))
            return redirect("course", made.id)
        except REFUSED as refused:
            error = refused
    step = STEPS_BY_EVENT[Event.INQUIRE]
    with local_time(patient.practice.time_zone):
        context = {"patient": patient, "step": step, "findings": what_stands_against(step, None, patient)}
        return _form(request, context, written, error)


@requires("course.move")
@PAGE_METHODS
def course_move(request: HttpRequest, course_id: UUID, event: str) -> HttpResponse:
    """Take one step of the course, with the reason."""
    scope: Any = request
    found = course_of(course_id)
    step = _step_named(event)
    if not step.owners & scope.actor.roles:
        raise NotPermitted(_("This step is for others of the team to take."))
    if found.practice_id != scope.actor.practice_id:
        raise NotPermitted(
            _("The practice that gives the treatment moves this course of care. You can read it.")
        )
    written, error, seen = kept_text(request, "reason"), None, found.version
    if request.method == "POST":
        written, seen = request.POST.get("reason", ""), _version(request, found)
        try:
            move_course(
                by=scope.actor, course_id=found.id, event=step.event, reason=written, seen_version=seen
            )
            messages.success(request, _("Done. The whole team can see it."))
            return redirect("course", found.id)
        except REFUSED as refused:
            error = refused
    elif found.stands not in step.sources:
        messages.info(request, _("That step can't be taken from here any more. This is where it stands."))
        return redirect("course", found.id)
    with local_time(found.practice.time_zone):
        context = {
            "patient": found.patient,
            "course": found,
            "step": step,
            "seen": seen,
            "findings": what_stands_against(step, found, found.patient),
        }
        return _form(request, context, written, error)


def _form(
    request: HttpRequest, context: dict[str, Any], written: str, error: UpwellError | None
) -> HttpResponse:
    context |= {"written": written, "error": error.message if error else ""}
    page = render(request, "course/move.html", context, status=error.status if error else 200)
    return without_kept(request, page)


def _step_named(event: str) -> Any:
    try:
        step = STEPS_BY_EVENT[Event(event)]
    except ValueError as unknown:
        raise Http404 from unknown
    if not step.by_hand:
        raise Http404
    return step


def _version(request: HttpRequest, course: Course) -> int:
    """What the person had seen; without a number, nothing newer than nothing."""
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else course.version
