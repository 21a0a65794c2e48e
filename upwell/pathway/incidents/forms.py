"""The filter of the list, going on with an event, and what a report asks for."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from upwell.base.limits import LONGEST_NAME, LONGEST_WORDS
from upwell.pathway.incidents.models import Incident
from upwell.pathway.incidents.queries import Wanted
from upwell.pathway.incidents.words import KINDS

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class FilterForm(forms.Form):
    """Which events are listed."""

    kind = forms.ChoiceField(label=_("Which"), choices=[("", _("All")), *KINDS.items()], required=False)
    since = forms.DateField(label=_("From"), required=False, widget=DAY)
    until = forms.DateField(label=_("To"), required=False, widget=DAY)
    serious = forms.BooleanField(label=_("Serious ones"), required=False)
    unresolved = forms.BooleanField(label=_("Not over yet"), required=False)

    def wanted(self, session: str = "") -> Wanted:
        """The filter; what can't be read filters nothing."""
        given = self.cleaned_data if self.is_valid() else getattr(self, "cleaned_data", {})
        try:
            number = UUID(session) if session else None
        except ValueError:
            number = None
        return Wanted(
            kind=given.get("kind") or "",
            serious=bool(given.get("serious")),
            unresolved=bool(given.get("unresolved")),
            since=given.get("since"),
            until=given.get("until"),
            session=number,
        )


class SentForm(forms.Form):
    """That a report was sent."""

    sent_on = forms.DateField(label=_("Sent on"), widget=DAY)
    reference = forms.CharField(
        label=_("Reference number, if one came back"), required=False, max_length=LONGEST_NAME
    )


class TextForm(forms.Form):
    """What is written of a report."""

    text = forms.CharField(
        label=_("What is reported"),
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 10, "dir": "auto"}),
    )


def begins_with(incident: Incident, happened: date) -> str:
    """What a report begins with: the facts of the log, for a person to go on with."""
    parts = [f"{happened:%Y-%m-%d}: {incident.term}"]
    if incident.grade is not None:
        parts.append(f"CTCAE {incident.grade}")
    if incident.action:
        parts.append(incident.action)
    return "\n".join(parts)


def changes(form: Any, incident: Incident) -> dict[str, Any]:
    """What an update says anew: only what differs from what stands."""
    stands = {
        "term": incident.term,
        "ctcae_grade": incident.grade,
        "action": incident.action,
        "outcome": incident.outcome,
        "serious_because": incident.because,
        "onset_at": incident.onset_at.isoformat() if incident.onset_at else None,
        "resolved_at": incident.resolved_at.isoformat() if incident.resolved_at else None,
    }
    body: dict[str, Any] = form.body()
    found = {name: value for name, value in body.items() if name != "serious" and value != stands.get(name)}
    if body.get("serious") and incident.because and not body.get("serious_because"):
        found |= {"serious": True, "serious_because": []}  # by none of them, though it is still called so
    if bool(body.get("serious")) != incident.serious:
        found["serious"] = bool(body.get("serious"))
        if not found["serious"]:
            found.pop("serious_because", None)
    return found
