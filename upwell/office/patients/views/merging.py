"""Joining two charts of one person: choose, compare, join; and part them again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from upwell.access.declare import requires
from upwell.access.trail import looked_at
from upwell.office.patients import actions, queries
from upwell.office.patients.days import today_at
from upwell.office.patients.forms import MergeForm, UndoMergeForm
from upwell.office.patients.register import PAGE
from upwell.office.patients.search import Entry, find
from upwell.office.patients.terms import LONGEST, understand
from upwell.office.patients.views.page import forget_kept, here, page, to_kept_chart, with_kept_entries
from upwell.office.practice.forms import attempt
from upwell.people.models import Patient

TWO_WAYS = require_http_methods(["GET", "HEAD", "POST"])


@requires("patient.merge")
@require_safe
def patient_merge(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Choose the other chart: those that look alike are offered, any other can be searched for."""
    actor, practice = here(request)
    patient = queries.own_patient(actor, patient_id)
    if patient.merged_into_id:
        return to_kept_chart(request, patient, page_name="patient_merge")
    text = "".join(c for c in request.GET.get("q", "") if c.isprintable())[:LONGEST]
    found: list[Entry] = []
    if text.strip():
        found = [
            entry
            for entry in find(practice.id, understand(text, today_at(practice)))
            if entry.id != patient.id
        ]
        looked_at([entry.id for entry in found[:PAGE]])
    context = {
        "patient": patient,
        "duplicates": queries.duplicates_of(patient),
        "text": text,
        "found": found[:PAGE],
        "there_are_more": len(found) > PAGE,
    }
    return page(request, "merge.html", context)


@requires("patient.merge")
@TWO_WAYS
def patient_merge_pair(request: HttpRequest, patient_id: UUID, other_id: UUID) -> HttpResponse:
    """The two charts side by side; one is kept, and a reason is written down."""
    actor, _practice = here(request)
    pair = queries.pair(actor, patient_id, other_id)
    charts = [pair.left, pair.right]
    initial = _begin(request, {"keep": str(pair.suggestion)}, MergeForm)
    form = MergeForm(request.POST or None, charts=charts, initial=initial)
    if request.method == "POST" and form.is_valid():
        kept, merged = _which(charts, form.cleaned_data["keep"])
        merge = attempt(
            form,
            lambda: actions.merge_charts(
                by=actor, kept_id=kept.id, merged_id=merged.id, reason=form.cleaned_data["reason"]
            ),
        )
        if merge is not None:
            words = _("%(merged)s is joined into this chart now. It can be undone on the page “History”.")
            messages.success(request, words % {"merged": merged.record_number})
            return redirect("chart", kept.id)
    context = {"pair": pair, "charts": charts, "form": form}
    return forget_kept(request, page(request, "merge_pair.html", context, status=422 if form.errors else 200))


def _begin(request: HttpRequest, initial: dict[str, Any], form: type[Form]) -> dict[str, Any]:
    """What the form begins with: what was written when the log-in ended, if it was the same person."""
    actor, _practice = here(request)
    begin = {**initial, "owner": str(actor.account_id)}
    return begin if request.method == "POST" else with_kept_entries(request, actor, begin, form)


def _which(charts: list[Patient], keep: str) -> tuple[Patient, Patient]:
    left, right = charts
    return (left, right) if str(left.id) == keep else (right, left)


@requires("patient.merge")
@TWO_WAYS
def patient_merge_undo(request: HttpRequest, patient_id: UUID, merge_id: UUID) -> HttpResponse:
    """Part two joined charts again, with a reason."""
    actor, _practice = here(request)
    merge = queries.merge_to_undo(actor, patient_id, merge_id)
    form = UndoMergeForm(request.POST or None, initial=_begin(request, {}, UndoMergeForm))
    if request.method == "POST" and form.is_valid():
        undone = attempt(
            form, lambda: actions.undo_merge(by=actor, merge_id=merge.id, reason=form.cleaned_data["reason"])
        )
        if undone is not None:
            words = _("%(merged)s is a chart of its own again.")
            messages.success(request, words % {"merged": merge.merged.record_number})
            return redirect("patient_history", patient_id)
    context = {"patient_id": patient_id, "merge": merge, "form": form}
    return forget_kept(request, page(request, "merge_undo.html", context, status=422 if form.errors else 200))
