"""The pages of the calendar: the day, an appointment, booking, moving, cancelling; and a person's own appointments."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from upwell.access.declare import requires
from upwell.access.kept import kept_of
from upwell.base.clock import now
from upwell.base.errors import BadInput, NotFound, RefusedByRule, StaleState, UpwellError
from upwell.base.ids import new_id
from upwell.pathway.calendar import actions, queries
from upwell.pathway.calendar.board import board_of
from upwell.pathway.calendar.forms import BookForm, TimeForm, as_fields, usual_length
from upwell.pathway.calendar.offers import missing_of, offers_of, own_times
from upwell.pathway.calendar.rules import day_of
from upwell.pathway.calendar.states import EVENT_WORDS, Event, Kind, events_from
from upwell.pathway.kept_text import kept_text, without_kept
from upwell.pathway.local_time import local_time, today
from upwell.record.queries import patient_of_chart
from upwell.web.form_number import form_number, to_numbered

PAGE_METHODS = require_http_methods(["GET", "HEAD", "POST"])
REFUSED = (BadInput, RefusedByRule, StaleState)


@requires("calendar.read")
@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """A day at the practice, a column for each chair."""
    scope: Any = request
    day, zone = _day(request), timezone.get_current_timezone()
    entries = queries.of_day(scope.actor, day_of(day, zone))
    context = {
        "day": day,
        "is_today": day == today(),
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1),
        "entries": entries,
        "board": board_of(
            day, zone, queries.chairs_of(scope.actor), [one for one in entries if _on_board(one)]
        ),
        "zone": timezone.get_current_timezone_name(),
    }
    return render(request, "calendar/day.html", context)


def _on_board(one: Any) -> bool:
    return one.state not in {"cancelled", "missed"}


def _day(request: HttpRequest) -> date:
    """The day in the address; today where there is none that can be one."""
    try:
        day = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return today()
    return day if date(2000, 1, 1) < day < date(2200, 1, 1) else today()


@requires("calendar.read")
@require_safe
def appointment(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """One appointment: when, where, with whom, and what can be done about it."""
    scope: Any = request
    found = queries.appointment_of(appointment_id)
    with local_time(found.practice.time_zone):
        is_ours = found.practice_id == scope.actor.practice_id
        may_book = is_ours and "calendar.book" in scope.permissions
        done = [one for one in events_from(found.stands) if one is not Event.CANCEL] if may_book else []
        context = {
            "appointment": found,
            "patient": found.patient,
            "when": queries.span_words(found.starts_at, found.ends_at),
            "zone": timezone.get_current_timezone_name(),
            "missing": missing_of(scope.actor, found),
            "events": [(one.value, EVENT_WORDS[one]) for one in done],
            "may_move": may_book and found.state in {"booked", "arrived"},
            "is_ours": is_ours,
        }
        return render(request, "calendar/appointment.html", context)


@requires("calendar.book")
@PAGE_METHODS
def appointment_new(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Book an appointment for somebody."""
    scope: Any = request
    patient = patient_of_chart(patient_id)
    number = form_number(request)
    if number is None or (request.method != "POST" and queries.is_booked_by(number)):  # Back: to book another
        return to_numbered_with_wishes(request)
    kind = request.GET.get("kind", "")
    begin = {"kind": kind, "day": _day(request), "minutes": usual_length(kind)}
    form = _form(request, BookForm, begin)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data

        def book() -> Any:
            return actions.book_appointment(
                by=scope.actor,
                patient=patient,
                kind=Kind(given["kind"]),
                appointment_id=number,
                **_times(given),
            )

        made = _attempt(form, book)
        if made is not None:
            messages.success(request, _("Booked."))
            return redirect("appointment", made.id)
    return _page(request, form, {"patient": patient, "offers": offers_of(scope.actor, form)})


def to_numbered_with_wishes(request: HttpRequest) -> HttpResponse:
    """On to the form with its number; what it is for, and the day that is proposed, stay in the address."""
    response = to_numbered(request, new_id())
    kind = request.GET.get("kind", "")
    if kind in {one.value for one in Kind}:
        response["Location"] += f"&kind={kind}"
    if request.GET.get("day"):
        response["Location"] += f"&day={_day(request).isoformat()}"
    return response


