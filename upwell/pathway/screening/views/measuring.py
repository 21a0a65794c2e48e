"""Vital signs and weight, a slip of the pen, and the questions about suicide."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from upwell.access.declare import requires
from upwell.base.errors import BadInput, NotFound
from upwell.base.ids import new_id
from upwell.knowledge.gates.loader import load_fact_book
from upwell.knowledge.loader import load_instrument
from upwell.pathway.course.models import Course
from upwell.pathway.kept_text import kept_text, without_kept
from upwell.pathway.local_time import local_time
from upwell.pathway.safety import crisis_help
from upwell.pathway.screening.forms import VitalsForm
from upwell.pathway.screening.queries import entered_by_hand
from upwell.pathway.screening.shown import line_of
from upwell.pathway.screening.views.shared import PAGE_METHODS, REFUSED, fillable, own_course, status_of
from upwell.record.actions import Repeat, record_assessment
from upwell.record.actions_vitals import mark_observation_in_error, record_vitals
from upwell.record.models import Observation
from upwell.web.form_number import form_number, to_numbered

SUICIDE = "c-ssrs-screener-recent"
_YES_NO = {"yes": True, "no": False}


@requires("screening.fill")
@PAGE_METHODS
def vitals(request: HttpRequest, course_id: UUID) -> HttpResponse:
    """Enter vital signs and weight. A slip can be marked for as long as it is on record."""
    scope: Any = request
    course = own_course(course_id)
    if back := fillable(request, course):
        is_ours = course.practice_id == scope.actor.practice_id
        entered = entered_by_hand(course) if is_ours and request.method != "POST" else []
        return _slips(request, course, entered) if entered else back
    number = form_number(request)
    if number is None:
        return to_numbered(request, new_id())
    with local_time(course.practice.time_zone):
        form = VitalsForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            try:
                stored = record_vitals(
                    by=scope.actor,
                    patient=course.patient,
                    values=form.values(),
                    at=form.moment(),
                    submission_id=number,
                )
                _tell(request, stored.created, stored.rare)
                return redirect("screening", course.id)
            except BadInput as refused:
                form.refuse(refused)
        context = {
            "course": course,
            "patient": course.patient,
            "form": form,
            "entered": [line_of(one) for one in entered_by_hand(course)],
        }
        return render(request, "screening/vitals.html", context, status=422 if form.errors else 200)


def _slips(request: HttpRequest, course: Course, entered: list[Observation]) -> HttpResponse:
    with local_time(course.practice.time_zone):
        lines = [line_of(one) for one in entered]
        context = {"course": course, "patient": course.patient, "entered": lines, "form": None}
        return render(request, "screening/vitals.html", context)


def _tell(request: HttpRequest, created: bool, rare: tuple[str, ...]) -> None:
    if not created:
        messages.info(request, _("This form was stored already. Nothing was stored twice."))
        return
    messages.success(request, _("Stored in the chart."))
    if rare:
        book = load_fact_book()
        names = ", ".join(_(book.entries[fact].label) for fact in rare)
        words = _("Rare enough to be a slip: %(names)s. Check it, and measure again.")
        messages.warning(request, words % {"names": names})


@requires("screening.fill")
@PAGE_METHODS
def vitals_error(request: HttpRequest, course_id: UUID, observation_id: UUID) -> HttpResponse:
    """Mark a measurement as entered in error."""
    scope: Any = request
    course = own_course(course_id)
    row = Observation.objects.filter(id=observation_id, patient_id=course.patient_id).first()
    if row is None:
        raise NotFound(_("There is no such measurement here."))
    written, error = kept_text(request, "reason"), None
    if request.method == "POST":
        written = request.POST.get("reason", "").replace("\0", "")
        try:
            mark_observation_in_error(by=scope.actor, observation_id=row.id, reason=written)
            messages.success(request, _("Marked as entered in error. It stays in the chart, struck through."))
            return redirect("screening", course.id)
        except REFUSED as refused:
            error = refused
    context = {"course": course, "patient": course.patient, "row": row, "written": written, "error": error}
    with local_time(course.practice.time_zone):
        page = render(request, "screening/vitals_error.html", context, status=status_of(error))
        return without_kept(request, page)


@requires("assessment.enter")
@PAGE_METHODS
def suicide(request: HttpRequest, course_id: UUID) -> HttpResponse:
    """Ask about suicide, word for word (C-SSRS screener). What it proves alerts the team as it is saved."""
    scope: Any = request
    course = own_course(course_id)
    if back := fillable(request, course):
        return back
    number = form_number(request)
    if number is None:
        return to_numbered(request, new_id())
    instrument, error = load_instrument(SUICIDE), None
    given = {item.id: request.POST.get(f"q-{item.id}", "") for item in instrument.items}
    if request.method == "POST":
        answers = {name: _YES_NO[value] for name, value in given.items() if value in _YES_NO}
        try:
            return _store_suicide(request, course, number, answers)
        except REFUSED as refused:
            error = refused
    context = {
        "course": course,
        "patient": course.patient,
        "instrument": instrument,
        "questions": [
            {"item": item, "name": f"q-{item.id}", "value": given[item.id], "after": _after(item.id)}
            for item in instrument.items
        ],
        "error": error,
        "help": crisis_help(scope.practice),
    }
    return render(request, "screening/suicide.html", context, status=status_of(error))


def _store_suicide(request: HttpRequest, course: Any, number: UUID, answers: dict[str, bool]) -> HttpResponse:
    scope: Any = request
    if not answers:
        raise BadInput(_("Nothing has been answered yet."))
    stored = record_assessment(
        by=scope.actor,
        patient=course.patient,
        instrument=SUICIDE,
        answers=answers,
        submission_id=number,
    )
    if stored.repeat is Repeat.OTHER_ANSWERS:
        messages.warning(request, _("This form was stored before, with other answers. Nothing was changed."))
    if stored.alert is not None:
        messages.warning(request, _("The team is alerted. Do not leave the person alone with this."))
        return redirect("alert", stored.alert.id)
    messages.success(request, _("Stored in the chart."))
    return redirect("screening", course.id)


def _after(item: str) -> str:
    """When a question is asked at all, in words."""
    if item in ("3", "4", "5"):
        return _("Only if 2 was answered with yes.")
    return _("Only if the question before was answered with yes.") if item == "6_3_months" else ""
