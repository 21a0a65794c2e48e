"""The pieces of a screening that are filled in one by one: history, lists, earlier treatments, the plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from upwell.access.declare import requires
from upwell.access.links import person_charts
from upwell.base.errors import UpwellError
from upwell.knowledge.gates.loader import load_fact_book
from upwell.knowledge.screening import load_asked
from upwell.pathway.course.models import Course
from upwell.pathway.local_time import local_time
from upwell.pathway.screening.actions import save_plan, save_section
from upwell.pathway.screening.forms import HistoryForm, ListsForm, PlanForm
from upwell.pathway.screening.forms.plan import plan_value
from upwell.pathway.screening.models import Screening
from upwell.pathway.screening.picture import Picture
from upwell.pathway.screening.queries import screenings_of
from upwell.pathway.screening.told import HISTORY, LISTS, TOLD_HERE, TRIALS, section_mark
from upwell.pathway.screening.views.shared import (
    PAGE_METHODS,
    REFUSED,
    fillable,
    opened,
    own_course,
    status_of,
)
from upwell.pathway.screening.views.treatments import history_form
from upwell.pathway.screening.weighing import can_be_cleared, on_record
from upwell.science.rules.reading import read_facts


@requires("screening.fill")
@PAGE_METHODS
def history(request: HttpRequest, course_id: UUID) -> HttpResponse:
    """What is asked because the record does not say it."""
    course = own_course(course_id)
    if back := fillable(request, course):
        return back
    with local_time(course.practice.time_zone):
        row, picture = opened(request, course)
        section = _section(row, HISTORY)
        form = HistoryForm(
            request.POST if request.method == "POST" else None,
            initial=HistoryForm.initial_of(section),
            sex=course.patient.sex,
            on_record=_answered_by_record(picture),
            ask_clearance=can_be_cleared(picture.weighed.findings) or bool(section.get("clearance")),
        )
        if request.method == "POST" and form.is_valid():
            return _save(request, course, row, HISTORY, form.content(), form, "screening/history.html")
        return _page(request, course, row, HISTORY, form, "screening/history.html")


def _answered_by_record(picture: Picture) -> dict[str, str]:
    """The questions that the record answers with yes, and with what."""
    case = read_facts(picture.weighed.facts, load_fact_book())
    entries = ((one, on_record(one, case)) for one in load_asked().questions.values())
    return {
        one.id: found.display for one, found in entries if found is not None and found.source != TOLD_HERE
    }


@requires("screening.fill")
@PAGE_METHODS
def lists(request: HttpRequest, course_id: UUID) -> HttpResponse:
    """Conditions and medicines that the record does not have."""
    course = own_course(course_id)
    if back := fillable(request, course):
        return back
    with local_time(course.practice.time_zone):
        row = screenings_of(course).open
        sent = request.POST if request.method == "POST" else None
        form = ListsForm(sent, initial=ListsForm.initial_of(_section(row, LISTS)))
        if request.method == "POST" and form.is_valid():
            return _save(request, course, row, LISTS, form.content(), form, "screening/lists.html")
        return _page(request, course, row, LISTS, form, "screening/lists.html")


@requires("screening.fill")
@PAGE_METHODS
def trials(request: HttpRequest, course_id: UUID) -> HttpResponse:
    """Earlier treatments, and the present episode."""
    course = own_course(course_id)
    if back := fillable(request, course):
        return back
    with local_time(course.practice.time_zone):
        row, picture = opened(request, course)
        filled = history_form(request, person_charts(course.patient_id))
        more = {
            **filled.context,
            "judged": picture.weighed.result["trials"],
            "staging": picture.weighed.result["staging"],
            "back": reverse("screening", args=[course.id]),
        }
        if request.method == "POST" and filled.is_valid():
            return _save(
                request, course, row, TRIALS, filled.content(), filled.form, "screening/trials.html", more
            )
        return _page(request, course, row, TRIALS, filled.form, "screening/trials.html", more)


@requires("screening.decide")
@PAGE_METHODS
def plan(request: HttpRequest, course_id: UUID) -> HttpResponse:
    """What is to be given, by which route."""
    scope: Any = request
    course = own_course(course_id)
    if back := fillable(request, course):
        return back
    row = screenings_of(course).open
    initial = plan_value(row.substance, row.route, row.protocol) if row else ""
    sent = request.POST if request.method == "POST" else None
    form = PlanForm(sent, initial={"plan": initial}, jurisdiction=course.practice.jurisdiction)
    error: UpwellError | None = None
    if request.method == "POST" and form.is_valid():
        try:
            save_plan(by=scope.actor, course_id=course.id, **form.chosen())
            messages.success(request, _("Saved. The findings below are for this treatment."))
            return redirect("screening", course.id)
        except REFUSED as refused:
            error = refused
    context = {
        "course": course,
        "patient": course.patient,
        "form": form,
        "error": error,
        "chosen": form["plan"].value(),
    }
    return render(
        request,
        "screening/plan.html",
        context,
        status=status_of(error, invalid=form.is_bound and bool(form.errors)),
    )


def _section(row: Screening | None, name: str) -> dict[str, Any]:
    return dict((row.told if row is not None else {}).get(name) or {})


def _save(
    request: HttpRequest,
    course: Course,
    row: Screening | None,
    section: str,
    content: Mapping[str, Any],
    form: Any,
    template: str,
    more: Mapping[str, Any] | None = None,
) -> HttpResponse:
    scope: Any = request
    try:
        save_section(
            by=scope.actor,
            course_id=course.id,
            section=section,
            content=content,
            seen_mark=request.POST.get("seen", "")[:64],
        )
    except REFUSED as refused:
        return _page(request, course, row, section, form, template, more, refused)
    messages.success(request, _("Saved."))
    return redirect("screening", course.id)


def _page(
    request: HttpRequest,
    course: Course,
    row: Screening | None,
    section: str,
    form: Any,
    template: str,
    more: Mapping[str, Any] | None = None,
    error: UpwellError | None = None,
) -> HttpResponse:
    context = {
        "course": course,
        "patient": course.patient,
        "form": form,
        "error": error,
        "seen": section_mark(row.told if row is not None else {}, section),
        **(more or {}),
    }
    invalid = request.method == "POST"
    return render(request, template, context, status=status_of(error, invalid=invalid))
