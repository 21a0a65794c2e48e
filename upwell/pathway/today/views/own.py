"""A person's own home."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from upwell.access.declare import requires
from upwell.base.actor import Actor
from upwell.base.clock import now
from upwell.pathway.course.care_queries import courses_of
from upwell.pathway.course.own_queries import clock_of
from upwell.pathway.parts import doses_of
from upwell.pathway.response import ScoreCard, score_cards
from upwell.pathway.response.looks import look_lines, looks_at
from upwell.pathway.response.queries import latest_sentences, own_assessments
from upwell.pathway.today.home import Home, home_of
from upwell.web.navigation import Entry, build

LOOKS_ON_HOME = 3
WAYS = (
    Entry(_("My appointments"), "own_appointments", "calendar-days"),
    Entry(_("My intentions"), "my_intentions", "hand-heart"),
    Entry(_("My practices for daily life"), "my_practices", "sun"),
    Entry(_("My journal"), "journal", "notebook-pen"),
    Entry(_("What I agreed to"), "my_consents", "file-text"),
    Entry(_("What I share between practices"), "sharing", "link"),
)


@requires("own.read")
@require_safe
def me(request: HttpRequest) -> HttpResponse:
    """My page: one next thing, what comes after, how I have been, who cares for me."""
    scope: Any = request
    at = now()
    courses = courses_of(scope.actor.patient_ids)
    with clock_of(courses):
        home = home_of(scope.actor, at, courses)
        context = {
            "at": at,
            "home": home,
            "has_chart": bool(scope.actor.patient_ids),
            "cards": [one for one in _cards(scope.actor, home) if one.instrument.total is not None],
            "sentences": latest_sentences(scope.actor.patient_ids),
            "ways": build(WAYS, scope.permissions, request.path),
            "looks": look_lines(looks_at(scope.actor))[:LOOKS_ON_HOME],
        }
        return render(request, "today/home.html", context)


def _cards(actor: Actor, home: Home) -> list[ScoreCard]:
    """How the person has been. What gives a level of risk and no number, is for the team to read."""
    return score_cards(own_assessments(actor.patient_ids), doses=_doses(home))


def _doses(home: Home) -> list[datetime]:
    """The dosing days of the courses that the page shows, to be marked under the lines."""
    return [dose.at for standing in home.standings for dose in doses_of(standing.course)]
