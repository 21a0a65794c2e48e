"""Adding a passkey, in our words and ready to be used without the password."""

from __future__ import annotations

from typing import Any

from allauth.mfa.webauthn.views import AddWebAuthnView
from django.utils.translation import gettext as _


class AddPasskeyView(AddWebAuthnView):
    """The library's page; what it makes is a passkey unless somebody wants a second step only."""

    def get_initial(self) -> dict[str, Any]:
        return {**super().get_initial(), "passwordless": True}

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        form.fields["name"].label = _("A name for it")
        form.fields["name"].help_text = _("So that you know it again: my phone, the blue key.")
        form.fields["passwordless"].label = _("Sign in with it alone, without the password")
        form.fields["passwordless"].help_text = ""
        return form


add_passkey = AddPasskeyView.as_view()
