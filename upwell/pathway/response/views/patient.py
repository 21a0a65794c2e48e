"""The patient's own pages: what is asked of me, my scores, who looked at my record."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from upwell.access.declare import requires
from upwell.access.kept import kept_fields
from upwell.knowledge.loader import load_instrument
from upwell.pathway.local_time import local_time, today
from upwell.pathway.response import queries
from upwell.pathway.response.forms import AnswerForm
from upwell.pathway.response.looks import look_lines, looks_at
from upwell.pathway.response.offering import refuse_to_ask
from upwell.pathway.response.reading import read_assessment
from upwell.pathway.response.scores import score_cards
from upwell.pathway.response.views.receiving import receive, status_of, to_result
from upwell.pathway.safety import crisis_help
from upwell.record.actions import Recorded, record_assessment
from upwell.record.models import AssessmentRequest
from upwell.record.queries import assessment_of, request_of

PAGE_METHODS = require_http_methods(["GET", "HEAD", "POST"])
LOOKS_ON_HOME = 5


@requires("own.read")
@require_safe
def me(request: HttpRequest) -> HttpResponse:
    """My page: the next thing that is asked of me, my scores, who looked at my record."""
    scope: Any = request
    charts = queries.own_charts(scope.actor.patient_ids)
    with local_time(charts[0].practice.time_zone if charts else "UTC"):
        asked = queries.open_requests(scope.actor.patient_ids)
        due = [one for one in asked if localdate(one.due_at) <= today()]
        context = {
            "charts": charts,
            "next": due[0] if due else None,
            "due": due[1:],
            "later": [one for one in asked if one not in due],
            "cards": score_cards(queries.own_assessments(scope.actor.patient_ids)),
            "sentences": queries.latest_sentences(scope.actor.patient_ids),
            "looks": look_lines(looks_at(scope.actor))[:LOOKS_ON_HOME],
        }
        return render(request, "response/me.html", context)


@requires("own.read")
@require_safe
def looks(request: HttpRequest) -> HttpResponse:
    """Who looked at my record."""
    scope: Any = request
    charts = queries.own_charts(scope.actor.patient_ids)
    with local_time(charts[0].practice.time_zone if charts else "UTC"):
        return render(request, "response/looks.html", {"looks": look_lines(looks_at(scope.actor))})


@requires("own.answer")
@PAGE_METHODS
def answer(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Answer a questionnaire: one question a screen on the phone."""
    scope: Any = request
    asked = request_of(scope.actor.patient_ids, request_id)
    with local_time(asked.patient.practice.time_zone):
        if request.method == "POST":
            return _receive(request, asked)
        if asked.assessment_id is not None:
            messages.info(request, _("You have answered this already. Thank you."))
            return redirect("answered", asked.assessment_id)
        if asked.cancelled_at is not None:
            messages.info(request, _("This questionnaire is not needed any more."))
            return redirect("me")
        known = load_instrument(asked.instrument)
        refuse_to_ask(known)
        return _form(request, asked, AnswerForm.fresh(known, scope.actor.account_id, kept_fields(request)))


def _receive(request: HttpRequest, asked: AssessmentRequest) -> HttpResponse:
    scope: Any = request
    known = load_instrument(asked.instrument)
    refuse_to_ask(known)
    form = AnswerForm.sent(known, scope.actor.account_id, request.POST)

    def save(sent: AnswerForm) -> Recorded:
        return record_assessment(
            by=scope.actor,
            patient=asked.patient,
            instrument=asked.instrument,
            answers=sent.answers(),
            submission_id=sent.submission_id,
            request=asked,
        )

    recorded = receive(form, save)
    if recorded is None:
        return _form(request, asked, form)
    return to_result(request, recorded, "answered", recorded.assessment.id)


def _form(request: HttpRequest, asked: AssessmentRequest, form: AnswerForm) -> HttpResponse:
    context = {
        "asked": asked,
        "form": form,
        "instrument": form.instrument,
        "help": crisis_help(asked.patient.practice),
    }
    return render(request, "response/answer.html", context, status=status_of(form))


@requires("own.read")
@require_safe
def answered(request: HttpRequest, assessment_id: UUID) -> HttpResponse:
    """What I answered, in plain words; first of all, where to turn to, if my answers call for it."""
    scope: Any = request
    row = assessment_of(scope.actor.patient_ids, assessment_id)
    reading = read_assessment(row)
    with local_time(row.patient.practice.time_zone):
        context = {
            "row": row,
            "reading": reading,
            "help": crisis_help(row.patient.practice) if reading.is_urgent else None,
            "practice": row.patient.practice,
        }
        return render(request, "response/answered.html", context)
