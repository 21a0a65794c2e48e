"""The patient's own pages of measurement: what is asked of me, what I answered, who looked at my record."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from upwell.access.declare import asks_first, requires
from upwell.access.kept import kept_fields
from upwell.base.clock import now
from upwell.knowledge.loader import load_instrument
from upwell.knowledge.triage import load_triage
from upwell.pathway.local_time import local_time
from upwell.pathway.response import queries
from upwell.pathway.response.actions import record_measure
from upwell.pathway.response.forms import AnswerForm
from upwell.pathway.response.looks import look_lines, looks_at
from upwell.pathway.response.offering import refuse_to_ask
from upwell.pathway.response.reading import read_assessment
from upwell.pathway.response.views.receiving import receive, status_of, to_result
from upwell.pathway.safety import crisis_help
from upwell.record.actions import Recorded
from upwell.record.models import AssessmentRequest
from upwell.record.queries import assessment_of
from upwell.record.rules import Standing, standing
from upwell.record.triage import decline_screen
from upwell.science.rules.suicide import read_screen

PAGE_METHODS = require_http_methods(["GET", "HEAD", "POST"])


@requires("own.read")
@require_safe
def looks(request: HttpRequest) -> HttpResponse:
    """Who looked at my record."""
    scope: Any = request
    charts = queries.own_charts(scope.actor.patient_ids)
    with local_time(charts[0].practice.time_zone if charts else "UTC"):
        return render(request, "response/looks.html", {"looks": look_lines(looks_at(scope.actor))})


@requires("own.answer")
@asks_first(queries.question_first)
@PAGE_METHODS
def answer(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Answer a questionnaire: one question a screen on the phone."""
    scope: Any = request
    asked, in_course = queries.question_of(request_id, scope.first)
    with local_time(asked.patient.practice.time_zone):
        if request.method == "POST":
            return _receive(request, asked, in_course)
        if asked.assessment_id is not None:
            messages.info(request, _("You have answered this already. Thank you."))
            return redirect("answered", asked.assessment_id)
        if closed := _why_closed(asked):
            messages.info(request, closed)
            return redirect("me")
        known = load_instrument(asked.instrument)
        refuse_to_ask(known)
        return _form(request, asked, AnswerForm.fresh(known, scope.actor.account_id, kept_fields(request)))


def _why_closed(asked: AssessmentRequest) -> str:
    """Why it can't be answered now, in words; empty where it can."""
    stands = standing(asked, now())
    if stands is Standing.WITHDRAWN:
        return _("This questionnaire is not needed any more.")
    if stands is Standing.LATER and asked.opens_at is not None:
        when = date_format(localtime(asked.opens_at), "DATETIME_FORMAT")
        return _("It is too early for these questions. You can answer them from %(when)s on.") % {
            "when": when
        }
    if stands in (Standing.MISSED, Standing.FOLLOWED_UP):
        return _(
            "The time for these questions is over. That is all right. If something worries you, call your practice,"
            " or use “Need help now?” at the top."
        )
    return ""


def _receive(request: HttpRequest, asked: AssessmentRequest, in_course: bool) -> HttpResponse:
    scope: Any = request
    known = load_instrument(asked.instrument)
    refuse_to_ask(known)
    form = AnswerForm.sent(known, scope.actor.account_id, request.POST)
    if form.is_screen and request.POST.get("not_now"):
        return _not_now(request, asked)
    # Closed while the person was filling it in: what they tell us is taken all the same, and stands for itself.
    stands = standing(asked, now())
    over = asked.slot and stands in (Standing.MISSED, Standing.FOLLOWED_UP, Standing.WITHDRAWN)

    def save(sent: AnswerForm) -> Recorded:
        return record_measure(
            by=scope.actor,
            patient=asked.patient,
            instrument=asked.instrument,
            answers=sent.answers(),
            submission_id=sent.submission_id,
            request=None if over else asked,
            in_course=in_course,
        )

    recorded = receive(form, save)
    if recorded is None:
        return _form(request, asked, form)
    if (
        recorded.asks is not None
    ):  # a question about suicide was answered with more than no: the screen comes next
        return to_result(request, recorded, "answer", recorded.asks.id)
    return to_result(request, recorded, "answered", recorded.assessment.id)


def _not_now(request: HttpRequest, asked: AssessmentRequest) -> HttpResponse:
    """The person would rather not answer the screen: the team is told at once, and help is shown."""
    scope: Any = request
    decline_screen(by=scope.actor, request=asked)
    messages.info(
        request, _("That is all right. Your care team will ask you about it. Help is here at any time.")
    )
    return redirect("help_now")


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
    screen = read_screen(row.instrument, row.result, load_triage())
    with local_time(row.patient.practice.time_zone):
        context = {
            "row": row,
            "reading": reading,
            "screen": screen,
            "told": screen is None or not screen.is_complete or (screen.level and screen.level.pages),
            "asks": queries.screen_asked(scope.actor.patient_ids) if reading.is_urgent else None,
            "help": crisis_help(row.patient.practice) if reading.is_urgent or screen else None,
            "practice": row.patient.practice,
        }
        return render(request, "response/answered.html", context)
