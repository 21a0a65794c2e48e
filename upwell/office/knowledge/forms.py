"""The signature under an edition."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from upwell.base.finding import Severity
from upwell.base.limits import LONGEST_NAME, LONGEST_WORDS
from upwell.knowledge.setting import Scalar, Settable
from upwell.office.knowledge.words import key_words
from upwell.office.practice.forms import OwnForm
from upwell.web.tones import SEVERITY_TONES


class SignForm(OwnForm):
    """Name and the word that the local policies were read."""

    number = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    policies_seen = forms.BooleanField(
        label=_("I have read the local policies listed on this page, and sign for them"),
        error_messages={"required": _("Say that you have read the local policies.")},
    )
    name = forms.CharField(
        max_length=LONGEST_NAME,
        label=_("Your name, as your signature"),
        error_messages={"required": _("Write your name as your signature.")},
    )


class PolicyForm(OwnForm):
    """The values of one local policy, each in a field of its own, and why they change."""

    base = forms.CharField(required=False, widget=forms.HiddenInput)
    words_right = forms.BooleanField(
        required=False, label=_("I have read the sentences above: they are right with these numbers")
    )
    reason = forms.CharField(
        max_length=LONGEST_WORDS,
        label=_("Why"),
        help_text=_("Kept with the signature, and shown wherever this policy is explained."),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        error_messages={"required": _("Write down why this changes.")},
    )

    def __init__(self, *given: Any, values: Sequence[Settable], unit: str = "", **more: Any) -> None:
        super().__init__(*given, **more)
        self.values = values
        for place, one in enumerate(values):
            self.fields[f"value_{place}"] = _field_of(one, unit)
        own = [f"value_{place}" for place in range(len(values))]
        self.order_fields([*own, "words_right", "reason"])
        if not any(one.is_words for one in values):
            del self.fields["words_right"]

    def chosen(self) -> dict[str, Scalar]:
        """Every value by its key, of the kind that it was."""
        given = self.cleaned_data
        return {one.key: _as_it_was(one.value, given[f"value_{n}"]) for n, one in enumerate(self.values)}

    def name_of(self, key: str | None) -> str | None:
        """The field of a value; None where it is about no single one."""
        return next((f"value_{n}" for n, one in enumerate(self.values) if one.key == key), key)


def _field_of(one: Settable, unit: str) -> forms.Field:
    label = key_words(one.key)
    if one.is_severity:
        choices = [(str(severity), SEVERITY_TONES[severity].word) for severity in Severity]
        return forms.ChoiceField(label=label, initial=one.value, choices=choices)
    if isinstance(one.value, bool):
        choices = [("yes", gettext("yes")), ("no", gettext("no"))]
        return forms.ChoiceField(label=label, initial="yes" if one.value else "no", choices=choices)
    if isinstance(one.value, str):
        widget = forms.Textarea(attrs={"rows": 2, "dir": "auto"})
        return forms.CharField(label=label, initial=one.value, max_length=LONGEST_WORDS, widget=widget)
    number = forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"})
    return forms.FloatField(label=f"{label} ({unit})" if unit else label, initial=one.value, widget=number)


def _as_it_was(before: Scalar, given: Any) -> Scalar:
    """A whole number stays one, and yes is no word."""
    if isinstance(before, bool):
        return bool(given == "yes")
    if isinstance(before, str):
        return " ".join(str(given).split()) if given != before else before
    number = float(given)
    return int(number) if isinstance(before, int) and number.is_integer() else number
