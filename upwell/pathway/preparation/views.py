"""Intentions and wishes: written by the person on their phone, or together with somebody of the team."""

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
from upwell.base.errors import BadInput, RefusedByRule, StaleState, UpwellError
from upwell.base.ids import new_id
from upwell.pathway.course.care_queries import course_of
from upwell.pathway.course.models import Course
from upwell.pathway.course.states import State
from upwell.pathway.kept_text import without_kept
from upwell.pathway.local_time import local_time
from upwell.pathway.preparation.actions import write_intention, write_wishes
from upwell.pathway.preparation.models import Intention, SettingWish, Touch
from upwell.pathway.preparation.queries import (
    latest_intention,
    own_course,
    own_courses,
    revisions_of,
    wish_revisions_of,
    wishes_for_session,
)
from upwell.pathway.preparation.rules import Hopes, Wishes
from upwell.web.form_number import form_number, to_numbered

PAGE_METHODS = require_http_methods(["GET", "HEAD", "POST"])
REFUSED = (BadInput, RefusedByRule, StaleState)


@requires("own.intentions")
@require_safe
def my_intentions(request: HttpRequest) -> HttpResponse:
    """My intentions: straight to those of the course that is open."""
    scope: Any = request
    courses = own_courses(scope.actor.patient_ids)
    if len(courses) == 1 or (courses and courses[0].is_open and not courses[1].is_open):
        return redirect("my_intention", courses[0].id)
    return render(request, "preparation/my_intentions.html", {"courses": courses})


@requires("own.intentions")
@PAGE_METHODS
def my_intention(request: HttpRequest, course_id: UUID) -> HttpResponse:
    """What do I hope to achieve; what would I like to see change."""
    scope: Any = request
    course = own_course(scope.actor.patient_ids, course_id)
    with local_time(course.practice.time_zone):
        return _intention(request, course, together=False)


@requires("own.intentions")
@PAGE_METHODS
def my_wishes(request: HttpRequest, course_id: UUID) -> HttpResponse:
    """What I wish around me at a dose."""
    scope: Any = request
    course = own_course(scope.actor.patient_ids, course_id)
    with local_time(course.practice.time_zone):
        return _wishes(request, course, together=False)


@requires("course.read")
@require_safe
def intentions(request: HttpRequest, course_id: UUID) -> HttpResponse:
    """What the person hopes for, with its history; what they wish around them."""
    scope: Any = request
    course = course_of(course_id)
    with local_time(course.practice.time_zone):
        context = {
            "course": course,
            "patient": course.patient,
            "revisions": revisions_of(course),
            "wishes": wish_revisions_of(course),
            "may_write": course.practice_id == scope.actor.practice_id
            and course.is_open
            and "consent.explain" in scope.permissions,
        }
        return render(request, "preparation/intentions.html", context)


@requires("consent.explain")
@PAGE_METHODS
def intention_together(request: HttpRequest, course_id: UUID) -> HttpResponse:
    """Write an intention down, with the person beside you."""
    course = course_of(course_id)
    with local_time(course.practice.time_zone):
        return _intention(request, course, together=True)


@requires("consent.explain")
@PAGE_METHODS
def wishes_together(request: HttpRequest, course_id: UUID) -> HttpResponse:
    """Write wishes down, with the person beside you."""
    course = course_of(course_id)
    with local_time(course.practice.time_zone):
        return _wishes(request, course, together=True)


def _intention(request: HttpRequest, course: Course, *, together: bool) -> HttpResponse:
    scope: Any = request
    latest = latest_intention(course)
    shown = Hopes(latest.hope, latest.change, latest.show_at_session) if latest else Hopes()
    error: UpwellError | None = None
    number = form_number(request)
    if request.method == "POST":
        shown = _hopes(request.POST.dict())
        try:
            write_intention(
                by=scope.actor,
                course_id=course.id,
                form_id=number or new_id(),
                hopes=shown,
                seen=_seen(request),
            )
            messages.success(request, _("Saved. You can change it at any time."))
            return redirect(*(("intentions", course.id) if together else ("my_intention", course.id)))
        except REFUSED as refused:
            error, latest = refused, latest_intention(course)
    elif number is None or Intention.objects.filter(id=number).exists():
        return to_numbered(request, new_id())
    elif kept := kept_of(request, scope.actor.account_id):
        shown = _hopes(kept)
        _say_kept(request)
    context = {"shown": shown, "latest": latest, "revisions": revisions_of(course)}
    return _page(request, "preparation/intention.html", course, context, error, together)


def _wishes(request: HttpRequest, course: Course, *, together: bool) -> HttpResponse:
    scope: Any = request
    latest = wishes_for_session(course)
    shown = _wishes_of(latest)
    error: UpwellError | None = None
    number = form_number(request)
    if request.method == "POST":
        shown = _wished(request.POST.dict())
        try:
            write_wishes(
                by=scope.actor,
                course_id=course.id,
                form_id=number or new_id(),
                wishes=shown,
                seen=_seen(request),
            )
            messages.success(request, _("Saved. You can change it at any time."))
            return redirect(*(("intentions", course.id) if together else ("my_wishes", course.id)))
        except REFUSED as refused:
            error, latest = refused, wishes_for_session(course)
    elif number is None or SettingWish.objects.filter(id=number).exists():
        return to_numbered(request, new_id())
    elif kept := kept_of(request, scope.actor.account_id):
        shown = _wished(kept)
        _say_kept(request)
    touches = [
        (Touch.YES, _("Yes, you may hold my hand or touch my shoulder")),
        (Touch.ASK, _("Ask me each time")),
        (Touch.NO, _("No, please don't touch me")),
    ]
    context = {"shown": shown, "latest": latest, "touches": touches}
    return _page(request, "preparation/wishes.html", course, context, error, together)


def _page(
    request: HttpRequest,
    template: str,
    course: Course,
    context: dict[str, Any],
    error: UpwellError | None,
    together: bool,
) -> HttpResponse:
    latest = context["latest"]
    context |= {
        "course": course,
        "patient": course.patient,
        "together": together,
        "error": error,
        "changed": isinstance(error, StaleState),
        "form_number": new_id() if isinstance(error, StaleState) else form_number(request),
        "seen": latest.number if latest else 0,
        "is_open": course.stands is not State.CLOSED,
    }
    return without_kept(request, render(request, template, context, status=error.status if error else 200))


def _hopes(fields: dict[str, str]) -> Hopes:
    return Hopes(fields.get("hope", ""), fields.get("change", ""), fields.get("show") == "yes")


def _wished(fields: dict[str, str]) -> Wishes:
    names = ("music", "light", "touch", "people", "other")
    return Wishes(**{name: fields.get(name, "") for name in names})


def _wishes_of(latest: SettingWish | None) -> Wishes:
    if latest is None:
        return Wishes()
    return Wishes(latest.music, latest.light, latest.touch, latest.people, latest.other)


def _seen(request: HttpRequest) -> int | None:
    text = request.POST.get("seen", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None


def _say_kept(request: HttpRequest) -> None:
    messages.info(request, _("What you had written is still here. It is not saved yet: send it once more."))
