"""Beginning a screening anew, the second clinician's word, and the decision."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from upwell.access.declare import requires
from upwell.base.errors import UpwellError
from upwell.pathway.course.models import Course
from upwell.pathway.local_time import local_time
from upwell.pathway.screening.actions import allow_against, begin_screening, decide, give_opinion
from upwell.pathway.screening.forms import DecisionForm, ExceptionForm, OpinionForm
from upwell.pathway.screening.forms.deciding import OWN, read_seen, seen_text
from upwell.pathway.screening.picture import Picture
from upwell.pathway.screening.rules import excepted, may_be_excepted, needs_of, seconded
from upwell.pathway.screening.shown import shown_plan
from upwell.pathway.screening.states import Decision
from upwell.pathway.screening.views.shared import (
    PAGE_METHODS,
    REFUSED,
    fillable,
    opened,
    own_course,
    status_of,
)

DONE = {
    Decision.ELIGIBLE: gettext_lazy("Decided: eligible. The course of care goes on to the preparation."),
    Decision.NOT_NOW: gettext_lazy("Decided: not now. It comes back on the day that you named."),
    Decision.NO: gettext_lazy("Decided: not eligible. The course of care is closed as declined."),
}


@requires("screening.fill")
@require_POST
def begin(request: HttpRequest, course_id: UUID) -> HttpResponse:
    """Open a screening anew."""
    scope: Any = request
    course = own_course(course_id)
    begin_screening(by=scope.actor, course_id=course.id)
    return redirect("screening", course.id)


@requires("screening.decide")
@PAGE_METHODS
def decide_page(request: HttpRequest, course_id: UUID) -> HttpResponse:
    """Decide: eligible, not now, or no, with the findings before one's eyes."""
    scope: Any = request
    course = own_course(course_id)
    form = DecisionForm(request.POST if request.method == "POST" else None)
    error: UpwellError | None = None
    with local_time(course.practice.time_zone):
        if request.method == "POST" and form.is_valid():
            chosen = form.chosen()
            seen = read_seen(request.POST.get("seen", ""))
            try:
                decide(by=scope.actor, course_id=course.id, seen=seen, **chosen)
                messages.success(request, DONE[chosen["decision"]])
                return redirect("course", course.id)
            except REFUSED as refused:
                error = refused
        if back := fillable(request, course):
            if error is not None:
                messages.error(request, error.message)
            return back
        return _decision_page(request, course, form, error)


def _decision_page(
    request: HttpRequest, course: Course, form: DecisionForm, error: UpwellError | None
) -> HttpResponse:
    scope: Any = request
    row, picture = opened(request, course)
    needs = needs_of(picture.weighed.findings)
    account = scope.actor.account_id
    ticked = set(form.weighed()) if form.is_bound else set()
    context = {
        "course": course,
        "patient": course.patient,
        "row": row,
        "form": form,
        "error": error,
        "plan": shown_plan(row, course),
        "forbids": [{"finding": one, "allowed": excepted(one, picture.opinions)} for one in needs.forbids],
        "to_weigh": [
            {
                "finding": one,
                "ticked": one["rule"] in ticked,
                "own": form.data.get(OWN + one["rule"], "") if form.is_bound else "",
                "needs_second": one in needs.second,
                "second": seconded(one["rule"], picture.opinions, account),
            }
            for one in needs.to_weigh
        ],
        "cautions": [one for one in picture.weighed.against if one["severity"] == "caution"],
        "seen": seen_text(row, picture),
    }
    invalid = form.is_bound and bool(form.errors)
    return render(request, "screening/decide.html", context, status=status_of(error, invalid=invalid))


@requires("screening.fill")
@PAGE_METHODS
def opinion(request: HttpRequest, course_id: UUID) -> HttpResponse:
    """A second clinician's word on what needs one."""
    return _word(request, course_id, OpinionForm, give_opinion, "screening/opinion.html", _for_a_second)


@requires("screening.except")
@PAGE_METHODS
def exception(request: HttpRequest, course_id: UUID) -> HttpResponse:
    """The medical director's word on absolute findings, before the day."""
    return _word(request, course_id, ExceptionForm, allow_against, "screening/exception.html", _absolute)


def _for_a_second(picture: Picture) -> dict[str, Any]:
    return {"findings": needs_of(picture.weighed.findings).second, "opinions": picture.opinions}


def _absolute(picture: Picture) -> dict[str, Any]:
    found = (one for one in picture.weighed.findings if may_be_excepted(one))
    return {"findings": [{"finding": one, "allowed": excepted(one, picture.opinions)} for one in found]}


def _word(
    request: HttpRequest,
    course_id: UUID,
    form_class: type[OpinionForm] | type[ExceptionForm],
    say: Callable[..., object],
    template: str,
    shown: Callable[[Picture], dict[str, Any]],
) -> HttpResponse:
    """Somebody's word on some findings of a screening, with their name; the prescriber decides."""
    scope: Any = request
    course = own_course(course_id)
    if back := fillable(request, course):
        return back
    form = form_class(request.POST if request.method == "POST" else None)
    error: UpwellError | None = None
    with local_time(course.practice.time_zone):
        if request.method == "POST" and form.is_valid():
            try:
                say(
                    by=scope.actor,
                    course_id=course.id,
                    rules=request.POST.getlist("rules")[:50],
                    seen=read_seen(request.POST.get("seen", "")),
                    **form.cleaned_data,
                )
                messages.success(
                    request, _("Written down, with your name. The prescriber sees it and decides.")
                )
                return redirect("screening", course.id)
            except REFUSED as refused:
                error = refused
        row, picture = opened(request, course)
        context = {
            "course": course,
            "patient": course.patient,
            "form": form,
            "error": error,
            "seen": seen_text(row, picture),
            **shown(picture),
        }
        invalid = form.is_bound and bool(form.errors)
        return render(request, template, context, status=status_of(error, invalid=invalid))
