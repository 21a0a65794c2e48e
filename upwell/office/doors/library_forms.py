"""The log-in library's forms, in the words of the house."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ChangePasswordForm, ResetPasswordKeyForm
from django.utils.translation import gettext_lazy as _

from upwell.office.doors.forms import NewLogInForm

LABELS = {
    "oldpassword": _("Your password until now"),
    "password1": _("The new password"),
    "password2": NewLogInForm.base_fields["password_again"].label,
}


def _in_our_words(fields: Any) -> None:
    for name, field in fields.items():
        field.label = LABELS.get(name, field.label)
        field.widget.attrs.pop("placeholder", None)  # it would say the label once more, until one types
    fields["password1"].help_text = NewLogInForm.base_fields["password"].help_text


class ChangePassword(ChangePasswordForm):
    """A new password for whoever is signed in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _in_our_words(self.fields)


class NewPassword(ResetPasswordKeyForm):
    """A new password for whoever holds a link."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _in_our_words(self.fields)
