"""Curves for planning, the models held against what was published, how it works, and when a dose passes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from upwell.access.declare import requires
from upwell.base.clock import now
from upwell.base.errors import BadInput
from upwell.knowledge.mechanism import load_mechanism
from upwell.knowledge.pharmacology import load_facts
from upwell.knowledge.pharmacology.pages import load_pages
from upwell.pathway.course.care_queries import course_of
from upwell.pathway.exposure.forms import PlanForm, begin_with
from upwell.pathway.exposure.pictures import (
    errors_picture,
    heavier_picture,
    routes_picture,
    timing_picture,
)
from upwell.pathway.exposure.planning import Plan, plan
from upwell.pathway.exposure.queries import given_by, own_course, person_of, told_of
from upwell.pathway.exposure.shown import case_rows, claims_of, clearance_rows, moments_of, rows_by_source
from upwell.pathway.exposure.timing import timing_of
from upwell.pathway.exposure.words import OWN_SUBSTANCES, ROUTES, SUBSTANCES
from upwell.pathway.local_time import local_time
from upwell.science.pharmacology import models
from upwell.science.pharmacology.api import BAND_SAYS
from upwell.science.pharmacology.describe import derived
from upwell.science.pharmacology.validation import miss_percent, not_compared, validation_table


@requires("exposure.read")
@require_safe
def exposure(request: HttpRequest) -> HttpResponse:
    """Routes side by side, for nobody in particular."""
    return _planning(request, {}, {})


@requires("course.read")
@require_safe
def course_exposure(request: HttpRequest, course_id: UUID) -> HttpResponse:
    """Routes side by side, for the person of a course: their weight and age are filled in."""
    course = course_of(course_id)
    with local_time(course.practice.time_zone):
        known = person_of(course, now())
        return _planning(request, known, {"course": course, "patient": course.patient}, course.substance)


def _planning(
    request: HttpRequest, known: Mapping[str, Any], context: dict[str, Any], substance: str = ""
) -> HttpResponse:
    """A form by GET: what is asked for stands in the address, and nothing is stored."""
    asked = request.GET.get("substance") or substance
    chosen = asked if asked in SUBSTANCES else next(iter(SUBSTANCES))
    begin = begin_with(chosen, known)
    sent = any(name in request.GET for name in PlanForm(substance=chosen).fields)
    form = PlanForm(request.GET if sent else begin, substance=chosen)
    found: Plan | None = None
    if form.is_valid():
        try:
            found = plan(chosen, form.wanted(), form.person())
        except BadInput as error:
            form.add_error(error.path if error.path in form.fields else None, error.message)
    pages = load_pages()
    context |= {
        "form": form,
        "is_example": not sent,
        "known": known,
        "substance": chosen,
        "tabs": [
            {"label": str(words), "url": f"?substance={key}", "current": key == chosen, "icon": ""}
            for key, words in SUBSTANCES.items()
        ],
        "disclaimer": load_facts().disclaimer,
        "pages": pages,
        "effects": [one for one in pages.effects if one.substance == chosen],
        "band_says": BAND_SAYS,
    }
    if found is not None:
        context |= _shown(found, chosen)
    return render(request, "exposure/planning.html", context, status=422 if sent and form.errors else 200)


def _shown(found: Plan, substance: str) -> dict[str, Any]:
    timed = next((one for one in found.cases if one.timing_only), None)
    timing = timing_of(substance, timed.wanted.route) if timed else None
    return {
        "plan": found,
        "picture": routes_picture(found),
        "rows": case_rows(found),
        "timing": timing,
        "timing_route": ROUTES[timed.wanted.route] if timed else "",
        "timing_observed": timed.model.routes[timed.wanted.route].observed if timed else "",
        "timing_picture": timing_picture(timing, str(ROUTES[timed.wanted.route]))
        if timing and timed
        else None,
        "moments": moments_of(timing) if timing else [],
        "heavier_picture": heavier_picture(found.heavier) if found.heavier else None,
        "other_substance": found.heavier_model is not None and found.heavier_model.substance != substance,
        "clearances": clearance_rows(found),
        "without_model": [(ROUTES[route], seen) for route, seen in found.without_model],
    }


@requires("exposure.read")
@require_safe
def exposure_models(request: HttpRequest) -> HttpResponse:
    """Published observations against ours: the rows that the tests run on."""
    from upwell.knowledge.pharmacology import load_model

    rows = validation_table()
    follows = [
        (one["model"], value)
        for one in models()
        for value in derived(load_model(one["model"])).values()
        if value["published"]
    ]
    context = {
        "rows": rows,
        "groups": rows_by_source(rows),
        "picture": errors_picture(rows, miss_percent()),
        "not_compared": not_compared(),
        "line": miss_percent(),
        "missed": sum(row.misses for row in rows),
        "models": models(),
        "follows": [
            (model, value, (value["value"] / value["published"] - 1) * 100) for model, value in follows
        ],
        "disclaimer": load_facts().disclaimer,
    }
    return render(request, "exposure/models.html", context)


@requires("signed-in")
@require_safe
def how_it_works(request: HttpRequest) -> HttpResponse:
    """Glutamate, NMDA, AMPA, plasticity: what is known, likely, contested, not known."""
    story = load_mechanism()
    chapters = [(one, claims_of(one)) for one in story.chapters]
    return render(request, "exposure/how_it_works.html", {"chapters": chapters, "language": story.language})


@requires("own.course")
@require_safe
def my_timing(request: HttpRequest, course_id: UUID) -> HttpResponse:
    """When the medicine starts, peaks and passes: one picture, for the person of the course."""
    scope: Any = request
    course = own_course(scope.actor.patient_ids, course_id)
    given = given_by(course)
    timing = timing_of(course.substance, course.route, given.infusion_min, given.devices)
    treatment = f"{OWN_SUBSTANCES.get(course.substance, '')} {ROUTES.get(course.route, '')}".strip()
    context = {
        "course": course,
        "treatment": treatment,
        "timing": timing,
        "picture": timing_picture(timing, treatment) if timing else None,
        "moments": moments_of(timing) if timing else [],
        "facts": told_of(course),
        "given": given,
        "pages": load_pages(),
    }
    return render(request, "exposure/my_timing.html", context)
