"""How the log-in library behaves in this house: nobody signs up, and nobody is greeted twice."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from upwell.office.doors.language import remember_language
from upwell.office.doors.second_steps import seal, unseal

SILENT = {"account/messages/logged_in.txt", "account/messages/logged_out.txt"}  # the page itself says it


class AccountAdapter(DefaultAccountAdapter):
    """Log-ins are made by invitation, and a demo person's log-in lives in a demo only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_login(self, request: HttpRequest, user: Any, **hooks: Any) -> HttpResponse | None:
        if user.is_demo and not settings.DEMO:
            closed: HttpResponse = self.respond_user_inactive(request, user)
            return closed
        response: HttpResponse | None = super().pre_login(request, user, **hooks)
        return response

    def post_login(self, request: HttpRequest, user: Any, **hooks: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **hooks)
        remember_language(response, user.language)
        return response

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **words: Any
    ) -> None:
        if message_template not in SILENT:
            super().add_message(request, level, message_template, *args, **words)

    def format_email_subject(self, subject: str) -> str:
        return f"[Upwell] {subject}"

    def send_password_reset_mail(self, user: Any, email: str, context: dict[str, Any]) -> None:
        if not user.is_demo:
            super().send_password_reset_mail(user, email, context)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account")


class MfaAdapter(DefaultMFAAdapter):
    """Passkeys and codes, in our words."""

    def _get_site_name(self) -> str:
        return "Upwell"

    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text)

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return _("My passkey") if count == 0 else _("Passkey {number}").format(number=count + 1)
