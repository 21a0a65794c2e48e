"""The decision with its reasons, and the second clinician's word; both carry what the person had before their eyes."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from upwell.base.limits import LONGEST_WORDS
from upwell.pathway.screening.actions import Seen
from upwell.pathway.screening.models import Screening
from upwell.pathway.screening.picture import Picture
from upwell.pathway.screening.states import DECISION_WORDS, Decision

OWN = "own-"
MOST_SEEN = 4000


def seen_text(screening: Screening | None, picture: Picture) -> str:
    """What the page shows, as short marks, for the hidden field."""
    return json.dumps({"id": str(screening.id) if screening else "", "marks": dict(picture.marks)})


def read_seen(text: str) -> Seen:
    """What was seen; whatever can't be read was not seen, so that the newer facts are shown first."""
    try:
        raw = json.loads(text[:MOST_SEEN])
        number = UUID(raw["id"]) if raw["id"] else None
        marks = {str(key): str(value) for key, value in dict(raw["marks"]).items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Seen(None)
    return Seen(number, marks)


class DecisionForm(forms.Form):
    """Eligible, not now, or no; why; and which findings the reason covers."""

    decision = forms.ChoiceField(
        choices=[(one.value, words) for one, words in DECISION_WORDS.items()], widget=forms.RadioSelect
    )
    look_again_on = forms.DateField(
        required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    reason = forms.CharField(
        max_length=LONGEST_WORDS, widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shapes: Any = self.fields
        shapes["decision"].label = _("Decision")
        shapes["decision"].error_messages["required"] = _("Choose one of the three.")
        shapes["look_again_on"].label = _("Look at it again on")
        shapes["look_again_on"].help_text = _("Only for “not now”.")
        shapes["reason"].label = _("Why?")
        shapes["reason"].help_text = _("The team and the person can read it.")
        shapes["reason"].error_messages["required"] = _("Write down why, so that everybody can follow.")

    def chosen(self) -> dict[str, Any]:
        """What the action takes."""
        own = {
            key.removeprefix(OWN): text.replace("\0", "")
            for key, text in self.data.items()
            if key.startswith(OWN) and isinstance(text, str) and text.strip()
        }
        return {
            "decision": Decision(self.cleaned_data["decision"]),
            "reason": self.cleaned_data["reason"],
            "look_again_on": self.cleaned_data["look_again_on"],
            "weighed": self.weighed(),
            "own_reasons": own,
        }

    def weighed(self) -> list[str]:
        """The findings that were ticked."""
        data: Any = self.data
        return list(data.getlist("weighed")) if hasattr(data, "getlist") else []


class OpinionForm(forms.Form):
    """Whether a second clinician agrees, and why."""

    agrees = forms.TypedChoiceField(
        choices=[("yes", gettext_lazy("Yes, I agree")), ("no", gettext_lazy("No, I advise against it"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    words = forms.CharField(max_length=LONGEST_WORDS, widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shapes: Any = self.fields
        shapes["agrees"].label = _("Is treatment right in spite of this?")
        shapes["words"].label = _("Why?")
        shapes["words"].help_text = _("The team can read it.")
        shapes["words"].error_messages["required"] = _("Write down why, so that everybody can follow.")


class ExceptionForm(OpinionForm):
    """Whether the medical director allows treatment against an absolute finding, and why."""

    agrees = forms.TypedChoiceField(
        choices=[("yes", gettext_lazy("Yes, I allow it")), ("no", gettext_lazy("No, it stands"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shapes: Any = self.fields
        shapes["agrees"].label = _("May treatment go on against it?")