@requires("calendar.book")
@PAGE_METHODS
def appointment_move(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """Give an appointment another time, chair or member of staff."""
    scope: Any = request
    found = queries.appointment_of(appointment_id)
    begin = as_fields(found.starts_at, found.ends_at) | {
        "chair": str(found.chair_id or ""),
        "staff": str(found.staff_id or ""),
        "version": found.version,
    }
    form = _form(request, TimeForm, begin, more=begin["minutes"])
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        moved = _attempt(
            form,
            lambda: actions.move_appointment(
                by=scope.actor, appointment_id=found.id, seen_version=given.get("version"), **_times(given)
            ),
        )
        if moved is not None:
            messages.success(request, _("Moved."))
            return redirect("appointment", found.id)
    context = {"patient": found.patient, "appointment": found, "offers": offers_of(scope.actor, form)}
    return _page(request, form, context)


@requires("calendar.book")
@PAGE_METHODS
def appointment_cancel(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """Cancel an appointment, with the reason."""
    scope: Any = request
    found = queries.appointment_of(appointment_id)
    written, error, status = kept_text(request, "reason"), "", 200
    seen: int | None = found.version
    if request.method == "POST":
        written, seen = request.POST.get("reason", ""), _version(request, found.version)
        try:
            actions.change_appointment(
                by=scope.actor, appointment_id=found.id, event=Event.CANCEL, reason=written, seen_version=seen
            )
            messages.success(request, _("Cancelled. The time is free again."))
            return redirect("appointment", found.id)
        except REFUSED as refused:
            error, status = refused.message, refused.status
    with local_time(found.practice.time_zone):
        context = {
            "appointment": found,
            "patient": found.patient,
            "when": queries.span_words(found.starts_at, found.ends_at),
            "written": written,
            "seen": seen,
            "error": error,
        }
        return without_kept(request, render(request, "calendar/cancel.html", context, status=status))


@require_POST
@requires("calendar.book")
def appointment_change(request: HttpRequest, appointment_id: UUID, event: str) -> HttpResponse:
    """The person came, did not come, or is done."""
    scope: Any = request
    if event not in set(Event) - {Event.CANCEL}:
        raise NotFound(_("There is no such step."))
    try:
        actions.change_appointment(
            by=scope.actor,
            appointment_id=appointment_id,
            event=Event(event),
            seen_version=_version(request, None),
        )
    except REFUSED as refused:
        messages.error(request, refused.message)
    return redirect("appointment", appointment_id)


@requires("own.course")
@require_safe
def own_appointments(request: HttpRequest) -> HttpResponse:
    """My appointments, each on the clock of its practice."""
    scope: Any = request
    found = queries.of_charts(scope.actor.patient_ids)
    at = now()
    coming = [one for one in found if one.ends_at > at and one.state in {"booked", "arrived"}]
    others = [one for one in found if one not in coming]
    context = {"coming": own_times(coming), "others": own_times(reversed(others))}
    return render(request, "calendar/own.html", context)


def _form(request: HttpRequest, kind: type[TimeForm], begin: dict[str, Any], more: int = 0) -> Any:
    scope: Any = request
    choices: dict[str, Any] = {
        "chairs": queries.chairs_of(scope.actor),
        "clinicians": queries.clinicians_of(scope.actor),
        "more": more,
    }
    if request.method == "POST":
        return kind(request.POST, **choices)
    kept = kept_of(request, scope.actor.account_id)
    return kind(initial=begin | kept | {"owner": str(scope.actor.account_id)}, **choices)


def _times(given: dict[str, Any]) -> dict[str, Any]:
    return {
        "starts_at": given["starts_at"],
        "ends_at": given["ends_at"],
        "chair_id": UUID(given["chair"]) if given["chair"] else None,
        "staff_id": UUID(given["staff"]) if given["staff"] else None,
    }


def _attempt(form: Any, action: Any) -> Any:
    try:
        return action()
    except REFUSED as error:
        form.refused = error
        form.add_error(error.path if error.path in form.fields else None, error.message)
        return None


def _page(request: HttpRequest, form: Any, context: dict[str, Any]) -> HttpResponse:
    refused: UpwellError | None = getattr(form, "refused", None)
    status = refused.status if refused else (422 if form.errors else 200)
    context |= {"form": form, "zone": timezone.get_current_timezone_name()}
    return without_kept(request, render(request, "calendar/book.html", context, status=status))


def _version(request: HttpRequest, otherwise: int | None) -> int | None:
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else otherwise
