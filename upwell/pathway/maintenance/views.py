"""Maintenance: the last dose and the next one, and the rule by which a relapse is told, declared beforehand."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from upwell.access.declare import requires
from upwell.base.clock import now
from upwell.base.errors import BadInput, NotFound, RefusedByRule, StaleState, UpwellError
from upwell.knowledge.relapse import load_relapse_rules, relapse_rule
from upwell.pathway.course.care_queries import course_of
from upwell.pathway.course.models import Course
from upwell.pathway.kept_text import kept_text, without_kept
from upwell.pathway.local_time import local_time
from upwell.pathway.maintenance.actions import declare_relapse_rule
from upwell.pathway.maintenance.queries import (
    declared_rule,
    declared_rules,
    maintenance_of,
    relapses_of,
    standing_of,
)
from upwell.pathway.maintenance.rules import may_declare, needs_reason
from upwell.pathway.maintenance.words import next_dose_words, watch_words, weeks_words
from upwell.pathway.parts import doses_of
from upwell.pathway.response import score_cards
from upwell.people.charts import chart_ids
from upwell.record.queries import scores_of

PAGE_METHODS = require_http_methods(["GET", "HEAD", "POST"])
REFUSED = (BadInput, NotFound, RefusedByRule, StaleState)
ROWS_SHOWN = 10


@requires("maintenance.read")
@require_safe
def maintenance(request: HttpRequest, course_id: UUID) -> HttpResponse:
    """Further doses and relapse watch of one course."""
    scope: Any = request
    course = course_of(course_id)
    with local_time(course.practice.time_zone):
        doses = doses_of(course)
        shown, stands = maintenance_of(course, doses, now()), standing_of(course, doses)
        context = {
            "course": course,
            "patient": course.patient,
            "shown": shown,
            "weeks": weeks_words(shown.weeks),
            "next": next_dose_words(shown),
            "standing": stands,
            "watch": watch_words(stands),
            "history": declared_rules(course.id),
            "relapses": relapses_of(course.id),
            "cards": _cards(course, [one.at for one in doses], stands.rule.instrument if stands else "phq-9"),
            "may_book": course.is_open
            and "calendar.book" in scope.permissions
            and course.practice_id == scope.actor.practice_id,
            "may_declare": may_declare(course.stands)
            and "maintenance.decide" in scope.permissions
            and course.practice_id == scope.actor.practice_id,
        }
        return render(request, "maintenance/maintenance.html", context)


def _cards(course: Course, doses: list[Any], instrument: str) -> list[Any]:
    charts = chart_ids(course.patient_id) or [course.patient_id]
    return score_cards(scores_of(charts, instrument), shown=ROWS_SHOWN, doses=doses)


@requires("maintenance.decide")
@PAGE_METHODS
def relapse_rule_page(request: HttpRequest, course_id: UUID) -> HttpResponse:
    """Declare by which rule a relapse will be told, or change it for what comes from now on."""
    scope: Any = request
    course = course_of(course_id)
    current = declared_rule(course.id)
    written, error = kept_text(request, "reason"), None
    chosen, seen = current.rule if current else "", current.number if current else 0
    if request.method == "POST":
        written, chosen = request.POST.get("reason", ""), request.POST.get("rule", "")
        seen = _number(request.POST.get("seen", ""))
        try:
            _refuse_none(chosen)
            declare_relapse_rule(by=scope.actor, course_id=course.id, rule=chosen, reason=written, seen=seen)
            messages.success(request, _("Declared. The whole team can see it."))
            return redirect("maintenance", course.id)
        except REFUSED as refused:
            error = refused
    return without_kept(request, _form(request, course, chosen, written, seen, error))


def _form(
    request: HttpRequest, course: Course, chosen: str, written: str, seen: int, error: UpwellError | None
) -> HttpResponse:
    current = declared_rule(course.id)
    with local_time(course.practice.time_zone):
        context = {
            "course": course,
            "patient": course.patient,
            "rules": load_relapse_rules(),
            "chosen": chosen,
            "written": written,
            "seen": seen,
            "current": current,
            "needs_reason": needs_reason(course.stands, current is not None),
            "closed": not may_declare(course.stands),
            "error": error.message if error else "",
        }
        return render(
            request, "maintenance/relapse_rule.html", context, status=error.status if error else 200
        )


def _refuse_none(chosen: str) -> None:
    if not chosen:
        raise BadInput(_("Choose one of the rules."), path="rule")
    try:
        relapse_rule(chosen)
    except NotFound:
        raise BadInput(_("Choose one of the rules that are offered here."), path="rule") from None


def _number(text: str) -> int:
    """The number of the rule that the person had before them; 0 where there was none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
