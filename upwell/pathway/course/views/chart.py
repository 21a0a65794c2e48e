"""The chart: one person on one page, what matters first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from upwell.access.declare import requires
from upwell.base.errors import NotFound
from upwell.knowledge.instrument import Instrument
from upwell.knowledge.loader import load_instrument
from upwell.pathway.course import queries
from upwell.pathway.course.care_queries import courses_of
from upwell.pathway.course.identity import identity_of
from upwell.pathway.course.linked import (
    OtherChart,
    closed_charts,
    other_charts,
    own_chart_beside,
    shared_care,
)
from upwell.pathway.course.models import Course
from upwell.pathway.course.sections import section_named
from upwell.pathway.local_time import local_time, today
from upwell.pathway.parts import doses_of
from upwell.pathway.response import FIRST, ScoreCard, asked_of_patients, entered_by_staff, score_cards
from upwell.people.charts import chart_ids, kept_chart
from upwell.people.models import Patient
from upwell.record.queries import patient_of_chart, scores_of

ROWS_SHOWN = 6  # of a score table; the rest is a page of its own


@requires("patient.read")
@require_safe
def chart(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """The chart: who it is, what must be acted on, allergies, problems, medicines, scores over time."""
    patient = patient_of_chart(patient_id)
    if patient.merged_into_id:
        return _to_kept_chart(request, patient)
    scope: Any = request
    with local_time(patient.practice.time_zone):
        context: dict[str, Any] = {
            "patient": patient,
            "identity": identity_of(patient, today()),
            "is_ours": scope.actor.practice_id == patient.practice_id,
        }
        ids = chart_ids(patient.id)
        others = other_charts(ids)
        charts = [*ids, *(one.patient_id for one in others)]
        if "course.read" in scope.permissions:
            context["courses"] = courses = courses_of(charts)
            context["referrals"] = _referrals(ids)
            context["has_open_course"] = any(one.is_open for one in courses)
        if "chart.read" in scope.permissions:
            context |= _clinical(scope, ids, others, context.get("courses", ()))
        context["shared_care"] = shared = shared_care(ids, others, clinical="chart.read" in scope.permissions)
        context["closed_charts"] = {chart for place in shared for chart in place.closed_charts}
        if not context["is_ours"]:
            context["our_chart"] = own_chart_beside(ids)
        return render(request, "course/chart.html", context)


def _clinical(
    scope: Any, ids: list[UUID], others: list[OtherChart], courses: Iterable[Course]
) -> dict[str, Any]:
    """What only those who read charts are shown; nobody else's request even asks the database for it."""
    asked = queries.open_requests_of(ids)
    waiting = {one.instrument for one in asked}
    return {
        "clinical": True,
        "merged": len(ids) - 1,
        "sections": queries.sections_of(ids),
        "cards": _scores(
            ids, others, shown=ROWS_SHOWN, doses=[dose.at for one in courses for dose in doses_of(one)]
        ),
        "asked": asked,
        "entered": _first_and_others(entered_by_staff()),
        "askable": _first_and_others(one for one in asked_of_patients() if one.id not in waiting),
        "alerts": queries.open_alerts_of(ids) if "alert.read" in scope.permissions else [],
        "tasks": queries.open_tasks_of(ids) if "task.read" in scope.permissions else [],
    }


def _scores(
    ids: list[UUID],
    others: list[OtherChart],
    instrument: str = "",
    *,
    shown: int | None = None,
    doses: Sequence[datetime] = (),
) -> list[ScoreCard]:
    """The scores of this chart and of what is open of others, in one line; those from elsewhere say where."""
    charts = [*ids, *(one.patient_id for one in others)]
    rows = scores_of(charts, instrument, whole=not shown)
    places = {one.patient_id: one.practice_name for one in others}
    return score_cards(rows, shown=shown, places=places, doses=doses)


def _referrals(ids: list[UUID]) -> list[Any]:
    from upwell.pathway.referral.queries import referrals_of  # a step further: it knows the course

    return referrals_of(ids)


def _first_and_others(instruments: Iterable[Instrument]) -> dict[str, list[Instrument]]:
    """Those of every course of care have a button each; the others fold away."""
    sorted_out: dict[str, list[Instrument]] = {"first": [], "others": []}
    for one in instruments:
        sorted_out["first" if one.id in FIRST else "others"].append(one)
    return sorted_out


def _to_kept_chart(request: HttpRequest, patient: Patient) -> HttpResponse:
    kept = kept_chart(patient.id)
    if kept is None:
        raise NotFound(_("There is no such patient here."))
    words = _("Record number %(number)s was merged into this chart.")
    messages.info(request, words % {"number": patient.record_number})
    return redirect("chart", kept)


@requires("chart.read")
@require_safe
def section(request: HttpRequest, patient_id: UUID, key: str) -> HttpResponse:
    """One section of the chart in full, page by page."""
    found = section_named(key)
    patient = patient_of_chart(patient_id)
    with local_time(patient.practice.time_zone):
        page, lines = queries.section_page(found, chart_ids(patient.id), request.GET.get("page", "1"))
        context = {"patient": patient, "section": found, "page_obj": page, "lines": lines}
        return render(request, "course/section.html", context)


@requires("chart.read")
@require_safe
def scores(request: HttpRequest, patient_id: UUID, instrument: str) -> HttpResponse:
    """Every score with one instrument, page by page."""
    known, patient = load_instrument(instrument), patient_of_chart(patient_id)
    with local_time(patient.practice.time_zone):
        ids = chart_ids(patient.id)
        others = other_charts(ids)
        cards = _scores(ids, others, known.id)
        page = Paginator(cards[0].rows if cards else (), queries.PER_PAGE).get_page(
            request.GET.get("page", "1")
        )
        context = {
            "patient": patient,
            "instrument": known,
            "page_obj": page,
            "closed_charts": closed_charts(others),
        }
        return render(request, "course/scores.html", context)
