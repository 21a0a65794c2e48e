"""The call on the day after a dose: the number, four questions, and every attempt so far."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from upwell.access.declare import requires
from upwell.base.errors import BadInput, RefusedByRule, StaleState
from upwell.base.ids import new_id
from upwell.base.limits import LONGEST_WORDS
from upwell.pathway.aftercare.actions import Said, record_call
from upwell.pathway.aftercare.queries import call_due, calls_of
from upwell.pathway.local_time import local_time
from upwell.pathway.safety import crisis_help
from upwell.pathway.session.queries import session_of
from upwell.pathway.session.views.common import ours, uuid_of
from upwell.pathway.session.words import treatment_words

WORDS = {
    "yes": gettext_lazy("Yes"),
    "no": gettext_lazy("No"),
    "not-asked": gettext_lazy("Not asked"),
}
REFUSED = (BadInput, RefusedByRule, StaleState)


def _words(label: Any, rows: int = 2) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows, "dir": "auto"})
    return forms.CharField(label=label, max_length=LONGEST_WORDS, required=False, widget=widget)


def _choice(label: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=list(WORDS.items()), required=False, widget=forms.RadioSelect
    )


class CallForm(forms.Form):
    """What came of a call."""

    reached = forms.ChoiceField(
        label=gettext_lazy("Was the person reached?"),
        choices=[
            ("yes", gettext_lazy("Yes")),
            ("no", gettext_lazy("No, we try again")),
            ("stop", gettext_lazy("No, and we stop trying")),
        ],
        widget=forms.RadioSelect,
    )
    symptoms = _words(gettext_lazy("How are they? Anything since they went home?"))
    drove = _choice(gettext_lazy("Did they drive before they had slept a night?"))
    safe = _choice(gettext_lazy("Are they safe, and not thinking of suicide?"))
    note = _words(gettext_lazy("Note; if you stop trying: why"))

    def said(self) -> Said:
        """What is written down."""
        given = self.cleaned_data
        return Said(
            reached=given["reached"] == "yes",
            symptoms=given["symptoms"],
            drove=given["drove"],
            safe=given["safe"],
            note=given["note"],
            gives_up=given["reached"] == "stop",
        )


@requires("session.record")
@require_http_methods(["GET", "HEAD", "POST"])
def session_call(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """The call after a session."""
    scope: Any = request
    session = ours(request, session_of(session_id))
    with local_time(session.practice.time_zone):
        form, error, status = CallForm(request.POST if request.method == "POST" else None), "", 200
        if request.method == "POST":
            try:
                if form.is_valid():
                    number = uuid_of(request.POST.get("id", "")) or new_id()
                    record_call(by=scope.actor, session_id=session.id, said=form.said(), call_id=number)
                    messages.success(request, _("Written down."))
                    return redirect("session_call", session.id)
                status = 422
            except REFUSED as refused:
                status = refused.status
                if refused.path in form.fields:
                    form.add_error(refused.path, refused.message)
                else:
                    error = refused.message
        calls = calls_of(session.id)
        context = {
            "session": session,
            "patient": session.patient,
            "treatment": treatment_words(session.substance, session.route),
            "form": form,
            "error": error,
            "calls": [(one, WORDS.get(one.drove, ""), WORDS.get(one.safe, "")) for one in calls],
            "is_done": any(one.reached or one.gives_up for one in calls),
            "due": call_due(session) if session.first_dose_at else None,
            "help": crisis_help(session.practice),
            "call_id": request.POST.get("id") or str(new_id()),
        }
        return render(request, "aftercare/call.html", context, status=status)
