"""A form with one field of each kind, for the style guide."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class SampleForm(forms.Form):
    """One of each."""

    name = forms.CharField(label=_("Full name"), max_length=80)
    born = forms.DateField(label=_("Date of birth"), widget=forms.DateInput(attrs={"type": "date"}))
    email = forms.EmailField(label=_("E-mail"), required=False, help_text=_("Only for reminders."))
    role = forms.ChoiceField(label=_("Role"), choices=[("t", _("Therapist")), ("p", _("Prescriber"))])
    contact = forms.ChoiceField(
        label=_("Best way to reach you"),
        choices=[("phone", _("Phone")), ("mail", _("E-mail")), ("none", _("Please don't"))],
        widget=forms.RadioSelect,
    )
    days = forms.MultipleChoiceField(
        label=_("Good days"),
        required=False,
        choices=[("mon", _("Monday")), ("wed", _("Wednesday"))],
        widget=forms.CheckboxSelectMultiple,
    )
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 4}))
    sure = forms.BooleanField(label=_("I have read this"), help_text=_("You can change your mind later."))
