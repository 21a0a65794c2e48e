"""A referral at the two practices: writing it, reading it, answering it, taking it back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from upwell.access.declare import requires
from upwell.access.kept import kept_fields
from upwell.base.errors import BadInput, NotFound, RefusedByRule, StaleState, UpwellError
from upwell.base.ids import new_id
from upwell.pathway.course import queries as chart_queries
from upwell.pathway.kept_text import kept_text, without_kept
from upwell.pathway.local_time import local_time
from upwell.pathway.referral import actions, queries
from upwell.pathway.referral.checks import practices_to_refer_to
from upwell.pathway.referral.forms import AgreedForm, ReferralForm
from upwell.pathway.referral.models import Referral
from upwell.pathway.referral.rules import BACK, TO_THEM
from upwell.pathway.referral.states import Agreed, State
from upwell.pathway.response import score_cards
from upwell.people.charts import kept_chart
from upwell.people.models import Patient, Practice
from upwell.record.queries import patient_of_chart, scores_of
from upwell.web.form_number import form_number, to_numbered

PAGE_METHODS = require_http_methods(["GET", "HEAD", "POST"])
REFUSED = (BadInput, RefusedByRule, StaleState)
ROWS_SHOWN = 6


@requires("referral.make")
@PAGE_METHODS
def referral_new(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Refer a patient of ours to another practice."""
    scope: Any = request
    patient = patient_of_chart(patient_id)
    if patient.practice_id != scope.actor.practice_id:
        raise NotFound(_("There is no such patient here."))
    if patient.merged_into_id:
        return redirect("referral_new", kept_chart(patient.id) or patient.merged_into_id)
    number = form_number(request)
    if number is None:
        return to_numbered(request, new_id())
    if there := Referral.objects.filter(id=number, patient_id=patient.id).first():
        messages.info(request, _("This form was sent already: it made this referral."))
        return redirect("referral", there.id)
    with local_time(patient.practice.time_zone):
        return without_kept(request, _new(request, patient, number))


def _new(request: HttpRequest, patient: Patient, number: UUID) -> HttpResponse:
    scope: Any = request
    practices = list(practices_to_refer_to(patient.practice))
    more: dict[str, Any] = {"practices": practices, "has_log_in": patient.account_id is not None}
    form = ReferralForm(request.POST or None, initial=_first_values(request, patient, practices), **more)
    error: UpwellError | None = None
    if request.method == "POST" and form.is_valid():
        chosen = next(one for one in practices if one.id == form.practice_id)
        try:
            made = actions.refer_patient(
                by=scope.actor,
                patient=patient,
                to_practice=chosen,
                letter=form.letter,
                agreed=Agreed(form.cleaned_data["agreed"]),
                referral_id=number,
            )
        except REFUSED as refused:
            error = refused
        else:
            waits = made.stands is State.AWAITING_PATIENT
            words = _("They are asked on their phone now.") if waits else _("The referral is sent.")
            messages.success(request, words)
            return redirect("referral", made.id)
    status = error.status if error else 422 if form.errors else 200
    context = {
        "patient": patient,
        "form": form,
        "practices": practices,
        "error": error.message if error else "",
    }
    return render(request, "referral/new.html", context, status=status)


def _first_values(request: HttpRequest, patient: Patient, practices: list[Practice]) -> dict[str, Any]:
    """What a fresh form proposes; what was written when the log-in ended, if it was the same person."""
    scope: Any = request
    first: dict[str, Any] = {"shared": list(TO_THEM), "shared_back": list(BACK)}
    if len(practices) == 1:
        first["to_practice"] = str(practices[0].id)
    if patient.account_id is not None:
        first["agreed"] = Agreed.PHONE.value
    kept = kept_fields(request) if request.method != "POST" else {}
    if kept.get("owner", [""])[-1] == str(scope.actor.account_id):
        messages.info(
            request, _("What you had written is still here. It is not saved yet: send it once more.")
        )
        first |= {name: kept.get(name, []) for name in ("shared", "shared_back")}
        first |= {
            name: kept[name][-1] for name in ("to_practice", "reason", "question", "agreed") if name in kept
        }
    return first


