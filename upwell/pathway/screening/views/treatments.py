"""The treatment history of a person: what was tried, what each trial was worth, and how resistance is staged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from upwell.access.declare import requires
from upwell.access.links import person_charts
from upwell.access.roles import may
from upwell.knowledge.gates.loader import load_treatment
from upwell.pathway.local_time import local_time
from upwell.pathway.screening.forms import EpisodeForm, TrialForms
from upwell.pathway.screening.forms.trials import as_choices
from upwell.pathway.screening.views.shared import PAGE_METHODS, REFUSED, status_of
from upwell.people.models import Patient
from upwell.record.queries import patient_of_chart
from upwell.record.treatments import history_of, keep_history, mark_of, proposals, treatment_facts
from upwell.science.rules.staging import stage
from upwell.science.rules.trials import judge_trials


@dataclass(frozen=True, slots=True)
class HistoryForm:
    """The trials, the present episode, and what the record proposes."""

    rows: Any
    form: EpisodeForm
    context: dict[str, Any]

    def is_valid(self) -> bool:
        return bool(self.rows.is_valid() and self.form.is_valid())

    def content(self) -> dict[str, Any]:
        """The history as it is kept."""
        tried = [trial for one in self.rows if (trial := one.trial()) is not None]
        content = {
            "trials": tried,
            "episode": self.form.episode(),
            "none": self.form.cleaned_data["none"] and not tried,
        }
        return {key: value for key, value in content.items() if value}


def history_form(request: HttpRequest, charts: Iterable[UUID]) -> HistoryForm:
    """The form as it was sent, or with what is on record and what the medicines on record propose."""
    ids = list(charts)
    history = history_of(ids)
    proposed = proposals(ids, history)
    begun = [{**one, "from_record": True} for one in proposed]
    sent = request.POST if request.method == "POST" else None
    initial = [as_choices(one) for one in (*history.get("trials", ()), *begun)]
    rows: Any = TrialForms(sent, prefix="trial", initial=initial)
    form = EpisodeForm(sent, initial=EpisodeForm.initial_of(history))
    for one, line in zip(list(rows)[len(history.get("trials", ())) :], proposed, strict=False):
        one.on_record = line
    context = {
        "rows": rows,
        "seen": mark_of(history),
        "proposed": proposed,
        "drugs": sorted(one.name for one in load_treatment().antidepressants),
    }
    return HistoryForm(rows, form, context)


@requires("chart.read")
@require_safe
def treatments(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """What was tried, trial by trial with its reasons; the regulators' rule, Maudsley, Thase and Rush."""
    scope: Any = request
    patient = patient_of_chart(patient_id)
    charts = person_charts(patient.id)
    history = history_of(charts)
    with local_time(patient.practice.time_zone):
        context = {
            "patient": patient,
            "history": history,
            **_judged(history),
            "proposed": proposals(charts, history),
            "may_edit": may(scope.actor, "screening.fill") and patient.practice_id == scope.actor.practice_id,
            "knowledge": load_treatment(),
        }
        return render(request, "screening/treatments.html", context)


@requires("screening.fill")
@PAGE_METHODS
def treatments_edit(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Fill in the treatment history of a chart."""
    scope: Any = request
    patient = patient_of_chart(patient_id)
    filled, error = history_form(request, person_charts(patient.id)), None
    if request.method == "POST" and filled.is_valid():
        try:
            seen = request.POST.get("seen", "")[:64]
            keep_history(by=scope.actor, patient=patient, content=filled.content(), seen_mark=seen)
            messages.success(request, _("Saved."))
            return redirect("treatments", patient.id)
        except REFUSED as refused:
            error = refused
    with local_time(patient.practice.time_zone):
        invalid = request.method == "POST" and error is None
        return _edit_page(request, patient, filled, error, status_of(error, invalid=invalid))


def _edit_page(
    request: HttpRequest, patient: Patient, filled: HistoryForm, error: Any, status: int
) -> HttpResponse:
    history = history_of(person_charts(patient.id))
    context = {
        "patient": patient,
        "form": filled.form,
        "error": error,
        **filled.context,
        **_judged(history),
        "back": "",
    }
    return render(request, "screening/trials.html", context, status=status)


def _judged(history: dict[str, Any]) -> dict[str, Any]:
    treatment = load_treatment()
    facts = treatment_facts(history)
    trials = judge_trials(facts.get("trials"), treatment)
    return {
        "judged": [one.as_json() for one in trials or ()],
        "staging": stage(trials, facts.get("episode") or {}, treatment),
    }
