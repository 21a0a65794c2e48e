"""Integration in a course of care: what was held, what is next, and the note of a visit."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from upwell.access.declare import requires
from upwell.access.kept import kept_of
from upwell.base.actor import Compartment
from upwell.base.clock import now
from upwell.base.errors import BadInput, NotPermitted, RefusedByRule, StaleState, UpwellError
from upwell.base.ids import new_id
from upwell.knowledge.loader import load_visit_template
from upwell.pathway.course.care_queries import course_of
from upwell.pathway.course.models import Course
from upwell.pathway.integration import queries
from upwell.pathway.integration.actions import add_addendum, agree_habit, mark_visit_wrong, save_visit
from upwell.pathway.integration.due import due_visits
from upwell.pathway.integration.forms import HabitForm, VisitForm, visit_initial
from upwell.pathway.integration.models import IntegrationVisit
from upwell.pathway.kept_text import without_kept
from upwell.web.form_number import form_number, to_numbered

PAGE_METHODS = require_http_methods(["GET", "HEAD", "POST"])
REFUSED = (BadInput, RefusedByRule, StaleState, NotPermitted)


@requires("integration.read")
@require_safe
def integration(request: HttpRequest, course_id: UUID) -> HttpResponse:
    """Integration of one person: visits, practices for daily life, what they share of their journal."""
    scope: Any = request
    course = course_of(course_id)
    context = {
        "course": course,
        "patient": course.patient,
        "visits": queries.visits_of(course),
        "due": next(iter(due_visits(scope.actor, now(), course)), None),
        "habits": queries.shared_habits(course),
        "shared": queries.shared_entries(course),
        "may_write": _may_write(scope, course),
    }
    return render(request, "integration/integration.html", context)


@requires("integration.write")
@PAGE_METHODS
def integration_new(request: HttpRequest, course_id: UUID) -> HttpResponse:
    """A new note of an integration visit."""
    scope: Any = request
    course = course_of(course_id)
    if queries.writers_chart(scope.actor, course) is None:
        raise RefusedByRule(
            _("Your practice has no chart of this person, so that it can't keep a note about them.")
        )
    number = form_number(request)
    if number is None:
        return to_numbered(request, new_id())
    if request.method == "POST":
        return _save(request, course, number, None)
    if IntegrationVisit.objects.filter(id=number).exists():
        return redirect("integration_visit", course.id, number)
    kept = kept_of(request, scope.actor.account_id)
    if kept:
        messages.info(
            request, _("What you had written is still here. It is not saved yet: send it once more.")
        )
    form = _form(scope, initial={"held_at": now(), "way": IntegrationVisit.Way.IN_PERSON, **_text_of(kept)})
    return without_kept(request, _show_form(request, course, form, None))


@requires("integration.read")
@PAGE_METHODS
def integration_visit(request: HttpRequest, course_id: UUID, visit_id: UUID) -> HttpResponse:
    """The note of one visit: written on while it is a draft, read and added to once it is signed."""
    scope: Any = request
    course, visit = course_of(course_id), queries.visit_of(visit_id, course_id)
    is_mine = visit.author_id == scope.actor.account_id and visit.practice_id == scope.actor.practice_id
    if request.method == "POST":
        return _act(request, course, visit)
    if visit.is_draft and is_mine and "integration.write" in scope.permissions:
        kept = _text_of(kept_of(request, scope.actor.account_id))
        initial = visit_initial(visit, queries.process_words_of(visit.id))
        return without_kept(request, _show_form(request, course, _form(scope, initial=initial | kept), visit))
    return without_kept(request, _show_note(request, course, visit))


def _act(request: HttpRequest, course: Course, visit: IntegrationVisit) -> HttpResponse:
    scope: Any = request
    if "integration.write" not in scope.permissions:
        raise NotPermitted(_("Your role reads these notes and does not write them."))
    event = request.POST.get("event", "save")
    if event in {"save", "sign"}:
        return _save(request, course, visit.id, visit)
    number = form_number(request) or _uuid(request.POST.get("number", "")) or new_id()
    try:
        if event == "add":
            add_addendum(by=scope.actor, visit_id=visit.id, addendum_id=number, text=_posted(request, "text"))
            messages.success(request, _("Added. What was signed stays as it was."))
        elif event == "wrong":
            mark_visit_wrong(by=scope.actor, visit_id=visit.id, reason=_posted(request, "reason"))
            messages.success(request, _("Marked as entered in error. It stays on record, struck through."))
        else:
            return _agree(request, course, visit, number)
    except (BadInput, StaleState) as error:
        return _show_note(request, course, queries.visit_of(visit.id), error=error, event=event)
    return redirect("integration_visit", course.id, visit.id)


def _agree(request: HttpRequest, course: Course, visit: IntegrationVisit, number: UUID) -> HttpResponse:
    scope: Any = request
    form = HabitForm(request.POST)
    if not form.is_valid():
        return _show_note(request, course, visit, habit_form=form, status=422)
    agree_habit(by=scope.actor, visit=visit, habit_id=number, words=form.words())
    messages.success(request, _("Agreed. It stands on the person's own page now."))
    return redirect("integration_visit", course.id, visit.id)


def _save(
    request: HttpRequest, course: Course, visit_id: UUID, visit: IntegrationVisit | None
) -> HttpResponse:
    """Keep the draft or sign it; what can't be is said above the form, with every word still in it."""
    scope: Any = request
    form, sign = _form(scope, request.POST), request.POST.get("event") == "sign"
    if not form.is_valid():
        return _show_form(request, course, form, visit, status=422)
    try:
        saved = save_visit(
            by=scope.actor,
            course=course,
            visit_id=visit_id,
            fields=form.fields_given(),
            sign=sign,
            seen_version=form.cleaned_data["version"],
        )
    except REFUSED as error:
        _put(form, error)
        return _show_form(request, course, form, visit, status=error.status)
    _say_saved(request, saved, signed=sign)
    return redirect("integration_visit", course.id, saved.id)


