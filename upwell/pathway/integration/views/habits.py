"""A person's own practices for daily life."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from upwell.access.declare import requires
from upwell.access.kept import kept_of
from upwell.base.errors import BadInput, StaleState
from upwell.base.ids import new_id
from upwell.pathway.integration.actions import add_habit, change_habit, move_habit, share_habit, tick
from upwell.pathway.integration.forms import HabitForm, OwnHabitForm
from upwell.pathway.integration.models import DailyPractice
from upwell.pathway.integration.own_queries import own_habit, own_habits
from upwell.pathway.integration.rules import HabitEvent, HabitState
from upwell.pathway.kept_text import without_kept
from upwell.pathway.local_time import today
from upwell.web.form_number import form_number, to_numbered

PAGE_METHODS = require_http_methods(["GET", "HEAD", "POST"])
SAID = {
    HabitEvent.PAUSE: gettext_lazy("Paused. It waits here for you."),
    HabitEvent.END: gettext_lazy("Ended. You can take it up again at any time."),
    HabitEvent.TAKE_UP: gettext_lazy("Taken up again."),
}


@requires("own.journal")
@require_safe
def my_practices(request: HttpRequest) -> HttpResponse:
    """My practices for daily life, with a tick for today."""
    scope: Any = request
    found = own_habits(scope.actor, today())
    context = {
        "kept": [one for one in found if one.habit.state == HabitState.KEPT],
        "resting": [one for one in found if one.habit.state != HabitState.KEPT],
    }
    return render(request, "integration/my_practices.html", context)


@requires("own.journal")
@PAGE_METHODS
def my_practice_new(request: HttpRequest) -> HttpResponse:
    """Add a practice of one's own."""
    scope: Any = request
    number = form_number(request)
    if number is None:
        return to_numbered(request, new_id())
    is_there = DailyPractice.objects.filter(id=number).exists()
    if is_there and request.method != "POST":
        return redirect("my_practice", number)
    owner = {"owner": str(scope.actor.account_id)}
    if request.method == "POST":
        form = OwnHabitForm(request.POST)
        if form.is_valid():
            if is_there:  # sent again, after Back perhaps with other words
                change_habit(by=scope.actor, habit_id=number, words=form.words())
            else:
                shared = form.cleaned_data["shared"]
                add_habit(by=scope.actor, habit_id=number, words=form.words(), shared=shared)
            messages.success(request, _("Added. Be kind to yourself with it."))
            return redirect("my_practices")
        return render(request, "integration/my_practice_form.html", {"form": form}, status=422)
    form = OwnHabitForm(initial=kept_of(request, scope.actor.account_id) | owner)
    return without_kept(request, render(request, "integration/my_practice_form.html", {"form": form}))


@requires("own.journal")
@PAGE_METHODS
def my_practice(request: HttpRequest, habit_id: UUID) -> HttpResponse:
    """One practice: say it in other words, pause or end it, show it to the team."""
    scope: Any = request
    habit = own_habit(scope.actor, habit_id)
    if request.method == "POST":
        return _act(request, habit)
    initial = {"what": habit.what, "how_often": habit.how_often, "why": habit.why}
    kept = kept_of(request, scope.actor.account_id)
    form = HabitForm(initial=initial | kept | {"owner": str(scope.actor.account_id)})
    return without_kept(request, _show(request, habit, form))


def _act(request: HttpRequest, habit: DailyPractice) -> HttpResponse:
    scope: Any = request
    event = request.POST.get("event", "change")
    try:
        if event == "change":
            form = HabitForm(request.POST)
            if not form.is_valid():
                return _show(request, habit, form, status=422)
            change_habit(by=scope.actor, habit_id=habit.id, words=form.words())
            messages.success(request, _("Saved."))
        elif event in {"share", "take-back"}:
            share_habit(by=scope.actor, habit_id=habit.id, shared=event == "share")
            _say_shared(request, shared=event == "share")
        else:
            named = _event(event)
            move_habit(by=scope.actor, habit_id=habit.id, event=named)
            messages.success(request, SAID[named])
    except (BadInput, StaleState) as error:
        messages.error(request, error.message)
        return redirect("my_practice", habit.id)
    return redirect("my_practices")


def _say_shared(request: HttpRequest, *, shared: bool) -> None:
    if shared:
        messages.success(request, _("Your care team sees it now. Your ticks stay yours alone."))
    else:
        messages.success(request, _("Only you see it now."))


def _event(name: str) -> HabitEvent:
    try:
        return HabitEvent(name)
    except ValueError:
        raise BadInput(_("That can't be done with a practice. Open it again and choose.")) from None


def _show(request: HttpRequest, habit: DailyPractice, form: HabitForm, status: int = 200) -> HttpResponse:
    return render(request, "integration/my_practice.html", {"habit": habit, "form": form}, status=status)


@requires("own.journal")
@require_POST
def my_practice_tick(request: HttpRequest, habit_id: UUID) -> HttpResponse:
    """Tick a practice for today, or take the tick back."""
    scope: Any = request
    try:
        done = request.POST.get("done") == "yes"
        tick(by=scope.actor, habit_id=habit_id, day=today(), today=today(), done=done)
    except (BadInput, StaleState) as error:
        messages.error(request, error.message)
    return redirect("my_practices")