@requires("course.read")
@require_safe
def referrals(request: HttpRequest) -> HttpResponse:
    """The practice's referrals: those that came in, and those that went out."""
    scope: Any = request
    out, practice = request.GET.get("which") == "out", scope.practice
    listed = queries.referrals_out if out else queries.referrals_in
    with local_time(practice.time_zone):
        page = listed(practice.id, request.GET.get("page", "1"))
        context = {"out": out, "page_obj": page, "rows": queries.named(page.object_list, practice.id)}
        return render(request, "referral/list.html", context)


@requires("course.read")
@require_safe
def referral(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """One referral: who refers, why, what is shared, and where it stands."""
    return without_kept(request, _show(request, referral_id, written=kept_text(request, "reason")))


def _show(
    request: HttpRequest, referral_id: UUID, *, error: UpwellError | None = None, written: str = ""
) -> HttpResponse:
    scope: Any = request
    shown = queries.referral_of(scope.actor, referral_id)
    found = shown.referral
    to_them, back = queries.open_now(found)
    with local_time(shown.chart.practice.time_zone):
        context: dict[str, Any] = {
            "referral": found,
            "shown": shown,
            "patient": shown.chart,
            "steps": queries.steps_of(found),
            "agreed_to": (queries.kinds_of(found.shared), queries.kinds_of(found.shared_back)),
            "to_them": to_them,
            "back": back,
            "sees_course": queries.sees_course(found),
            "agreed_form": AgreedForm(),
            "error": error.message if error else "",
            "written": written,
        }
        if shown.is_asked and "chart.read" in scope.permissions:
            context |= _their_chart(found)
        if shown.is_asked and found.is_open and "patient.list" in scope.permissions:
            context["look_alikes"] = queries.look_alikes_of(shown)
        return render(request, "referral/referral.html", context, status=error.status if error else 200)


def _their_chart(found: Referral) -> dict[str, Any]:
    """What the referring practice's chart shows to the practice that is asked: row security decides."""
    charts = [found.patient_id]
    return {
        "sections": [one for one in chart_queries.sections_of(charts) if one.lines],
        "cards": score_cards(scores_of(charts), shown=ROWS_SHOWN),
    }


@requires("referral.decide")
@require_POST
def referral_decide(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Accept a referral, or decline it with the reason."""
    scope: Any = request
    written, seen = request.POST.get("reason", ""), version_seen(request)
    accepts = request.POST.get("event") == "accept"
    try:
        if accepts:
            done = actions.accept(by=scope.actor, referral_id=referral_id, note=written, seen_version=seen)
            messages.success(
                request, _("Accepted. The screening can begin; both practices see the course of care.")
            )
            return redirect("course", done.course_id)
        actions.decline(by=scope.actor, referral_id=referral_id, reason=written, seen_version=seen)
    except REFUSED as refused:
        return _show(request, referral_id, error=refused, written=written)
    messages.success(request, _("Declined. The referring practice and the person can read why."))
    return redirect("referral", referral_id)


@requires("referral.make")
@require_POST
def referral_withdraw(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Take a referral back that nobody has answered yet."""
    scope: Any = request
    written = request.POST.get("reason", "")
    try:
        actions.withdraw(
            by=scope.actor, referral_id=referral_id, reason=written, seen_version=version_seen(request)
        )
    except REFUSED as refused:
        return _show(request, referral_id, error=refused, written=written)
    messages.success(request, _("Taken back. Nothing is open to the other practice any more."))
    return redirect("referral", referral_id)


@requires("referral.make")
@require_POST
def referral_agreed(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """The person agreed in the room: record how, and send."""
    scope: Any = request
    form = AgreedForm(request.POST)
    try:
        if not form.is_valid():
            raise BadInput(_("Choose how the person agreed."), path="agreed")
        actions.agree_in_person(
            by=scope.actor,
            referral_id=referral_id,
            agreed=Agreed(form.cleaned_data["agreed"]),
            seen_version=version_seen(request),
        )
    except REFUSED as refused:
        return _show(request, referral_id, error=refused)
    messages.success(request, _("The referral is sent."))
    return redirect("referral", referral_id)


@requires("referral.make")
@require_POST
def referral_noted(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """The referring side has looked at a "no"."""
    scope: Any = request
    noted = actions.note_answer(by=scope.actor, referral_id=referral_id)
    messages.success(request, _("Noted. It does not wait for you any more."))
    return redirect("chart", noted.patient_id)


def version_seen(request: HttpRequest) -> int | None:
    """What the person had before their eyes when they decided."""
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None
