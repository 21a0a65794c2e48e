"""The practice's limits, who watches whom, and the page of a group."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from upwell.access.declare import requires
from upwell.base.clock import now
from upwell.base.errors import BadInput, StaleState
from upwell.base.ids import new_id
from upwell.base.limits import LONGEST_PERSON, LONGEST_PRACTICE_LINE, LONGEST_WORDS
from upwell.pathway.local_time import local_time
from upwell.pathway.own_words import own_words
from upwell.pathway.session.queries import session_of
from upwell.pathway.session.staffing import queries
from upwell.pathway.session.staffing.actions import HIGHEST, choose_group, set_rule, tell_group
from upwell.pathway.session.staffing.forms import MOST_STAFF, line
from upwell.pathway.session.views.common import REFUSED, ours, uuid_of


class RuleForm(forms.Form):
    """The limits that a practice sets for itself."""

    chairs_per_monitor = forms.IntegerField(
        label=gettext_lazy("People after a dose that one monitor watches, at most"),
        required=False,
        min_value=1,
        max_value=HIGHEST,
    )
    people_per_staff = forms.IntegerField(
        label=gettext_lazy("People of a group for each member of staff in the room, at most"),
        required=False,
        min_value=1,
        max_value=HIGHEST,
    )
    prescriber_line = line(
        gettext_lazy("How a prescriber who is off site is reached (phone)"), LONGEST_PRACTICE_LINE
    )
    number = forms.IntegerField(min_value=1, widget=forms.HiddenInput)


@requires("practice.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def staffing_rule(request: HttpRequest) -> HttpResponse:
    """What the practice set for itself; none is filled in for it."""
    scope: Any = request
    rule, status = queries.rule_of(scope.actor.practice_id), 200
    begin: dict[str, Any] = {"number": (rule.number if rule is not None else 0) + 1}
    if rule is not None:
        begin |= {
            name: getattr(rule, name)
            for name in ("chairs_per_monitor", "people_per_staff", "prescriber_line")
        }
    form = RuleForm(request.POST if request.method == "POST" else None, initial=begin)
    if request.method == "POST":
        if form.is_valid():
            try:
                set_rule(by=scope.actor, **form.cleaned_data)
                messages.success(request, _("Kept."))
                return redirect("staffing_rule")
            except (BadInput, StaleState) as refused:
                path = getattr(refused, "path", None)
                form.add_error(path if path in form.fields else None, refused.message)
        status = 422
    return render(request, "staffing/rule.html", {"form": form, "rule": rule}, status=status)


@requires("session.read")
@require_safe
def who_watches(request: HttpRequest) -> HttpResponse:
    """The open sessions by who watches them."""
    scope: Any = request
    with local_time(scope.practice.time_zone):
        found = queries.who_watches(scope.actor.practice_id)
        return render(request, "staffing/watching.html", {"found": found, "at": now()})


@requires("session.record")
@require_http_methods(["GET", "HEAD", "POST"])
def session_group(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Which group a session belongs to."""
    scope: Any = request
    session, error = ours(request, session_of(session_id)), ""
    if request.method == "POST":
        try:
            choose_group(
                by=scope.actor,
                session_id=session.id,
                group_id=uuid_of(request.POST.get("group", "")),
                name=request.POST.get("group_name", ""),
            )
            return redirect("session", session.id)
        except REFUSED as refused:
            error = refused.message
    context = {
        "session": session,
        "patient": session.patient,
        "groups": queries.groups_of_today(session.practice_id, now()),
        "error": error,
        "longest": LONGEST_PERSON,
    }
    return render(request, "staffing/choose.html", context, status=422 if error else 200)


@requires("session.read")
@require_safe
def group(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """All members of a group with their state, and what is written to all of them."""
    return _group(request, group_id)


def _group(request: HttpRequest, group_id: UUID, error: str = "", status: int = 200) -> HttpResponse:
    scope: Any = request
    found = queries.group_of(group_id, scope.actor.practice_id)
    with local_time(scope.practice.time_zone):
        context = {
            "group": found,
            "now": queries.group_now(found),
            "at": now(),
            "note_id": request.POST.get("id") or str(new_id()),
            "staff_id": str(new_id()),
            "text": request.POST.get("text", ""),
            "longest": LONGEST_WORDS,
            "most_staff": MOST_STAFF,
            "error": error,
        }
        return render(request, "staffing/group.html", context, status=status)


@require_POST
@requires("session.record")
def group_tell(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """One note, or how many staff are in the room, for the log of each member."""
    scope: Any = request
    try:
        kind, body = _entry(request)
        note_id = uuid_of(request.POST.get("id", "")) or new_id()
        told = tell_group(by=scope.actor, group_id=group_id, kind=kind, body=body, note_id=note_id)
    except REFUSED as refused:
        return _group(request, group_id, refused.message, refused.status)
    count = len({one.id for one in told})
    messages.success(request, _("Written into %(n)d logs, in each by itself.") % {"n": count})
    return redirect("group", group_id)


def _entry(request: HttpRequest) -> tuple[str, dict[str, Any]]:
    """A note for everybody's log, or who is in the room."""
    if request.POST.get("what") == "staff":
        text = request.POST.get("staff_in_room", "").strip()
        if not text.isascii() or not text.isdigit() or int(text[:9]) > MOST_STAFF or len(text) > 9:
            raise BadInput(
                _("How many members of staff are in the room? Give a whole number."), path="staff_in_room"
            )
        room = request.POST.get("in_the_room", "").strip()[:LONGEST_PRACTICE_LINE]
        return "setting", {"staff_in_room": int(text), **({"in_the_room": room} if room else {})}
    words = own_words(
        request.POST.get("text", ""), path="text", missing=_("Write what belongs in everybody's log.")
    )
    return "note", {"text": words}
