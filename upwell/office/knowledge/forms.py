"""The signature under an edition."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from upwell.base.limits import LONGEST_NAME
from upwell.office.practice.forms import OwnForm


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