def _say_saved(request: HttpRequest, visit: IntegrationVisit, *, signed: bool) -> None:
    if signed:
        messages.success(
            request, _("Signed. The person can read it, and so can the practices they opened it to.")
        )
    else:
        messages.success(request, _("Kept as a draft. Only your practice sees it until you sign it."))
    if visit.alert is not None and visit.alert.closed_at is None:
        messages.warning(
            request, _("The team sees an alert about thoughts of suicide, and that you are on it.")
        )


def _put(form: VisitForm, error: UpwellError) -> None:
    form.add_error(error.path if error.path in form.fields else None, error.message)


def _form(scope: Any, data: Any = None, initial: dict[str, Any] | None = None) -> VisitForm:
    owner = {"owner": str(scope.actor.account_id)}
    has_notes = Compartment.PROCESS_NOTES in scope.actor.compartments
    return VisitForm(data, initial=(initial or {}) | owner, has_process_notes=has_notes)


def _show_form(
    request: HttpRequest, course: Course, form: VisitForm, visit: IntegrationVisit | None, status: int = 200
) -> HttpResponse:
    scope: Any = request
    context = {
        "course": course,
        "patient": course.patient,
        "form": form,
        "visit": visit,
        "template": load_visit_template(),
        "due": next(iter(due_visits(scope.actor, now(), course)), None),
        "habits": queries.habits_of_visit(visit) if visit is not None else [],
        "habit_form": HabitForm(auto_id="habit-%s"),
        "number": new_id(),
    }
    return render(request, "integration/visit_form.html", context, status=status)


def _show_note(
    request: HttpRequest,
    course: Course,
    visit: IntegrationVisit,
    *,
    error: UpwellError | None = None,
    event: str = "",
    habit_form: HabitForm | None = None,
    status: int = 0,
) -> HttpResponse:
    scope: Any = request
    kept = kept_of(request, scope.actor.account_id)
    context = {
        "course": course,
        "patient": course.patient,
        "visit": visit,
        "template": load_visit_template(),
        "written": [(heading, visit.words.get(heading.id, "")) for heading in load_visit_template().headings],
        "addenda": queries.addenda_of(visit),
        "process": queries.process_words_of(visit.id),
        "habits": queries.habits_of_visit(visit),
        "habit_form": habit_form or HabitForm(auto_id="habit-%s"),
        "may_write": "integration.write" in scope.permissions
        and visit.practice_id == scope.actor.practice_id,
        "number": new_id(),
        "error": error.message if error else "",
        "event": event,
        "text": request.POST.get("text", kept.get("text", "")),
        "reason": request.POST.get("reason", kept.get("reason", "")),
    }
    return render(
        request, "integration/visit.html", context, status=status or (error.status if error else 200)
    )


def _may_write(scope: Any, course: Course) -> bool:
    return "integration.write" in scope.permissions and queries.writers_chart(scope.actor, course) is not None


def _text_of(kept: dict[str, str]) -> dict[str, str]:
    return {name: text for name, text in kept.items() if name not in {"owner", "version", "event"}}


def _posted(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "").replace("\x00", "")


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
