"""Opening the session of a dosing day."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from upwell.access.declare import requires
from upwell.base.actor import Actor
from upwell.base.clock import now
from upwell.base.errors import BadInput
from upwell.pathway.calendar.models import Appointment
from upwell.pathway.calendar.queries import appointment_of, chairs_of
from upwell.pathway.course.care_queries import course_of
from upwell.pathway.course.models import Course
from upwell.pathway.local_time import local_time
from upwell.pathway.session.actions import open_session
from upwell.pathway.session.models import KINDS, Session
from upwell.pathway.session.queries import open_on_chairs
from upwell.pathway.session.staffing.actions import choose_group
from upwell.pathway.session.staffing.queries import groups_of_today
from upwell.pathway.session.views.common import REFUSED, uuid_of


@requires("session.record")
@require_http_methods(["GET", "HEAD", "POST"])
def session_new(request: HttpRequest, course_id: UUID) -> HttpResponse:
    """Open the session: of an appointment, or of somebody who came without one."""
    scope: Any = request
    course = course_of(course_id)
    visit = uuid_of(request.GET.get("appointment", ""))
    appointment = appointment_of(visit) if visit is not None else None
    if appointment is not None and appointment.course_id != course.id:
        appointment = None
    there = Session.objects.filter(course_id=course.id, over_at__isnull=True).first()
    if there is not None:
        return redirect("session", there.id)
    error, taken = "", open_on_chairs(course.practice_id)
    if request.method == "POST":
        try:
            made = _open(scope.actor, request, course, appointment)
            messages.success(request, _("The session is open."))
            if made.chair_id in taken and taken[made.chair_id].id != made.id:
                messages.warning(request, _taken_words(taken[made.chair_id]))
            return redirect("session", made.id)
        except REFUSED as refused:
            error = refused.message
    with local_time(course.practice.time_zone):
        context = {
            "course": course,
            "patient": course.patient,
            "appointment": appointment,
            "chairs": [(one, taken.get(one.id)) for one in chairs_of(scope.actor)],
            "taken": taken.get(appointment.chair_id) if appointment and appointment.chair_id else None,
            "kinds": KINDS,
            "groups": groups_of_today(course.practice_id, now()),
            "error": error,
        }
        return render(request, "session/new.html", context, status=409 if error else 200)


def _open(by: Actor, request: HttpRequest, course: Course, appointment: Appointment | None) -> Session:
    """The session; one of a group is of a group that is named with it."""
    kind, group_id = request.POST.get("kind", "individual"), uuid_of(request.POST.get("group", ""))
    name = request.POST.get("group_name", "").strip()
    if kind == "group" and group_id is None and not name:
        raise BadInput(_("Choose the group, or give a new one a name."), path="group")
    with transaction.atomic():
        made = open_session(
            by=by,
            course=course,
            appointment=appointment,
            chair_id=uuid_of(request.POST.get("chair", "")),
            kind=kind,
        )
        if made.kind == "group" and not hasattr(made, "place"):
            choose_group(by=by, session_id=made.id, group_id=group_id, name=name)
    return made


def _taken_words(there: Session) -> str:
    words = _("A session of %(name)s is open on %(chair)s, too. End that one if they have left.")
    return words % {"name": there.patient.display_name, "chair": there.chair.name if there.chair else ""}
